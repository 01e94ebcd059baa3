"""A small workspace behind the application, and browsers of the people who were invited."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from starlette.testclient import TestClient

from anigifs.annotate.app.factory import build_app
from anigifs.annotate.queue import refresh
from anigifs.catalog import OK, SCREENED, Fact, Hit, NewQuery, Outcome, Said, Then, Workspace
from anigifs.catalog.annotation import Role
from anigifs.core.seeds import stream
from anigifs.media.encode import encode_gif

BASE = "http://127.0.0.1:8000"
SAME = {"Sec-Fetch-Site": "same-origin", "Origin": BASE}
LABELS = ("clapping", "squat")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def a_gif(number: int) -> bytes:
    draw = stream(0, "app", number)
    return encode_gif(draw.integers(0, 256, (2, 8, 8, 3), dtype=np.uint8), [100] * 2, colours=8)


def fill(workspace: Workspace, count: int, title: str = HOSTILE) -> list[str]:
    """Items as collecting and screening leave them; every other one is of the other class."""
    workspace.queries.add(NewQuery("test", label, label) for label in LABELS)
    ids = {query.label: query.id for query in workspace.queries.all()}
    shas = []
    for number in range(count):
        label, url = LABELS[number % 2], f"http://a.test/{number}.gif"
        sha = workspace.blobs.put(a_gif(number))
        hit = Hit(
            provider="test", id=str(number), label=label, url=url, title=title,
            page_url="javascript:alert(3)", licence_text="CC0", may_store=True, width=8, height=8,
        )  # fmt: skip
        workspace.hits.add(ids[label], [hit])
        workspace.fetches.record([Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)])
        shas.append(sha)
    workspace.facts.append(Fact(sha256=sha, check=SCREENED, said=Said.PASS) for sha in shas)
    return shas


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now_s: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Site:
    """The application over a workspace of six items, and who was invited."""

    root: Path
    workspace: Workspace
    shas: list[str]
    clock: Clock
    app: Any
    tokens: dict[str, str] = field(default_factory=dict)

    def stranger(self) -> TestClient:
        """A browser without a session."""
        return TestClient(self.app, base_url=BASE, headers=SAME, raise_server_exceptions=False)

    def invite(self, name: str, role: Role = Role.ANNOTATOR) -> str:
        """Invite, as the command line does: a second opening of the workspace."""
        self.tokens[name] = self.workspace.people.invite(name, role)[1]
        return self.tokens[name]

    def browser(self, name: str, role: Role = Role.ANNOTATOR) -> TestClient:
        """A browser in which somebody joined; every change brings the CSRF token along."""
        client = self.stranger()
        answer = client.post("/join", json={"token": self.invite(name, role)})
        assert answer.status_code == 204, answer.text
        client.headers["X-CSRF-Token"] = csrf_of(client)
        return client


def csrf_of(client: TestClient) -> str:
    """The token in the annotator's page."""
    return client.get("/").text.partition('name="csrf-token" content="')[2].partition('"')[0]


def a_vote(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A vote on an item as the page sends it: yes to everything."""
    return {
        "client_id": str(uuid4()), "sha256": item["sha256"], "label": item["label"], "act": "vote",
        "animation": "yes", "character": "yes", "exact": "yes", "other": "", "flag": "",
        "note": "", "boxes": [], "took_ms": 1500,
    } | more  # fmt: skip


@pytest.fixture
def site(tmp_path):
    root = tmp_path / "work"
    with Workspace.create(root) as workspace:
        shas = fill(workspace, 6)
        refresh(workspace)
        clock = Clock()
        app = build_app(root, clock)
        yield Site(root, workspace, shas, clock, app)
        app.state.house.close()
