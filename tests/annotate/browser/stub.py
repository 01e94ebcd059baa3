"""A server in memory that keeps the page's side of the HTTP contract, and fails when told to."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, Response

import anigifs.annotate.app
from anigifs.annotate.app.guard import CSP

APP = Path(anigifs.annotate.app.__file__).parent
CSRF = "the-token-of-this-page"
KINDS = {".js": "text/javascript", ".css": "text/css"}


@dataclass
class Stub:
    """What the server holds. `fail`: status of each answer to /api from now on, 0 for none."""

    items: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    fail: int = 0
    lose_answers: int = 0
    refuse: str = ""
    url: str = ""

    def add(self, data: bytes, label: str, **facts: Any) -> str:
        """One more item to judge; its sha256."""
        sha = hashlib.sha256(data + label.encode()).hexdigest()
        self.media[sha] = data
        item = {
            "sha256": sha, "label": label, "media": f"/media/{sha}", "width": 0, "height": 0,
            "frames": 0, "title": "", "provider": "", "page_url": "", "licence": "",
            "neighbours": [], "guide": {"definition": "", "accepted": [], "rejected": []},
        }  # fmt: skip
        self.items.append(item | facts)
        return sha

    def counting(self) -> list[dict[str, Any]]:
        """The votes that stand."""
        return [row for row in self.rows if not row.get("undone")]

    def queue(self, count: int) -> dict[str, Any]:
        judged = {(row["sha256"], row["label"]) for row in self.counting()}
        left = [item for item in self.items if (item["sha256"], item["label"]) not in judged]
        until = time.time() + 900
        items = [item | {"lease_until_s": until} for item in left[:count]]
        return {"items": items, **self.counts(len(left))}

    def counts(self, left: int) -> dict[str, int]:
        done = sum(row["act"] == "vote" for row in self.counting())
        return {"waiting": left, "done": done}

    def record(self, votes: list[dict[str, Any]]) -> dict[str, Any]:
        known = {row["client_id"] for row in self.rows}
        refused = [v for v in votes if self.refuse and v["label"] == self.refuse]
        fit = [v for v in votes if v not in refused]
        self.rows.extend(vote for vote in fit if vote["client_id"] not in known)
        told = [{"client_id": v["client_id"], "why": "it was taken down"} for v in refused]
        return {"stored": [v["client_id"] for v in fit], "refused": told}

    def undo(self) -> dict[str, Any]:
        standing = self.counting()
        if not standing:
            return {"item": None}
        row = standing[-1]
        row["undone"] = True
        item = next(i for i in self.items if i["sha256"] == row["sha256"])
        return {"item": item | {"previous": row}, **self.counts(1)}


def build(stub: Stub) -> FastAPI:  # noqa: C901 - one small function for each address
    app = FastAPI()
    pages = Environment(
        loader=FileSystemLoader(APP / "templates"), undefined=StrictUndefined, autoescape=True
    )

    @app.middleware("http")
    async def guard(request: Request, call: Any) -> Response:
        path = request.url.path
        stub.requests.append(f"{request.method} {path}")
        if stub.fail and not path.startswith("/static"):
            return JSONResponse({"error": "told to fail"}, stub.fail)
        if request.method == "POST" and request.headers.get("x-csrf-token") != CSRF:
            return JSONResponse({"error": "no token"}, 403)
        answer = await call(request)
        answer.headers["Content-Security-Policy"] = CSP
        answer.headers["X-Content-Type-Options"] = "nosniff"
        if stub.lose_answers and request.method == "POST":
            stub.lose_answers -= 1
            return Response(b"{", media_type="application/json")
        return answer

    @app.get("/")
    def page() -> HTMLResponse:
        person = {"name": "ada", "role": "annotator"}
        text = pages.get_template("annotate.html.j2").render(
            person=person, csrf=CSRF, static="/static/", settles=False, owns=False
        )
        return HTMLResponse(text)

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        file = APP / "static" / name
        if not file.is_file():
            return Response(status_code=404)
        return Response(file.read_bytes(), media_type=KINDS[file.suffix])

    @app.get("/media/{sha}")
    def media(sha: str) -> Response:
        if sha not in stub.media:
            return JSONResponse({"error": "These bytes were taken down."}, 410)
        return Response(stub.media[sha], media_type="image/gif")

    @app.get("/api/next")
    def following(count: int = 2) -> Any:
        return stub.queue(count)

    @app.get("/api/classes")
    def classes() -> Any:
        return {"classes": stub.classes}

    @app.get("/api/me")
    def me() -> Any:
        return {"name": "ada", "role": "annotator", **stub.counts(len(stub.items))}

    @app.post("/api/votes")
    async def votes(request: Request) -> Any:
        body = await request.json()
        return stub.record(body["votes"]) | stub.queue(body["count"])

    @app.post("/api/undo")
    async def undo() -> Any:
        return stub.undo()

    return app


class Serving:
    """An application on loopback, in a thread, until `stop`."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(app, port=0, log_level="error", lifespan="on", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started:
            assert self._thread.is_alive()
            assert time.monotonic() < until
            time.sleep(0.02)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
