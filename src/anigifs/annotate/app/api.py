"""What the annotator's page asks for: items, votes, undo, the classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from anigifs.annotate.app.ballot import MOST_VOTES, Unfit, ballot, is_id, read_vote
from anigifs.annotate.app.entrance import Changes, Visits
from anigifs.annotate.app.house import House, house_of
from anigifs.annotate.app.limits import json_body
from anigifs.annotate.app.refusal import Refused
from anigifs.annotate.app.shown import link
from anigifs.annotate.queue import Item
from anigifs.catalog.annotation import Person, Vote

MOST_ITEMS = 10
TOLD = (
    "width", "height", "frames", "title", "provider", "creator", "licence", "neighbours",
)  # fmt: skip

router = APIRouter(prefix="/api")
Body = Annotated[dict[str, Any], Depends(json_body)]


@router.get("/me")
def me(request: Request, who: Visits) -> dict[str, Any]:
    """Who is here, and how much is done."""
    counts = _counts(house_of(request), who.person)
    return {"name": who.person.name, "role": who.person.role, **counts}


@router.get("/classes")
def classes(request: Request, _: Visits) -> dict[str, Any]:
    """Every class, for the type-ahead."""
    return {"classes": list(house_of(request).classes())}


@router.get("/next")
def following(request: Request, who: Visits, count: int = 2) -> dict[str, Any]:
    """The items to judge next: the same ones until they are voted on."""
    return _queue(house_of(request), who.person, _count(count))


@router.post("/votes")
def votes(request: Request, who: Changes, body: Body) -> dict[str, Any]:
    """Store votes durably, then hand out the next items.

    A vote that cannot be stored is refused alone, so that it holds up no other.
    """
    house = house_of(request)
    given = body.get("votes")
    if not isinstance(given, list) or len(given) > MOST_VOTES:
        raise Refused(422, f"votes must be a list of at most {MOST_VOTES} votes.")
    if not all(isinstance(one, dict) and is_id(one.get("client_id")) for one in given):
        raise Refused(422, "Each vote must be an object with a client_id of 8 to 64 letters.")
    count = _count(body.get("count", 2))
    stored, refused = _store(house, who.person, given)
    return {"stored": stored, "refused": refused, **_queue(house, who.person, count)}


@router.post("/undo")
def undo(request: Request, who: Changes, body: Body) -> dict[str, Any]:
    """Take back the latest vote or skip: its item, to be judged again."""
    house, client_id = house_of(request), body.get("client_id")
    if not is_id(client_id):
        raise Refused(422, "client_id must be 8 to 64 letters.")
    vote = house.workspace.votes.undo_last(who.person.id, str(client_id))
    counts = _counts(house, who.person)
    task = house.workspace.tasks.get(vote.sha256, vote.label) if vote else None
    if vote is None or task is None:
        return {"item": None, **counts}
    item = shown(house, house.item(task))
    return {"item": {**item, "previous": ballot(vote)}, **counts}


def _store(
    house: House, person: Person, given: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[dict[str, str]]]:
    """The client ids that are stored now, and those that are not, with the reason."""
    fit: list[Vote] = []
    refused: dict[str, str] = {}
    for one in given:
        try:
            fit.append(read_vote(one, person.name, house.class_set()))
        except Unfit as error:
            refused[one["client_id"]] = str(error)
    told = house.workspace.votes.record_each(person.id, fit) if fit else {}
    refused |= {name: why for name, why in told.items() if why}
    stored = [name for name, why in told.items() if not why]
    return stored, [{"client_id": name, "why": why} for name, why in refused.items()]


def _queue(house: House, person: Person, count: int) -> dict[str, Any]:
    items = house.items(person, count)
    return {"items": [shown(house, item) for item in items], **_counts(house, person)}


def _counts(house: House, person: Person) -> dict[str, int]:
    workspace = house.workspace
    done = workspace.people.done().get(person.name, 0)
    return {"waiting": workspace.tasks.waiting(person.id), "done": done}


def shown(house: House, item: Item) -> dict[str, Any]:
    """An item as the page gets it: neither the reason for its place nor whether it is a gold."""
    task = item.task
    return {
        "sha256": task.sha256,
        "label": task.label,
        "media": f"/media/{task.sha256}",
        "page_url": link(item.page_url),
        **{name: getattr(item, name) for name in TOLD},
        "guide": house.card(task.label),
        "lease_until_s": task.lease_until_s,
    }


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_ITEMS:
        raise Refused(422, f"count must be a whole number from 0 to {MOST_ITEMS}.")
    return value
