"""Table 1: this dataset beside those that the Ani-GIFs paper names in sections 2.5 and 2.6.

`release/tables/datasets.csv` ships with the package and names the source of every row. What a
source does not tell is left empty there and shown as a dash.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib.resources import files

from anigifs.core.records import Domain
from anigifs.release.stats.draw import many

MEDIA = {Domain.REAL_VIDEO: "videos", Domain.REAL_GIF: "GIFs", Domain.ANIMATED_GIF: "GIFs"}
PIXELS = {Domain.REAL_VIDEO: "real", Domain.REAL_GIF: "real", Domain.ANIMATED_GIF: "animated"}
PURPOSE = "domain generalization of action recognition"
HEADS = ("dataset", "media", "domain", "purpose", "classes", "clips")
_TEX = {
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One row. classes, clips: None where the source does not say."""

    name: str
    year: str = ""
    media: str = ""
    domain: str = ""
    purpose: str = ""
    classes: int | None = None
    clips: int | None = None
    source: str = ""
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """The row as it is shown, in the order of `HEADS`."""
        title = f"{self.name} ({self.year})" if self.year else self.name
        numbers = ["–" if n is None else many(n) for n in (self.classes, self.clips)]
        return (title, *(text or "–" for text in (self.media, self.domain, self.purpose)), *numbers)


def known() -> list[Dataset]:
    """The datasets of the packaged table, in its order."""
    text = files("anigifs.release").joinpath("tables/datasets.csv").read_text("utf-8")
    return [_dataset(row) for row in csv.DictReader(text.splitlines())]


def own(name: str, domain: Domain, simulated: bool, counts: tuple[int, int]) -> Dataset:
    """The row of a release. counts: classes with clips, and clips."""
    kind = f"{PIXELS[domain]}, simulated" if simulated else PIXELS[domain]
    return Dataset(name=name, media=MEDIA[domain], domain=kind, purpose=PURPOSE,
                   classes=counts[0], clips=counts[1], source="this release")  # fmt: skip


def as_csv(rows: Sequence[Dataset]) -> list[list[str]]:
    """The whole table with sources, headed by the names of its columns."""
    names = [each.name for each in fields(Dataset)]
    table = [[getattr(row, name) for name in names] for row in rows]
    return [names, *(["" if cell is None else str(cell) for cell in row] for row in table)]


def as_tex(rows: Sequence[Dataset]) -> str:
    """The table for a paper, with booktabs."""
    lines = [" & ".join(map(_tex, row.cells())) + r" \\" for row in rows]
    head = " & ".join(HEADS) + r" \\"
    parts = [r"\begin{tabular}{llllrr}", r"\toprule", head, r"\midrule", *lines[:-1]]
    return "\n".join([*parts, r"\midrule", *lines[-1:], r"\bottomrule", r"\end{tabular}", ""])


def _dataset(row: dict[str, str]) -> Dataset:
    classes, clips = (int(row[name]) if row[name] else None for name in ("classes", "clips"))
    texts = {name: value for name, value in row.items() if name not in ("classes", "clips")}
    return Dataset(classes=classes, clips=clips, **texts)


def _tex(text: str) -> str:
    plain = "".join(_TEX.get(letter, letter) for letter in text)
    return plain.replace("\u2009", r"\,").replace("–", "--")
