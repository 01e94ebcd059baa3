"""The owner's pages, and the adjudicator's: numbers, disagreements, cards, golds, exports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse

from anigifs.annotate.app import export
from anigifs.annotate.app.api import Body
from anigifs.annotate.app.ballot import SHA
from anigifs.annotate.app.entrance import Visitor, adjudicator, owner, ruler, settler
from anigifs.annotate.app.house import House, house_of
from anigifs.annotate.app.refusal import Refused
from anigifs.annotate.consensus import adjudicate, disputed, resolve
from anigifs.annotate.neighbours import neighbours
from anigifs.annotate.queue import refresh
from anigifs.annotate.rules import NO_CHARACTER, NOT_ANIMATION, NOT_CLASS
from anigifs.catalog.annotation import QUESTIONS, Answer, Example, Gold, Role
from anigifs.catalog.proposals import OTHER_CLASS
from anigifs.catalog.records import Said

ASKS = dict(zip(QUESTIONS, ("animation?", "character?", "this class?"), strict=True)).items()
WHY = {
    NOT_ANIMATION: "Not an animation", NO_CHARACTER: "No animated character",
    NOT_CLASS: "Not this class",
}  # fmt: skip
MOST_CASES, MOST_ITEMS, MOST_UPCOMING = 20, 60, 10

router = APIRouter(prefix="/owner")
Settles = Annotated[Visitor, Depends(adjudicator)]
Owns = Annotated[Visitor, Depends(owner)]
MaySettle = Annotated[Visitor, Depends(settler)]
MayRule = Annotated[Visitor, Depends(ruler)]


def _page(house: House, who: Visitor, template: str, **values: Any) -> HTMLResponse:
    values.setdefault("disputed", house.disputed())
    return house.page(
        template,
        csrf=who.csrf,
        dataset=house.workspace.root.resolve().name,
        me=who.person.name,
        owns=who.is_at_least(Role.OWNER),
        **values,
    )


@router.get("")
def overview(request: Request, who: Settles) -> Response:
    """All numbers; without them while the first are being counted."""
    if not who.is_at_least(Role.OWNER):
        return RedirectResponse("/owner/disagreements", 303)
    house = house_of(request)
    workspace = house.workspace
    return _page(
        house, who, "owner.html.j2", here="overview",
        seen=house.numbers.get(),
        golds=len(workspace.guidance.golds()),
        flags=workspace.votes.flagged()[::-1][:200],
        upcoming=workspace.tasks.open(MOST_UPCOMING),
        roles=[role.value for role in Role],
        rule=house.config.rule,
    )  # fmt: skip


@router.get("/disagreements")
def disagreements(request: Request, who: Settles) -> HTMLResponse:
    """Items whose votes do not agree, the votes side by side."""
    house = house_of(request)
    waiting = disputed(house.workspace)
    return _page(
        house, who, "disagreements.html.j2", here="disagreements",
        disputed=len(waiting),
        cases=[_case(house, each.sha256, each.label) for each in waiting[:MOST_CASES]],
        questions=ASKS,
        reasons=WHY.items(),
        rule=house.config.rule,
        classes=house.classes(),
    )  # fmt: skip


def _case(house: House, sha256: str, label: str) -> dict[str, Any]:
    hits = house.workspace.hits.of(sha256)
    hit = next((hit for hit in hits if hit.label == label), hits[0] if hits else None)
    return {
        "sha256": sha256,
        "label": label,
        "title": hit.title if hit else "",
        "provider": hit.provider if hit else "",
        "page_url": hit.page_url if hit else "",
        "licence": hit.licence_text if hit else "",
        "definition": house.card(label)["definition"],
        "neighbours": neighbours(label, house.classes()),
        "votes": house.workspace.votes.of(sha256, label),
    }


@router.get("/class/{name:path}")
def class_page(request: Request, who: Owns, name: str) -> HTMLResponse:
    """A class: its guideline card, and the items to pick examples and golds from."""
    house = house_of(request)
    if name not in house.class_set():
        raise Refused(404, "There is no such class.")
    guidance, seen = house.workspace.guidance, house.numbers.get()
    answers = {gold.sha256: gold.answers for gold in guidance.golds() if gold.label == name}
    items = house.workspace.overview.items(name, MOST_ITEMS + 1)
    rows = [row for row in seen.progress.classes if row.label == name] if seen else []
    return _page(
        house, who, "class.html.j2", here="class",
        label=name,
        row=rows[0] if rows else None,
        definition=guidance.definition(name),
        examples=guidance.examples(name),
        neighbours=neighbours(name, house.classes()),
        items=[{"answers": answers.get(item.sha256, {}), "sha256": item.sha256,
                "voted": item.voted, "gold": item.sha256 in answers, "said": item.said}
               for item in items[:MOST_ITEMS]],
        more=len(items) > MOST_ITEMS,
        total=rows[0].items if rows else len(items),
        questions=ASKS,
    )  # fmt: skip


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


@router.get("/export/votes.csv")
def votes_csv(request: Request, _: Owns) -> Response:
    """Every row of votes as CSV."""
    pieces = export.as_csv(house_of(request).workspace)
    return StreamingResponse(pieces, media_type="text/csv", headers=_file("votes.csv"))


@router.get("/export/votes.json")
def votes_json(request: Request, _: Owns) -> Response:
    """Every row of votes as JSON."""
    pieces = export.as_json(house_of(request).workspace)
    return StreamingResponse(pieces, media_type="application/json", headers=_file("votes.json"))


@router.get("/export/agreement.json")
def agreement_json(request: Request, _: Owns) -> Response:
    """The agreement report."""
    seen = house_of(request).numbers.get(patience_s=60.0)
    if seen is None:
        raise Refused(503, "The numbers are still being counted; try again in a minute.")
    return JSONResponse(seen.agreement.as_json(), headers=_file("agreement.json"))


def _file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


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
