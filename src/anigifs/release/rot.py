"""How much of what a release names by URL is still there, by provider and by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anigifs.datasets.release import Manifest
from anigifs.datasets.release.tables import Row
from anigifs.net.reasons import LATER

EXACT, SIMILAR, CHANGED = "exact", "similar", "changed"
WAITING = "not asked yet"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one clip: exact, similar, changed, or the reason of the failure.

    sha256, bytes: of what was kept; "" and 0 where nothing was.
    """

    clip_id: str
    outcome: str
    sha256: str = ""
    bytes: int = 0


@dataclass(slots=True)
class Rot:
    """The clips of one provider and year, or of all.

    clips: named by a URL. exact, similar: had. changed: other bytes are there. lost: failed for
    good, later: failed for a reason of the day, both by reason. waiting: not asked yet.
    """

    clips: int = 0
    exact: int = 0
    similar: int = 0
    changed: int = 0
    waiting: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    later: dict[str, int] = field(default_factory=dict)

    @property
    def rotten(self) -> float | None:
        """The share of what was asked for good that is lost or changed; None: nothing was."""
        bad = self.changed + sum(self.lost.values())
        asked = self.exact + self.similar + bad
        return bad / asked if asked else None

    def count(self, outcome: str) -> None:
        """Count one clip."""
        self.clips += 1
        if outcome in (EXACT, SIMILAR, CHANGED):
            setattr(self, outcome, getattr(self, outcome) + 1)
        elif outcome == WAITING:
            self.waiting += 1
        else:
            where = self.later if outcome in LATER else self.lost
            where[outcome] = where.get(outcome, 0) + 1


@dataclass(frozen=True, slots=True)
class Report:
    """What `hydrate` did in all its runs.

    parts: "provider year" (of the first fetch) to its counts. by_id: clips that are known by an
    id alone, had: how many of them a workspace had.
    """

    release: str
    version: str
    total: Rot
    parts: dict[str, Rot]
    by_id: int
    had: int


def report(manifest: Manifest, rows: Iterable[Row], last: Mapping[str, Attempt]) -> Report:
    """Count the clips that are not shipped."""
    total, parts, by_id, had = Rot(), dict[str, Rot](), 0, 0
    for row in rows:
        attempt = last.get(row["clip_id"])
        if row["media"] == "id":
            by_id, had = by_id + 1, had + (attempt is not None)
            continue
        outcome = attempt.outcome if attempt else WAITING
        for part in (total, parts.setdefault(_part(row), Rot())):
            part.count(outcome)
    return Report(manifest.name, manifest.version, total, dict(sorted(parts.items())), by_id, had)


def lines(found: Report) -> list[str]:
    """The report for people."""
    told = [_line(name, part) for name, part in found.parts.items()]
    told.append(_line("all", found.total))
    if found.by_id:
        told.append(
            f"known by an id alone: {found.by_id}, had from the workspace: {found.had}; ask the "
            "provider for the others"
        )
    if found.total.later:
        told.append("run the same command another day for those that failed for now")
    return told


def _part(row: Mapping[str, Any]) -> str:
    provider = str(row["source"]).partition(":")[0]
    return f"{provider} {row.get('year') or '(year unknown)'}"


def _line(name: str, part: Rot) -> str:
    share = "" if part.rotten is None else f", {part.rotten:.1%} rotten"
    told = f"{name}: {part.clips} clips, {part.exact} exact"
    for what in ("similar", "changed"):
        told += f", {getattr(part, what)} {what}" if getattr(part, what) else ""
    told += f", {part.waiting} not asked yet" if part.waiting else ""
    for words, reasons in (("lost", part.lost), ("for now", part.later)):
        each = ", ".join(f"{reason} {count}" for reason, count in Counter(reasons).most_common())
        told += f", {words}: {each}" if each else ""
    return told + share
