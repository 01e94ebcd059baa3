"""Take an animation down: its bytes are deleted, a tombstone stays, it is never fetched again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anigifs.catalog import Kind, Relation, Workspace
from anigifs.catalog.annotation import Takedown
from anigifs.core.errors import InputError
from anigifs.release.plan import ID_DIGITS

REASON = "taken-down"
CONVERTED = "converted"
"""The check under which screening notes what a WebP or APNG became."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CLIP_ID = re.compile(rf"g([0-9a-f]{{{ID_DIGITS}}})")
_ITEM = re.compile(r"([a-z][a-z0-9_-]*):(.+)")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a takedown did.

    names: the blobs that are gone now. copies: blobs that are copies of them and still there.
    """

    names: tuple[str, ...]
    copies: tuple[str, ...]


def take_down(
    workspace: Workspace, asked: str, reason: str, *, by: str = "", copies: bool = False
) -> Taken:
    """Delete the bytes of what `asked` names. Done again, it finishes what was interrupted.

    Args:
        workspace: where the bytes are.
        asked: a sha256, the id of a clip, the URL of a file or of the page that shows it, or
            PROVIDER:ID.
        reason: why, in words that can be published: the tombstones of releases repeat them.
        by: who did it.
        copies: also take down what was found to be the same animation.

    Raises:
        InputError: nothing that was fetched goes by this name; no reason is given.
    """
    if not reason.strip():
        raise InputError("a takedown needs a reason, in words that can be published")
    names = _with_conversions(workspace, named(workspace, asked))
    same = _copies(workspace, names)
    if copies:
        names, same = sorted({*names, *same}), []
    gone = workspace.takedowns.names()
    for name in names:
        if name not in gone:
            workspace.takedowns.append(Takedown(sha256=name, asked=asked, reason=reason, by=by))
        workspace.blobs.path(name).unlink(missing_ok=True)
    _end_work(workspace, names)
    return Taken(tuple(names), tuple(name for name in same if name not in gone))


def named(workspace: Workspace, asked: str) -> list[str]:
    """The blobs that a sha256, clip id, URL or PROVIDER:ID names. Raises `InputError`: none."""
    known = workspace.provenance
    if _SHA256.fullmatch(asked):
        found = known.starting_with(asked)
    elif match := _CLIP_ID.fullmatch(asked):
        found = known.starting_with(match[1])
    else:
        found = known.at(asked)
        if not found and (match := _ITEM.fullmatch(asked)):
            found = known.of_item(match[1], match[2])
    if not found:
        raise InputError(
            f"{asked!r} names nothing that was fetched into {workspace.root}; give a sha256, the "
            "id of a clip (g and 16 digits), the URL of the file or its page, or PROVIDER:ID"
        )
    return found


def _with_conversions(workspace: Workspace, names: list[str]) -> list[str]:
    """The same, with what was converted into them or from them."""
    found = set(names)
    for url in sorted(workspace.provenance.urls(names)):
        for other in workspace.provenance.at(url):
            made = {
                fact.evidence.get("to")
                for fact in workspace.facts.of(other)
                if fact.check == CONVERTED
            }
            if made & found or (other in found and made):
                found |= {other, *(str(name) for name in made)}
    return sorted(found)


def _copies(workspace: Workspace, names: list[str]) -> list[str]:
    """What was decided to be the same animation as one of these, directly or through others."""
    found, todo = set(names), list(names)
    while todo:
        for decision in workspace.decisions.of(todo.pop()):
            if decision.relation in (Relation.DUPLICATE, Relation.CONFLICT):
                fresh = {decision.member, decision.other} - found
                found |= fresh
                todo += fresh
    return sorted(found - set(names))


def _end_work(workspace: Workspace, names: list[str]) -> None:
    ended = [(name, REASON) for name in names]
    for kind in (Kind.SCREEN, Kind.DEDUP):
        workspace.queue.fail(kind, ended)
    urls = sorted(workspace.provenance.urls(names))
    workspace.queue.fail(Kind.FETCH, [(url, REASON) for url in urls])
