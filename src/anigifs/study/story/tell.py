"""The chapter of the demo's page: gather, vote, release, and what came of each step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from anigifs.catalog import Stages, Workspace
from anigifs.collect.fakeweb.world import WorldConfig
from anigifs.core.records import ClipSet
from anigifs.datasets.release import read_release
from anigifs.release.build import build
from anigifs.release.card import write_documents
from anigifs.release.plan import BuildConfig
from anigifs.report.story import Link, Step, Story
from anigifs.study.story.gather import gather
from anigifs.study.story.people import PEOPLE, Voted, vote

VERSION = "1.0.0"
NAME = "demo-animations"


@dataclass(frozen=True, slots=True)
class Size:
    """The fake web, and the side of its animations in pixels."""

    web: WorldConfig
    side_px: int


def tell(out: Path, size: Size, workers: int) -> Story:
    """Fill `out/workspace`, release what was accepted as `out/release`, and tell of it.

    Goes on where an earlier call stopped. All of it is simulated, and the story says so.
    """
    gathered = gather(out, size.web, size.side_px, workers)
    voted = vote(gathered, size.web.seed)
    release = out / "release"
    with Workspace.open(gathered.root) as workspace:
        said = voted.agreement.as_json()
        build(
            workspace,
            release,
            BuildConfig(name=NAME, version=VERSION, simulated=True),
            describe=lambda root, from_, built: write_documents(root, from_, built, said),
        )
        total = workspace.funnel().total
    return story_of(total, voted, read_release(release))


def story_of(total: Stages, voted: Voted, released: ClipSet) -> Story:
    """The chapter from its numbers."""
    clean = total.duplicate + total.waiting + voted.accepted + voted.rejected
    return Story(
        title="How the animated test set came to be",
        lead="A made-up web was searched as the real one would be, faults and all. Simulated "
        "people with stated error rates voted on what it gave; what a majority accepted was "
        "released, and is the set “animated” below.",
        steps=(
            Step("found", total.found, f"{total.asked} queries to three providers"),
            Step("files", total.fetched, f"each once; {_told(total.failed)} could not be fetched"),
            Step("sound", clean, "the rest is no animation, too small or flagged sensitive"),
            Step("unique", clean - total.duplicate, f"{total.duplicate} copies dropped"),
            Step("accepted", voted.accepted, f"{voted.votes} votes of {PEOPLE} simulated people"),
            Step("released", len(released.clips), "with their bytes, where the licence allows it"),
        ),
        facts=_facts(voted),
        warning="simulated web, simulated people",
        links=(
            Link("the copies that were found", "duplicates.html"),
            Link("what the release is like", "release/figures/index.html"),
            Link("its data sheet", "release/DATASHEET.md"),
        ),
    )


def _facts(voted: Voted) -> tuple[tuple[str, str], ...]:
    alpha = voted.agreement.questions["accept"].alpha
    known = None not in (alpha.value, alpha.low, alpha.high)
    said = f"{alpha.value:.2f} [{alpha.low:.2f}, {alpha.high:.2f}]" if known else alpha.why
    return (
        ("agreement on accepting (Krippendorff’s α)", said),
        ("accepted and right, which only a simulation can know",
         f"{voted.right} of {voted.accepted}"),
    )  # fmt: skip


def _told(reasons: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
