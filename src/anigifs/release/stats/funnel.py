"""From what was found to what was accepted: a bar for each stage, and what was lost between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anigifs.catalog import Stages
from anigifs.release.stats.draw import (
    BLUE,
    INK,
    PALE,
    SOFT,
    WIDTH_IN,
    Drawn,
    canvas,
    cut,
    finish,
    many,
    place,
)
from anigifs.release.stats.words import reasons

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_IN = 0.3
NOTE_CHARS = 58


@dataclass(frozen=True, slots=True)
class Step:
    """One stage. lost: what the next stage no longer holds, in words; "" for nothing."""

    name: str
    items: int
    lost: str = ""


def steps(total: Stages) -> list[Step]:
    """The stages of a workspace, the first one that holds something first."""
    checks = {code: n for code, n in total.rejected.items() if code not in _people(total)}
    judged = {code: n for code, n in total.rejected.items() if code in _people(total)}
    passed = total.screened - sum(checks.values())
    distinct = passed - total.duplicate
    unstored = _lost(
        (total.not_stored, "may not be stored"),
        (sum(total.failed.values()), "could not be fetched"),
        (total.unfetched, "to fetch"),
        (_same(total), "the same again"),
    )
    by_checks = _lost((total.unscreened, "to screen"))
    by_checks = ", ".join(filter(None, [reasons(checks, 2), by_checks]))
    by_people = _lost((total.waiting, "to judge"))
    by_people = ", ".join(filter(None, [reasons(judged, 2), by_people]))
    found = [
        Step("found", total.found, unstored),
        Step("fetched", total.fetched, by_checks),
        Step("passed screening", passed, _lost((total.duplicate, "duplicates"))),
        Step("distinct", distinct, by_people),
        Step("accepted", total.accepted),
    ]
    return [step for step in found if step.items or step.name == "accepted"]


def funnel(total: Stages) -> Drawn | None:
    """The funnel of a workspace; None where nothing was found or fetched."""
    shown = steps(total)
    if not shown or not max(step.items for step in shown):
        return None
    with canvas(WIDTH_IN, ROW_IN * len(shown) + 0.05) as figure:
        axes = place(figure, (0.93, 0.02, WIDTH_IN - 0.93 - 0.42, ROW_IN * len(shown)))
        _bars(axes, shown)
        caption = (
            f"From {many(shown[0].items)} {shown[0].name} to {many(total.accepted)} accepted. "
            "In grey: what the stage lost on the way to the next."
        )
        told = "; ".join(
            f"{step.name} {step.items}" + (f" (then lost: {step.lost})" if step.lost else "")
            for step in shown
        )
        return finish(figure, "funnel", ("From found to accepted", caption, f"{told}."))


def _bars(axes: Axes, shown: Sequence[Step]) -> None:
    most = max(step.items for step in shown)
    for row, step in enumerate(shown):
        last = row == len(shown) - 1
        axes.barh(row - 0.14, step.items, 0.44, color=BLUE if last else PALE)
        axes.annotate(
            many(step.items), (step.items, row - 0.14), (3, 0), textcoords="offset points",
            va="center_baseline", fontsize=6.5, weight="bold",
        )  # fmt: skip
        if step.lost:
            axes.annotate(
                f"− {cut(step.lost, NOTE_CHARS)}", (0, row + 0.12), (2, 0),
                textcoords="offset points", va="top", fontsize=5.5, color=SOFT,
            )  # fmt: skip
    axes.set_yticks([row - 0.14 for row in range(len(shown))], [step.name for step in shown])
    axes.tick_params(axis="y", labelcolor=INK, labelsize=6.5)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, most)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)


def _lost(*losses: tuple[int, str]) -> str:
    return ", ".join(f"{many(number)} {why}" for number, why in losses if number)


def _same(total: Stages) -> int:
    """Items whose URL or bytes another item has too: what is found and neither lost nor fetched."""
    gone = total.not_stored + sum(total.failed.values()) + total.unfetched
    return max(0, total.found - gone - total.fetched)


def _people(total: Stages) -> set[str]:
    """The reasons that people give, among those of a funnel."""
    checks = {
        "not-a-gif", "incomplete", "broken", "not-animated", "too-small", "too-short", "too-long",
        "nearly-still", "sensitive", "too-large", "worker-died", "converted",
    }  # fmt: skip
    return set(total.rejected) - checks
