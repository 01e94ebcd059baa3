"""The whole story on simulated data, in minutes: from a query to an accuracy, on one page.

A fake web is asked, screened and cleared of copies; simulated people vote; what they accept is
released. Then models learn from simulated video and are tested on that release.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from rich.console import Console

from anigifs.collect.fakeweb.world import WorldConfig
from anigifs.core.config import build, read_toml
from anigifs.datasets import open_clips
from anigifs.release.gifify import GififyConfig, gifify
from anigifs.report.collect import collect
from anigifs.report.page import write_page
from anigifs.report.tables import build_table
from anigifs.report.text import show
from anigifs.simulate.config import Counts, SimConfig
from anigifs.simulate.dataset import simulate
from anigifs.study.config import StudyConfig
from anigifs.study.execute import execute
from anigifs.study.plan import merge, plan
from anigifs.study.samples import samples_of
from anigifs.study.story.tell import Size, tell

CLASSES = (
    "bench pressing",
    "hula hooping",
    "jumping jacks",
    "pull ups",
    "push up",
    "situp",
    "somersaulting",
    "squat",
)
"""Eight of the simulator's sixteen; five of them also exist as real drawings."""

SIDE_PX = 96
WEB = Size(WorldConfig(CLASSES, per_class=48, seed=1000), SIDE_PX)
"""Its seed differs from that of the data to learn from, so that no motion is in both."""
DATA = SimConfig(
    classes=CLASSES,
    side_px=SIDE_PX,
    real=Counts(train=120, val=15, test=25),
    animated=Counts(),  # the story makes them
)


def run_demo(out: Path, processes: int, say: Callable[[str], None] = print) -> Path:
    """Bring the demo at `out` to its report page and return the page; resumable.

    Raises:
        TrainingError: a run failed; the message names its log.
    """
    start = time.monotonic()
    data = out / "data"
    say("1/4 the animations: a fake web is asked, screened, cleared of copies, voted on, released")
    story = tell(out, WEB, processes)
    say("2/4 the videos: simulated, and made into GIFs")
    simulate(data, DATA, processes)
    gifify(open_clips(f"{data / 'real'}?split=test"), data / "real-gif", GififyConfig(), processes)
    study = load_study(out)
    jobs = plan(study, out)
    say(f"3/4 training {len(jobs)} runs: one start, then each method with equal updates")
    execute(jobs, out, processes)
    page = out / "report.html"
    found = collect([job.folder for job in jobs if job.after])
    table = build_table(found)
    write_page(page, found, table, study.title, samples_of(found), story)
    show(table, Console())
    say(f"4/4 done in {(time.monotonic() - start) / 60:.1f} minutes. Open {page}")
    say(f"Next: anigifs predict FILE.gif --run {out / 'runs' / 'erm-seed0'}")
    return page


def load_study(out: Path) -> StudyConfig:
    """The shipped study over the demo's data at `out`."""
    with resources.as_file(resources.files("anigifs.study") / "configs" / "demo.toml") as path:
        values = read_toml(path)
    data = out / "data"
    specs = {
        "train": f"{data / 'real'}?split=train",
        "val": f"{data / 'real'}?split=val",
        "test": {
            "real": f"{data / 'real'}?split=test",
            "real-gif": f"{data / 'real-gif'}?split=test",
            "animated": f"{out / 'release'}?split=test",
        },
        "packs": str(out / "packs"),
    }
    return build(StudyConfig, merge(values, {"base": {"data": specs}}), "the demo's study")
