"""`DATASHEET.md`: every question of a datasheet, answered as far as anybody can.

Source: Gebru et al. 2021, Datasheets for Datasets (CACM 64:12), all 57 questions, shortened to
their first sentence. What nobody answered stands there as *not answered*, so that it is seen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from pydantic import Field

from anigifs.core import files
from anigifs.core.config import Config, load
from anigifs.core.errors import UnknownName

NAME = "DATASHEET.md"
ANSWERS = "datasheet.toml"
"""Where the owner answers what no program knows: a file in the workspace."""
UNANSWERED = "*not answered*"
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class About(Config):
    """The content of `datasheet.toml`: what only people know of their dataset."""

    description: str = ""
    """The dataset in a sentence or two."""
    creators: tuple[str, ...] = ()
    """Who made it, by name."""
    citation: str = ""
    """How to cite it."""
    url: str = ""
    """Its page on the web."""
    date: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    """When this version was published, YYYY-MM-DD."""
    answers: dict[str, str] = Field(default_factory=dict)
    """Answers by key of the question, in Markdown; they win over what a program found."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the datasheet."""

    key: str
    section: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A datasheet as it is written. warnings: what a reader must know first."""

    title: str
    answers: Mapping[str, str]
    warnings: tuple[str, ...] = field(default=())


def questions() -> list[Question]:
    """All questions in their order."""
    text = resources("anigifs.release").joinpath("tables/datasheet.csv").read_text("utf-8")
    return [Question(**row) for row in csv.DictReader(text.splitlines())]


def read_about(folder: Path) -> About:
    """What the owner wrote into `datasheet.toml` of a workspace; nothing if there is none.

    Raises:
        ConfigError: the file is faulty. UnknownName: it answers a question that is not asked.
    """
    path = folder / ANSWERS
    found = load(About, path if path.is_file() else None)
    known = {question.key for question in questions()}
    for key in found.answers:
        if key not in known:
            raise UnknownName("question of the datasheet", key, known, f"See {path}.")
    return found


def datasheet(sheet: Sheet) -> str:
    """The datasheet as Markdown. Answers are Markdown already, see `plain`."""
    asked = questions()
    told = sum(bool(sheet.answers.get(one.key, "").strip()) for one in asked)
    lines = [f"# Datasheet: {sheet.title}", ""]
    lines += [line for warning in sheet.warnings for line in (f"**{warning}**", "")]
    lines += [
        "The questions are those of Gebru et al., *Datasheets for Datasets* (2021). "
        f"{told} of {len(asked)} are answered.",
    ]
    section = ""
    for one in asked:
        if one.section != section:
            section = one.section
            lines += ["", f"## {section}"]
        lines += [
            "",
            f"**{one.question}**",
            "",
            sheet.answers.get(one.key, "").strip() or UNANSWERED,
        ]
    return "\n".join([*lines, ""])


def write_datasheet(path: Path, sheet: Sheet) -> None:
    """Write the datasheet: the same answers give the same bytes."""
    files.write_text(path, datasheet(sheet))


def plain(text: object) -> str:
    """Text from outside as Markdown that shows exactly it: no markup, no HTML, one line."""
    line = " ".join(str(text).split())
    return _MARKS.sub(lambda found: _HTML.get(found[1], f"\\{found[1]}"), line)


def own_words(text: str) -> str:
    """The owner's Markdown without HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def template() -> dict[str, Any]:
    """Every key with its question, for people who want to fill `datasheet.toml`."""
    return {one.key: one.question for one in questions()}
