"""The counts of a running collect job, for the display and the last word."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from anigifs.core.records import Problem

KEPT_PROBLEMS = 1000
COUNTS = ("done", "asked", "found", "listed", "fetched", "failed", "odd", "waiting")


@dataclass(slots=True)
class Row:
    """One provider.

    done, asked: queries, over all runs. found: different items that this run's answers held;
    listed: those of them whose bytes its terms do not let us keep. fetched, failed: files, and
        failed queries. odd: items that were no use. waiting: requests that wait for a turn at
        their host now.
    """

    done: int = 0
    asked: int = 0
    found: int = 0
    listed: int = 0
    fetched: int = 0
    failed: int = 0
    odd: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Tally:
    """All providers of a job.

    reasons: failures by code. postponed: what was put off, by reason. to_do: URLs that are left.
    problems: the first thousand queries, items and URLs that were no use.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    postponed: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    to_do: int = 0
    bytes: int = 0
    started_s: float = field(default_factory=time.monotonic)
    _open: Counter[tuple[str, str]] = field(default_factory=Counter)

    def row(self, provider: str) -> Row:
        """The counts of one provider."""
        return self.rows.setdefault(provider, Row())

    def trouble(self, problems: Iterable[Problem]) -> None:
        """Keep what was no use, up to a thousand."""
        self.problems.extend(list(problems)[: max(0, KEPT_PROBLEMS - len(self.problems))])

    @contextmanager
    def opened(self, provider: str, url: str) -> Iterator[None]:
        """Count a request as handed over and not answered yet."""
        key = provider, urlsplit(url).hostname or ""
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1

    def share_waiting(self, queued: Callable[[str], int]) -> None:
        """Set `waiting` from how many requests wait at each host.

        Providers that share a host share its queue by their open requests: a number for people.
        """
        hosts: Counter[str] = Counter()
        for (_, host), count in self._open.items():
            hosts[host] += count
        waits: Counter[str] = Counter()
        for (provider, host), count in self._open.items():
            if count:
                waits[provider] += round(min(queued(host), hosts[host]) * count / hosts[host])
        for provider, row in self.rows.items():
            row.waiting = waits[provider]

    @property
    def took_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started_s

    @property
    def total(self) -> Row:
        """The sum of all providers."""
        rows = self.rows.values()
        return Row(**{name: sum(getattr(row, name) for row in rows) for name in COUNTS})

    def as_json(self) -> dict[str, object]:
        """For a program."""
        return {
            "providers": {
                provider: {name: getattr(row, name) for name in COUNTS if name != "waiting"}
                for provider, row in sorted(self.rows.items())
            },
            "failed": dict(self.reasons.most_common()),
            "postponed": dict(self.postponed.most_common()),
            "to_do": self.to_do,
            "bytes": self.bytes,
            "seconds": round(self.took_s, 3),
        }
