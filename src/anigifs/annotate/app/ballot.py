"""A vote as it comes from a browser, checked value by value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

from anigifs.catalog.annotation import QUESTIONS, Act, Answer, Flag, KeyBox, Vote

E = TypeVar("E", bound=StrEnum)

MOST_VOTES, MOST_BOXES = 100, 500
LONGEST_NOTE = 2_000
LONGEST_MS = 24 * 3600 * 1000
ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
SHA = re.compile(r"[0-9a-f]{64}")
KEYS = {
    "client_id", "sha256", "label", "act", *QUESTIONS, "other", "flag", "note", "boxes", "took_ms",
}  # fmt: skip


class Unfit(ValueError):
    """A vote that cannot be stored; the text is one sentence."""


def is_id(value: object) -> bool:
    """Whether `value` can name a vote."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def read_vote(given: Mapping[str, Any], person: str, classes: Collection[str]) -> Vote:
    """The vote that `given` is.

    Args:
        given: JSON from a browser, with a client_id that `is_id`.
        person: who sent it, whatever it says itself.
        classes: what `other` may name.

    Raises:
        Unfit: a key is unknown, or a value is missing, of the wrong kind or out of range.
    """
    if unknown := given.keys() - KEYS:
        raise Unfit(f"unknown key {min(unknown)!r}")
    vote = Vote(
        client_id=given["client_id"],
        person=person,
        sha256=_sha(given.get("sha256")),
        label=_text(given, "label", 300),
        act=_one_of(Act, given.get("act"), "act"),
        flag=_one_of(Flag, given.get("flag", ""), "flag"),
        other=_other(given, classes),
        note=_text(given, "note", LONGEST_NOTE),
        boxes=_boxes(given.get("boxes", [])),
        took_ms=_whole(given.get("took_ms", 0), "took_ms", LONGEST_MS),
        animation=_one_of(Answer, given.get("animation", ""), "animation"),
        character=_one_of(Answer, given.get("character", ""), "character"),
        exact=_one_of(Answer, given.get("exact", ""), "exact"),
    )
    _check_answers(vote)
    return vote


def ballot(vote: Vote) -> dict[str, Any]:
    """A vote as the page sends it."""
    told = asdict(vote)
    del told["person"], told["at_s"]
    return told


def _check_answers(vote: Vote) -> None:
    """An answer may be missing only where a no, or being unsure, settled the rest."""
    answers = [getattr(vote, name) for name in QUESTIONS]
    if vote.act == Act.UNDO:
        raise Unfit("act must be vote or skip; to take a vote back, use undo")
    if vote.act == Act.SKIP and any(answers):
        raise Unfit("a skip has no answers")
    settled = {Answer.NO, Answer.UNSURE} & set(answers)
    if vote.act == Act.VOTE and Answer.NONE in answers and not settled:
        missing = QUESTIONS[answers.index(Answer.NONE)]
        raise Unfit(f"{missing} is not answered, and no other answer is no or unsure")


def _one_of(kind: type[E], value: Any, name: str) -> E:
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(repr(member.value) for member in kind)
        raise Unfit(f"{name} must be one of {allowed}") from None


def _sha(value: Any) -> str:
    if not isinstance(value, str) or not SHA.fullmatch(value):
        raise Unfit("sha256 must be 64 lower-case hex digits")
    return value


def _text(given: Mapping[str, Any], name: str, longest: int) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Unfit(f"{name} must be a text of at most {longest} characters")
    return value


def _other(given: Mapping[str, Any], classes: Collection[str]) -> str:
    other = _text(given, "other", 300)
    if other and other not in classes:
        raise Unfit("other must be one of the classes")
    return other


def _whole(value: Any, name: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise Unfit(f"{name} must be a whole number from 0 to {most}")
    return value


def _boxes(value: Any) -> tuple[KeyBox, ...]:
    if not isinstance(value, list) or len(value) > MOST_BOXES:
        raise Unfit(f"boxes must be a list of at most {MOST_BOXES}")
    return tuple(_box(box) for box in value)


def _box(value: Any) -> KeyBox:
    names = {"frame", "time_ms", "x1", "y1", "x2", "y2"}
    if not isinstance(value, dict) or value.keys() != names:
        raise Unfit("a box has frame, time_ms, x1, y1, x2 and y2")
    numbers = {name: _number(value[name]) for name in names - {"frame"}}
    box = KeyBox(frame=_whole(value["frame"], "frame", 1_000_000), **numbers)
    inside = 0 <= box.x1 < box.x2 <= 1 and 0 <= box.y1 < box.y2 <= 1
    if not inside or not 0 <= box.time_ms <= LONGEST_MS:
        raise Unfit("a box's corners lie in [0, 1], the first above and left of the second")
    return box


def _number(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not isfinite(value):
        raise Unfit("a box is made of numbers")
    return float(value)
