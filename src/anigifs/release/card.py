"""The documents of a release: the data sheet, the description for machines, the figures.

They are written when the tables are there and the manifest is not, so that the manifest holds
their sha256. The same workspace and the same plan give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anigifs.catalog import Workspace
from anigifs.catalog.annotation import is_simulated
from anigifs.release.croissant import write_croissant
from anigifs.release.datasheet import (
    NAME,
    About,
    Sheet,
    own_words,
    plain,
    read_about,
    write_datasheet,
)
from anigifs.release.known import WHAT, People, answers, sentence
from anigifs.release.records import Built, ClipRow
from anigifs.release.stats import of_workspace, story
from anigifs.release.stats.draw import count
from anigifs.release.stats.facts import ClipFacts
from anigifs.release.stats.facts import of_workspace as looks

FIGURES = "figures"
WARNING = (
    "Simulated: made by programs, in whole or in part. No number here says anything of people."
)


def write_documents(
    staging: Path, workspace: Workspace, built: Built, agreement: Mapping[str, Any] | None = None
) -> None:
    """Write `DATASHEET.md`, `croissant.json` and `figures/` into a release in the making.

    Args:
        staging: its folder; `clips.parquet`, `classes.csv` and `splits/` are there already.
        workspace: where it is made; `datasheet.toml` there holds the owner's answers.
        built: what it is.
        agreement: the report of `anigifs agreement --json`, for its figure.

    Raises:
        ConfigError, UnknownName: `datasheet.toml` is faulty.
    """
    about = read_about(workspace.root)
    write_datasheet(staging / NAME, sheet(workspace, built, about))
    write_croissant(staging, described(built, about))
    story.write(told(workspace, built, agreement or {}), staging / FIGURES)


def sheet(workspace: Workspace, built: Built, about: About) -> Sheet:
    """The data sheet: what is known, and over it what the owner says."""
    found = answers(built, _people(workspace))
    if about.creators:
        found["creators"] = ", ".join(map(plain, about.creators))
    found |= {key: own_words(text) for key, text in about.answers.items()}
    return Sheet(
        title=plain(f"{built.name} {built.version}"),
        answers=found,
        warnings=(WARNING,) if built.simulated else (),
    )


def described(built: Built, about: About) -> dict[str, Any]:
    """The words of `croissant.json`."""
    what = f"{count(len(built.rows), 'clip')} in {count(len(built.classes), 'class')}"
    made = " Simulated: made by programs, in whole or in part." if built.simulated else ""
    return {
        "name": built.name,
        "version": built.version,
        "description": about.description or f"{sentence(f'{WHAT[built.domain]}: {what}')}{made}",
        "licences": sorted(built.licences),
        "creators": about.creators,
        "citation": about.citation,
        "url": about.url,
        "date": about.date,
    }


def told(workspace: Workspace, built: Built, agreement: Mapping[str, Any]) -> story.Story:
    """What the figures are drawn from; nothing is measured again."""
    seen = looks(workspace, [row.sha256 for row in built.rows])
    facts = [_facts(row).seen(seen[row.sha256]) for row in built.rows]
    only_here = of_workspace(workspace)
    return story.Story(
        name=built.name,
        version=built.version,
        domain=built.domain,
        simulated=built.simulated,
        classes=(*built.classes, *built.empty),
        facts=facts,
        agreement=agreement,
        **only_here | {"funnel": built.funnel.total},
    )


def _facts(row: ClipRow) -> ClipFacts:
    return ClipFacts(
        id=row.id, label=row.label, bytes=row.bytes, width=row.width, height=row.height,
        frames=row.frames, duration_ms=row.duration_ms,
    )  # fmt: skip


def _people(workspace: Workspace) -> People:
    names = [name for name, judged in workspace.people.done().items() if judged]
    programs = sum(is_simulated(name) for name in names)
    return People(len(names) - programs, programs)
