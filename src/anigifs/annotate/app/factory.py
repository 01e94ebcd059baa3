"""The application: the workspace behind a guard, its routes, and how errors are told."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from anigifs.annotate.app import api, entrance, media, owner, pages, rulings
from anigifs.annotate.app.guard import HEADERS, Guard, Hosts
from anigifs.annotate.app.house import House, house_of, templates
from anigifs.annotate.app.limits import Tries
from anigifs.annotate.app.numbers import Numbers
from anigifs.annotate.app.refusal import Refused
from anigifs.annotate.app.security import Clock, Sessions, key_of
from anigifs.annotate.config import config_of
from anigifs.catalog.database import WorkspaceFault
from anigifs.catalog.workspace import Workspace
from anigifs.core.errors import AnigifsError, InputError

ROUTERS = (entrance.router, pages.router, api.router, media.router, owner.router, rulings.router)
THREADS = 12
"""Requests that work on the catalog at once; SQLAlchemy keeps at most 15 connections."""
MACHINE_PATHS = ("/api/", "/media/", "/static/")

log = logging.getLogger("anigifs.annotate")


def build_app(
    root: Path, clock: Clock = time.time, *, host: str = "127.0.0.1", name: str = ""
) -> FastAPI:
    """The application of the workspace at `root`.

    Args:
        root: the workspace's folder. The key that signs sessions is made there at first.
        clock: seconds since 1970, for sessions and limits.
        host: the address that it is bound to.
        name: the address under which people reach it from elsewhere, such as
            "https://label.example.org"; with https, cookies travel only through TLS.

    Raises:
        DataAbsent: there is no workspace. InputError: its session key is not safe.
    """
    workspace = Workspace.open(root)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    app.state.house = House(
        workspace=workspace,
        config=config_of(workspace),
        sessions=Sessions(key_of(root), clock),
        tries=Tries(clock),
        numbers=Numbers(workspace),
        clock=clock,
        secure=name.startswith("https://"),
        templates=templates(),
    )
    for router in ROUTERS:
        app.include_router(router)
    _tell_errors(app)
    app.add_middleware(Guard, hosts=Hosts(host, name))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield
    app.state.house.close()


def _tell_errors(app: FastAPI) -> None:
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _unknown)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(AnigifsError, _ours)
    app.add_exception_handler(Exception, _broken)


def _told(request: Request, status: int, why: str) -> Response:
    """One sentence: a page for a person who opened a page, JSON for a script."""
    if request.method == "GET" and not request.url.path.startswith(MACHINE_PATHS):
        return house_of(request).page("refused.html.j2", status=status, why=why)
    return JSONResponse({"error": why}, status)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    answer = _told(request, error.status, error.why)
    answer.headers.update(error.headers)
    return answer


def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: "There is nothing at this address.", 405: "This address takes no such request."}
    return _told(request, error.status_code, known.get(error.status_code, "That did not work."))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fault = error.errors()[0]
    return _told(request, 422, f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}.")


def _ours(request: Request, error: Exception) -> Response:
    """An error of ours says what to do; one of the workspace names its files to the log only."""
    if isinstance(error, InputError):
        return _told(request, 422, str(error))
    log.error("%s", error)
    if isinstance(error, WorkspaceFault):
        return _told(request, 503, "The workspace cannot be written now; try again in a moment.")
    return _told(request, 500, "Something is wrong with the workspace; tell its owner.")


def _broken(request: Request, error: Exception) -> Response:
    answer = _told(request, 500, "Something went wrong on the server; tell its owner.")
    answer.headers.update(HEADERS)  # it is sent from outside the guard
    return answer
