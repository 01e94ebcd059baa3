"""The annotator's page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from anigifs.annotate.app.entrance import Visits
from anigifs.annotate.app.house import house_of
from anigifs.catalog.annotation import QUESTIONS, Role

router = APIRouter()


@router.get("/")
def annotate(request: Request, who: Visits) -> HTMLResponse:
    """One item at a time; its script asks for items under /api."""
    return house_of(request).page(
        "annotate.html.j2",
        person=who.person,
        csrf=who.csrf,
        questions=QUESTIONS,
        static="/static/",
        settles=who.is_at_least(Role.ADJUDICATOR),
        owns=who.is_at_least(Role.OWNER),
    )
