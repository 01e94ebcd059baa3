"""A study from its name to its page: plan, data, runs, table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from anigifs.core import files
from anigifs.core.errors import AnigifsError, InputError
from anigifs.core.parallel import cores
from anigifs.report import export
from anigifs.report.collect import collect
from anigifs.report.page import write_page
from anigifs.report.tables import Table, build_table
from anigifs.study.check import check
from anigifs.study.config import StudyConfig
from anigifs.study.estimate import amounts, describe
from anigifs.study.execute import execute
from anigifs.study.library import Where
from anigifs.study.measure import parse_target
from anigifs.study.paper import published
from anigifs.study.plan import Job, plan
from anigifs.study.rehearse import rehearse
from anigifs.study.samples import samples_of
from anigifs.study.simulated import Simulation, make, simulations

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """How a study is to be run.

    also: external checks, `NAME=SPEC` each. dry: print the plan and stop.
    """

    processes: int = 2
    also: Sequence[str] = ()
    dry: bool = False


def run_study(study: StudyConfig, where: Where, order: Order, say: Say = print) -> Table | None:
    """Print the plan, make simulated data, bring every run to its end, write page and table.

    Returns the table; None after a dry run. The same call goes on after any interruption.

    Raises:
        DataAbsent: what the study needs is not there; nothing was run.
        TrainingError: runs failed; the others were finished first.
    """
    jobs = plan(study, where.out, _named(order.also))
    simulated = simulations(study, where.out)
    for one in simulated:
        say(f"simulated data in {one.root}: {one.clips:,} clips{_gifs(one)}")
    guess = partial(rehearse, processes=order.processes)
    if study.simulate.make:  # drawing takes minutes: the plan is said before
        say(describe(amounts(jobs, {}, guess), order.processes))
        if order.dry:
            return None
        make(simulated, cores())
    clips = _checked(study, jobs, where, order, say)
    if not study.simulate.make:
        say(describe(amounts(jobs, clips, guess), order.processes))
        if order.dry:
            return None
    execute(jobs, where.out, order.processes, clips)
    return publish(study, jobs, where.out, say)


def publish(study: StudyConfig, jobs: Sequence[Job], out: Path, say: Say = print) -> Table:
    """`out/report.html` and `out/table.csv` from finished runs; the pretraining is left out."""
    found = collect([job.folder for job in jobs if job.config.data.sets])
    table = build_table(found, baseline=study.baseline, published=published(study.paper))
    page, numbers = out / "report.html", out / "table.csv"
    files.write_text(numbers, export.as_csv(table))
    for problem in write_page(page, found, table, study.title, samples_of(found)):
        say(f"not shown on the page: {problem.item}: {problem.reason}")
    say(f"wrote {page} and {numbers}")
    return table


def _checked(
    study: StudyConfig, jobs: list[Job], where: Where, order: Order, say: Say
) -> dict[Path, int]:
    """Sizes of the training sets; where something is amiss, the plan is said before the error."""
    try:
        return check(study, jobs, where)
    except AnigifsError:
        say(describe(amounts(jobs, {}), order.processes))
        raise


def _named(also: Sequence[str]) -> dict[str, str]:
    targets = [parse_target(text) for text in also]
    for target in targets:
        if not target.name:
            raise InputError(f"--also takes NAME=SPEC, for example drawings={target.spec}")
    return {target.name: target.spec for target in targets}


def _gifs(one: Simulation) -> str:
    return "" if one.gifs is None else ", and GIFs of its real test clips"
