"""The owner's pages, and the adjudicator's: numbers, disagreements, classes, exports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse

from anigifs.annotate.app import export
from anigifs.annotate.app.entrance import Visitor, adjudicator, owner
from anigifs.annotate.app.house import House, house_of
from anigifs.annotate.app.refusal import Refused
from anigifs.annotate.app.rulings import WHY
from anigifs.annotate.consensus import disputed
from anigifs.annotate.neighbours import neighbours
from anigifs.catalog.annotation import QUESTIONS, Role

ASKS = dict(zip(QUESTIONS, ("animation?", "character?", "this class?"), strict=True)).items()
MOST_CASES, MOST_ITEMS, MOST_UPCOMING = 20, 60, 10

router = APIRouter(prefix="/owner")
Settles = Annotated[Visitor, Depends(adjudicator)]
Owns = Annotated[Visitor, Depends(owner)]


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
