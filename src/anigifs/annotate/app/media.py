"""Bytes: the pages' own code for everybody, and the GIFs of the queue for who is in a session.

Neither looks into a folder by a name from outside: code is read once at the start, and a blob is
named by 64 hex digits that the catalog must list as an item or an example.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse

from anigifs.annotate.app.entrance import Visits
from anigifs.annotate.app.guard import MEDIA_CSP
from anigifs.annotate.app.house import House, house_of
from anigifs.annotate.app.refusal import Refused

STATIC = Path(__file__).with_name("static")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MAGIC = (
    (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"), (b"\x89PNG", "image/png"),
    (b"RIFF", "image/webp"),
)  # fmt: skip
NO_CODE, NO_BLOB = "There is no such file.", "There is no such item."

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the pages' code. etag: changes with its bytes."""

    data: bytes
    kind: str
    etag: str


@cache
def assets() -> Mapping[str, Asset]:
    """The files of `static/` that a browser may ask for, by name."""
    return {
        file.relative_to(STATIC).as_posix(): _asset(file)
        for file in sorted(STATIC.rglob("*"))
        if file.suffix in TYPES
    }


def _asset(file: Path) -> Asset:
    data = file.read_bytes()
    return Asset(data, TYPES[file.suffix], f'"{hashlib.sha256(data).hexdigest()[:20]}"')


@router.get("/static/{name:path}")
def static(request: Request, name: str) -> Response:
    """A file of the pages' code; it says nothing about the workspace."""
    asset = assets().get(name)
    if asset is None:
        raise Refused(404, NO_CODE)
    headers = {"ETag": asset.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    return Response(asset.data, media_type=asset.kind, headers=headers)


@router.get("/favicon.ico")
def favicon(request: Request) -> Response:
    """The icon that browsers ask for on their own."""
    return static(request, "icon.svg")


@router.get("/media/{sha256}")
def media(request: Request, sha256: str, _: Visits) -> Response:
    """The bytes of an item or an example."""
    house = house_of(request)
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not _shown(house, sha256):
        raise Refused(404, NO_BLOB)
    path = house.workspace.blobs.path(sha256)
    try:
        with path.open("rb") as file:
            start = file.read(6)
    except FileNotFoundError:
        raise Refused(410, "These bytes were taken down.") from None
    kind = next((name for magic, name in MAGIC if start.startswith(magic)), None)
    return FileResponse(
        path,
        media_type=kind or "application/octet-stream",
        headers={
            "Content-Security-Policy": MEDIA_CSP,
            "Cache-Control": "private, max-age=3600",
            **({} if kind else {"Content-Disposition": "attachment"}),
        },
    )


def _shown(house: House, sha256: str) -> bool:
    workspace = house.workspace
    return bool(workspace.tasks.of(sha256)) or workspace.guidance.is_example(sha256)
