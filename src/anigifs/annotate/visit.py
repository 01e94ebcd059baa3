"""Simulated annotators at a running server: they join, vote and go on, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from time import sleep
from typing import Any, Protocol

from anigifs.annotate.simulate import Annotator, Truth, Turns
from anigifs.catalog.annotation import Vote
from anigifs.core.errors import AnigifsError

BUSY, RETRIES, RETRY_S = 503, 5, 0.5
"""The catalog cannot be written now: as the page does, the same vote is sent again."""
_CSRF = re.compile(r'<meta name="csrf-token" content="([^"]*)"')


class Answered(Protocol):
    """What an HTTP client gives back; httpx's responses are such."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def text(self) -> str:
        """The body."""
        ...

    def json(self) -> Any:
        """The body as JSON."""
        ...


class Client(Protocol):
    """An HTTP client with a cookie jar and the server's address; `httpx.Client` is one."""

    def get(self, url: str) -> Answered:
        """GET."""
        ...

    def post(self, url: str, *, json: Any, headers: Mapping[str, str]) -> Answered:
        """POST of JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """An annotator at a running server. `origin`: as a browser would say it."""

    client: Client
    origin: str
    count: int = 2

    def join(self, token: str) -> str:
        """Enter with an invitation; the CSRF token of the page. Raises `AnigifsError`."""
        self._post("/join", {"token": token}, "")
        page = _checked(self.client.get("/"), "/").text
        found = _CSRF.search(page)
        if found is None:
            raise AnigifsError("the annotator's page has no CSRF token")
        return found.group(1)

    def vote(
        self, annotator: Annotator, csrf: str, truth: Mapping[str, Truth], most: int | None = None
    ) -> list[str]:
        """Vote on what the server hands out, one by one; the client ids it acknowledged.

        most: stop after so many votes; None: when there is nothing left.

        Raises:
            InputError: an item has no truth. AnigifsError: the server refuses.
        """
        turns, acknowledged = Turns(annotator, truth), list[str]()
        where = f"/api/next?count={self.count}"
        items = _checked(self.client.get(where), where).json()["items"]
        while items and (most is None or len(acknowledged) < most):
            vote = turns.vote(items[0]["sha256"], items[0]["label"])
            body = {"votes": [wire(vote)], "count": self.count}
            told = self._post("/api/votes", body, csrf).json()
            if told["refused"]:
                raise AnigifsError(f"the server refused a vote: {told['refused'][0]['why']}")
            acknowledged += told["stored"]
            items = told["items"]
        return acknowledged

    def _post(self, url: str, body: Any, csrf: str) -> Answered:
        headers = {"Origin": self.origin, "X-CSRF-Token": csrf}
        for _ in range(RETRIES):
            answer = self.client.post(url, json=body, headers=headers)
            if answer.status_code != BUSY:
                break
            sleep(RETRY_S)
        return _checked(answer, url)


def wire(vote: Vote) -> dict[str, Any]:
    """A vote as the server takes it."""
    found = asdict(vote)
    del found["person"], found["at_s"]
    return found


def _checked(answer: Answered, url: str) -> Answered:
    if answer.status_code >= 400:
        raise AnigifsError(f"{url} answered {answer.status_code}: {answer.text[:200]}")
    return answer
