"""A request that is not answered as asked: the status and one sentence for the person."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Ends a request. `headers` go with the answer."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status, self.why, self.headers = status, why, dict(headers or {})
