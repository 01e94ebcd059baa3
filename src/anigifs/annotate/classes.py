"""When the class list changes: votes keep their class, and only affected items come back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from anigifs.annotate.config import config_of
from anigifs.annotate.neighbours import classes_of, neighbours
from anigifs.annotate.queue import refresh
from anigifs.annotate.rules import NO_CHARACTER, NOT_ANIMATION
from anigifs.catalog import Said, Verdict, Workspace
from anigifs.catalog.annotation import ClassChange
from anigifs.core.errors import InputError, UnknownName

LONGEST = 300
RENAMED, DROPPED = "class-renamed", "class-dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change did. back: items that wait again; kept: rejections that hold for any class."""

    old: str
    new: str
    back: int
    kept: int
    withdrawn: int

    def lines(self) -> list[str]:
        """For a terminal."""
        what = f"{self.old!r} is {self.new!r} now" if self.new else f"{self.old!r} is dropped"
        return [
            f"{what}; its votes keep their class",
            f"verdicts that no longer count: {self.withdrawn:,}; rejections that hold for any "
            f"class: {self.kept:,}; items that wait under the new name: {self.back:,}",
        ]

    def as_json(self) -> dict[str, Any]:
        """The numbers by name."""
        return asdict(self)


def change_class(workspace: Workspace, old: str, new: str, by: str = "") -> Changed:
    """Rename a class, or drop it (`new` is "").

    Votes, golds and cards keep the class for which they were made. Verdicts under the old name no
    longer count. Under a new name its items wait again, for what they show is another question;
    those rejected as no animation or without a character stay rejected, for these are not.
    Renaming back brings the old votes to count again. Renaming to a class in use merges them.

    Raises:
        UnknownName: no class in use is called so.
        InputError: the new name is the old one, too long, or not printable.
    """
    known = workspace.proposals.classes()
    if old not in known:
        raise UnknownName("class in use", old, known)
    if new == old or len(new) > LONGEST or not new.isprintable() or new != new.strip():
        raise InputError(
            f"a class is renamed to another printable name of at most {LONGEST} characters; "
            f"got {new!r}"
        )
    current = workspace.verdicts.current()
    mine = [each for each in current if each.label == old]
    settled = {each.sha256 for each in current if each.label == new}
    kept = [each for each in mine if new and _holds(each) and each.sha256 not in settled]
    workspace.guidance.change_class(ClassChange(old=old, new=new, by=by))
    workspace.verdicts.append([_withdrawn(each, new) for each in mine])
    workspace.verdicts.append([_carried(each, new) for each in kept])
    back = refresh(workspace)
    return Changed(old=old, new=new, back=back, kept=len(kept), withdrawn=len(mine))


def _holds(verdict: Verdict) -> bool:
    return verdict.said is Said.FAIL and verdict.reason in (NOT_ANIMATION, NO_CHARACTER)


def _withdrawn(verdict: Verdict, new: str) -> Verdict:
    return replace(
        verdict, said=Said.NOTE, reason=RENAMED if new else DROPPED, evidence={"new": new}
    )


def _carried(verdict: Verdict, new: str) -> Verdict:
    evidence = {**verdict.evidence, "from_class": verdict.label}
    return replace(verdict, label=new, evidence=evidence, by=f"carried:{verdict.by}")


def listed(workspace: Workspace) -> dict[str, list[str]]:
    """Every class in use with its neighbours, nearest first."""
    known = classes_of(workspace, config_of(workspace).classes)
    return {name: list(neighbours(name, known)) for name in workspace.proposals.classes()}
