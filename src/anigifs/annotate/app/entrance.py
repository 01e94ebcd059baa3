"""Who comes in: joining with an invitation, and what each role may do from then on.

The functions that end requests of strangers are dependencies of the routes, so that no route can
forget them: a test walks over all routes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from anigifs.annotate.app.house import House, house_of
from anigifs.annotate.app.limits import json_body
from anigifs.annotate.app.refusal import Refused
from anigifs.annotate.app.security import LIFE_S, Session
from anigifs.catalog.annotation import Person, Role

NOBODY = "You need an invitation: open the link that you were given."
RANKS = tuple(Role)
LONGEST_TOKEN = 200

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person in a session that holds now. csrf: what the pages of this session send along."""

    person: Person
    session: Session
    csrf: str

    def is_at_least(self, role: Role) -> bool:
        """Whether the person has this role or one that includes it."""
        return RANKS.index(self.person.role) >= RANKS.index(role)


def visitor(request: Request) -> Visitor:
    """Who asks. Raises `Refused` (401) without a session that holds now."""
    house = house_of(request)
    session = house.sessions.read(request.cookies.get(house.sessions.cookie, ""))
    person = house.standing(session) if session else None
    if session is None or person is None:
        raise Refused(401, NOBODY)
    return Visitor(person, session, house.sessions.csrf(session))


Visits = Annotated[Visitor, Depends(visitor)]


def changer(request: Request, who: Visits) -> Visitor:
    """Who asks for a change, from a page of ours. Raises `Refused` (401, 403)."""
    given = request.headers.get("x-csrf-token", "")
    if not house_of(request).sessions.csrf_fits(who.session, given):
        raise Refused(403, "The page is out of date: load it again.")
    return who


Changes = Annotated[Visitor, Depends(changer)]


def _only(who: Visitor, role: Role) -> Visitor:
    if not who.is_at_least(role):
        raise Refused(403, f"This is for the {role}; you are here as {who.person.role}.")
    return who


def adjudicator(who: Visits) -> Visitor:
    """An adjudicator or owner. Raises `Refused` (401, 403)."""
    return _only(who, Role.ADJUDICATOR)


def owner(who: Visits) -> Visitor:
    """An owner. Raises `Refused` (401, 403)."""
    return _only(who, Role.OWNER)


def settler(who: Changes) -> Visitor:
    """An adjudicator or owner who changes something. Raises `Refused` (401, 403)."""
    return _only(who, Role.ADJUDICATOR)


def ruler(who: Changes) -> Visitor:
    """An owner who changes something. Raises `Refused` (401, 403)."""
    return _only(who, Role.OWNER)


@router.get("/join")
def join_page(request: Request) -> HTMLResponse:
    """The page whose script reads the token behind the # of the link, which no log ever sees."""
    return house_of(request).page("join.html.j2")


@router.post("/join", status_code=204)
async def join(request: Request) -> Response:
    """Open a session for the holder of a token."""
    house = house_of(request)
    address = request.client.host if request.client else ""
    if not house.tries.allowed(address):
        wait_s = house.tries.wait_s()
        why = f"Too many wrong tries; wait {wait_s} seconds and open the link again."
        raise Refused(429, why, {"Retry-After": str(wait_s)})
    token = (await json_body(request)).get("token")
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise Refused(422, "The token must be a text.")
    cookie = await run_in_threadpool(house.enter, token)
    if cookie is None:
        house.tries.failed(address)
        raise Refused(403, "The invitation is not valid, or no longer: ask for another link.")
    return _with_cookie(house, cookie)


@router.post("/leave", status_code=204)
def leave(request: Request, _: Changes) -> Response:
    """Forget the session in this browser."""
    house = house_of(request)
    answer = Response(status_code=204)
    answer.delete_cookie(house.sessions.cookie, httponly=True, samesite="strict")
    return answer


def _with_cookie(house: House, cookie: str) -> Response:
    answer = Response(status_code=204)
    answer.set_cookie(
        house.sessions.cookie, cookie, max_age=int(LIFE_S), httponly=True, samesite="strict",
        secure=house.secure,
    )  # fmt: skip
    return answer
