"""What the owner and adjudicators change: decisions, cards, golds, who may enter."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from anigifs.annotate.app.api import Body
from anigifs.annotate.app.ballot import SHA
from anigifs.annotate.app.entrance import Visitor, ruler, settler
from anigifs.annotate.app.house import House, house_of
from anigifs.annotate.app.refusal import Refused
from anigifs.annotate.consensus import adjudicate, resolve
from anigifs.annotate.queue import refresh
from anigifs.annotate.rules import NO_CHARACTER, NOT_ANIMATION, NOT_CLASS
from anigifs.catalog.annotation import QUESTIONS, Answer, Example, Gold, Role
from anigifs.catalog.proposals import OTHER_CLASS
from anigifs.catalog.records import Said

WHY = {
    NOT_ANIMATION: "Not an animation", NO_CHARACTER: "No animated character",
    NOT_CLASS: "Not this class",
}  # fmt: skip

router = APIRouter(prefix="/owner")
MaySettle = Annotated[Visitor, Depends(settler)]
MayRule = Annotated[Visitor, Depends(ruler)]


@router.post("/settle")
def settle(request: Request, who: MaySettle, body: Body) -> dict[str, Any]:
    """Decide about an item that people do not agree on."""
    house = house_of(request)
    sha256, label = _item(house, body)
    said = _one_of(body, "said", ("accept", OTHER_CLASS, *WHY))
    decision = Said.PASS if said == "accept" else Said.FAIL
    adjudicate(
        house.workspace, who.person.name, sha256, label, decision, _reason(house, body, said, label)
    )
    return {"told": "Settled."}


def _reason(house: House, body: dict[str, Any], said: str, label: str) -> str:
    """Why, as `adjudicate` wants it: a code with the class or a remark after a colon."""
    if said == OTHER_CLASS:
        other = _text(body, "other", 300)
        if other not in house.class_set() or other == label:
            raise Refused(422, "Name another class of the list.")
        return f"{OTHER_CLASS}:{other}"
    remark = _text(body, "remark", 500)
    if said == "accept":
        return remark
    return f"{said}:{remark}" if remark else said


@router.post("/resolve")
def resolve_all(request: Request, _: MayRule) -> dict[str, Any]:
    """Apply the workspace's rule to every item that has its votes."""
    house = house_of(request)
    found = resolve(house.workspace)
    house.numbers.forget()
    return {"told": ". ".join(found.lines())}


@router.post("/define")
def define(request: Request, who: MayRule, body: Body) -> dict[str, Any]:
    """Write a class's definition."""
    house = house_of(request)
    label = _label(house, body)
    definition = _text(body, "definition", 4000).strip()
    house.workspace.guidance.define(label, definition, who.person.name)
    house.forget_card(label)
    return {"told": "Saved; annotators see it from the next item on."}


@router.post("/example")
def example(request: Request, who: MayRule, body: Body) -> dict[str, Any]:
    """Put an item on a card, or take it off."""
    house = house_of(request)
    said = _one_of(body, "said", ("accepted", "rejected", "removed"))
    sha256, label = _item(house, body)
    house.workspace.guidance.add_example(
        Example(label=label, sha256=sha256, said=said, note=_text(body, "note", 300),
                by=who.person.name)
    )  # fmt: skip
    house.forget_card(label)
    return {"told": "Saved."}


@router.post("/gold")
def gold(request: Request, who: MayRule, body: Body) -> dict[str, Any]:
    """Set the owner's answers to an item; without any it is no gold any more."""
    house = house_of(request)
    sha256, label = _item(house, body)
    allowed = tuple(answer.value for answer in Answer)
    said = {name: _one_of(body, name, allowed) for name in QUESTIONS if body.get(name)}
    house.workspace.guidance.add_golds(
        [Gold(sha256=sha256, label=label, answers=said, by=who.person.name)]
    )
    refresh(house.workspace, house.config)
    return {"told": "Saved."}


@router.post("/invite")
def invite(request: Request, _: MayRule, body: Body) -> dict[str, Any]:
    """Make a link; it is shown this once."""
    house = house_of(request)
    role = Role(_one_of(body, "role", tuple(role.value for role in Role)))
    person, token = house.workspace.people.invite(_text(body, "name", 64), role)
    house.numbers.forget()
    return {"name": person.name, "token": token}


@router.post("/revoke")
def revoke(request: Request, who: MayRule, body: Body) -> dict[str, Any]:
    """End somebody's access at once."""
    house, name = house_of(request), _text(body, "name", 64)
    if name == who.person.name:
        raise Refused(422, "You cannot revoke yourself here; use: anigifs annotate revoke.")
    house.workspace.people.revoke(name)
    house.numbers.forget()
    return {"told": f"{name} may not enter any more."}


def _item(house: House, body: dict[str, Any]) -> tuple[str, str]:
    sha256, label = body.get("sha256"), body.get("label")
    fits = isinstance(sha256, str) and SHA.fullmatch(sha256) and isinstance(label, str)
    if not fits or house.workspace.tasks.get(str(sha256), str(label)) is None:
        raise Refused(422, "There is no such item in the queue.")
    return str(sha256), str(label)


def _label(house: House, body: dict[str, Any]) -> str:
    label = body.get("label")
    if not isinstance(label, str) or label not in house.class_set():
        raise Refused(422, "There is no such class.")
    return label


def _text(body: dict[str, Any], name: str, longest: int) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Refused(422, f"{name} must be a text of at most {longest} characters.")
    return value.strip()


def _one_of(body: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = body.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise Refused(422, f"{name} must be one of {', '.join(filter(None, allowed))}.")
    return value
