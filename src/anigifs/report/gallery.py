"""The gallery of `anigifs explain`: what one or two models look at, clip by clip, as a page.

The page runs nothing and loads only the pictures beside it. All text from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anigifs.core import files
from anigifs.evaluate.looks import Looks
from anigifs.report.causal import areas
from anigifs.report.looking import Looking, captions
from anigifs.report.panels import Drawing
from anigifs.report.text import bounds, count, percent


@dataclass(frozen=True, slots=True)
class Panel:
    """What one model makes of a clip; `gif` and `still` are paths beside the page.

    peak: whether its map peaks in the person's box. energy: the share of it in there.
    """

    model: str
    gif: str
    still: str
    right: bool
    answer: str
    on_answer: float
    on_label: float
    peak: bool | None
    energy: float | None


@dataclass(frozen=True, slots=True)
class Card:
    """One clip: its pictures beside the page, its panels, how far the models are apart."""

    id: str
    label: str
    gif: str
    still: str
    strip: str
    panels: tuple[Panel, ...]
    apart: float | None


@dataclass(frozen=True, slots=True)
class Gallery:
    """All that the page shows.

    order: in words, how the cards are sorted. total: clips that they were chosen from.
    figures: pictures beside the page, with what they show. curves: of deletion and insertion.
    """

    title: str
    table: Looking
    order: str
    cards: tuple[Card, ...]
    total: int
    figures: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = field(default=())
    curves: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many clips came out in one way."""

    name: str
    clips: int


def panel(looks: Looks, at: int, model: str, gif: str) -> Panel:
    """The panel of clip number `at` of a model's looks."""
    peak = looks.scores["peak-in-tube"][at]
    return Panel(
        model=model,
        gif=f"{gif}.gif",
        still=f"{gif}.jpg",
        right=looks.answers[at] == looks.labels[at],
        answer=looks.answers[at],
        on_answer=looks.on_answer[at],
        on_label=looks.on_label[at],
        peak=None if peak is None else bool(peak),
        energy=looks.scores["energy-in-tube"][at],
    )


def ranking(models: Sequence[Looks]) -> tuple[list[int], str]:
    """Clips in the order of the page, and that order in words.

    Two models: by how differently likely they hold the clip's own class. One: first the clips
    whose map peaks beside the person, in each part the surest answers first. Ties keep the
    set's order.
    """
    first = models[0]
    if len(models) == 2:
        return (
            sorted(range(len(first.ids)), key=lambda at: -apart(models, at)),
            "the more the two differ in how likely they hold the clip’s own class, the earlier",
        )
    outside = [peak == 0 for peak in first.scores["peak-in-tube"]]
    return (
        sorted(range(len(first.ids)), key=lambda at: (not outside[at], -first.on_answer[at])),
        "first the clips where the model looks beside the person, in each part the surest first",
    )


def apart(models: Sequence[Looks], at: int) -> float:
    """How far the two models' probabilities of the clip's own class are apart, in [0, 1]."""
    return abs(models[0].on_label[at] - models[1].on_label[at])


def outcomes(models: Sequence[Looks], names: Sequence[str]) -> list[Outcome]:
    """How many clips each, both or none of the models is right about."""
    right = [
        [answer == label for answer, label in zip(one.answers, one.labels, strict=True)]
        for one in models
    ]
    if len(models) == 1:
        return [Outcome("right", sum(right[0])), Outcome("wrong", len(right[0]) - sum(right[0]))]
    pairs = list(zip(*right, strict=True))
    return [
        Outcome("both right", pairs.count((True, True))),
        Outcome(f"only {names[0]} right", pairs.count((True, False))),
        Outcome(f"only {names[1]} right", pairs.count((False, True))),
        Outcome("both wrong", pairs.count((False, False))),
    ]


def write_gallery(path: Path, gallery: Gallery, ways: Sequence[Outcome]) -> None:
    """Write the page atomically."""
    files.write_text(path, render(gallery, ways))


def render(gallery: Gallery, ways: Sequence[Outcome]) -> str:
    """The page as text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("anigifs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "bounds": bounds, "whole": _whole, "raw": Markup}
    return environment.get_template("gallery.html.j2").render(
        gallery=gallery,
        looking=gallery.table,
        captions=captions(gallery.table),
        areas=areas(gallery.table),
        outcomes=ways,
        total=sum(one.clips for one in ways),
        count=count,
    )


def _whole(share: float) -> str:
    """A share in whole percent: `93`; below one, `<1`."""
    return "<1" if 0 < share < 0.01 else f"{100 * share:.0f}"
