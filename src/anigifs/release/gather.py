"""What people accepted, with what is known of it; and what is accepted and cannot be released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anigifs.catalog import SCREENED, Hit, Said, Workspace
from anigifs.catalog.database import chunks
from anigifs.core.errors import IntegrityError
from anigifs.release.records import LeftOut, Media
from anigifs.release.rights import claim

LOOKS: tuple[tuple[str, str], ...] = (
    ("size", "width"),
    ("size", "height"),
    ("animated", "frames"),
    ("duration", "duration_ms"),
    ("drawn", "colours"),
    ("moving", "moving"),
)
"""Where screening keeps what it saw: the check, and the key of its evidence."""
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """One animation that will be a clip: its class, its best source, and what may be released."""

    sha256: str
    label: str
    hit: Hit
    media: Media
    year: int | None


def accepted(workspace: Workspace) -> tuple[list[Chosen], list[LeftOut]]:
    """The clips to be, by sha256, and the accepted animations that are left out.

    Raises:
        IntegrityError: the bytes of one are missing.
    """
    labels = defaultdict(list)
    for verdict in workspace.verdicts.current():
        if verdict.said is Said.PASS:
            labels[verdict.sha256].append(verdict.label)
    reasons = _reasons(workspace, labels)
    left = [
        LeftOut(sha256=sha, label=label, reason=reasons[sha])
        for sha in sorted(reasons) for label in sorted(labels[sha])
    ]  # fmt: skip
    names = sorted(labels.keys() - reasons.keys())
    if missing := workspace.blobs.absent(names):
        raise IntegrityError(
            f"{len(missing)} accepted animations are missing from the workspace, for example "
            f"{workspace.blobs.path(missing[0])}; restore a backup"
        )
    return [
        one for part in chunks(names, AT_ONCE) for one in _chosen(workspace, part, labels)
    ], left


def looks(workspace: Workspace, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What screening saw of each blob, by the keys of `LOOKS`; absent where it did not look."""
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    for check in dict.fromkeys(check for check, _ in LOOKS):
        keys = [key for of, key in LOOKS if of == check]
        for name, fact in workspace.facts.latest(check, names).items():
            found[name] |= {key: fact.evidence[key] for key in keys if key in fact.evidence}
    return found


def _chosen(
    workspace: Workspace, names: Sequence[str], labels: Mapping[str, Sequence[str]]
) -> Iterator[Chosen]:
    hits = workspace.hits.of_each(names)
    first = workspace.provenance.first_fetched(names)
    for name in names:
        hit, media = claim(hits[name])
        on_web = hit.url.startswith("http")
        year = datetime.fromtimestamp(first[name], UTC).year if on_web else None
        yield Chosen(name, labels[name][0], hit, media, year)


def _reasons(workspace: Workspace, labels: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Why accepted blobs are left out; the first reason of several counts."""
    names = sorted(labels)
    gone, dropped = workspace.takedowns.names(), workspace.decisions.dropped()
    screened = workspace.facts.latest(SCREENED, names)
    known = workspace.hits.labels(names)
    dead = workspace.proposals.renamed()
    reasons: dict[str, str] = {}
    for name in names:
        mine = sorted(labels[name])
        if name in gone:
            reasons[name] = "taken down"
        elif name in screened and screened[name].said is Said.FAIL:
            reasons[name] = f"rejected by screening: {screened[name].reason}"
        elif name in dropped:
            reasons[name] = f"a duplicate of {dropped[name]}"
        elif name not in known:
            reasons[name] = "no source is known"
        elif len(mine) > 1:
            reasons[name] = f"accepted under several classes: {', '.join(mine)}"
        elif mine[0] in dead:
            reasons[name] = f"its class is no more{_renamed(dead[mine[0]])}"
    return reasons


def _renamed(name: str) -> str:
    return f"; it became {name}, under which nobody has accepted it" if name else ""
