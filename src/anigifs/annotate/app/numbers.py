"""The owner's numbers, worked out beside the requests: votes never wait for statistics."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from statistics import median
from threading import Lock

from anigifs.annotate.agreement import Report, report
from anigifs.annotate.agreement.answers import ACCEPT
from anigifs.annotate.agreement.gold import Share
from anigifs.annotate.agreement.records import ClassRow, PairKappa, PersonRow
from anigifs.catalog.funnel import Funnel
from anigifs.catalog.progress import Progress
from anigifs.catalog.workspace import Workspace

PATIENCE_S = 1.5
"""How long a page waits for its first numbers before it is sent without them."""
LEAST_AGE_S, REST = 15.0, 5.0
"""Numbers are worked out anew at most so often, and this many times their own work apart."""

SETTLING = ("accepted", "rejected", "voted", "begun", "untouched")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All numbers as of one time. took_s: how long they took to work out."""

    at_s: float
    took_s: float
    progress: Progress
    funnel: Funnel
    agreement: Report

    @property
    def total(self) -> Mapping[str, int]:
        """The counts of all classes together."""
        names = ("items", *SETTLING)
        return {name: sum(getattr(row, name) for row in self.progress.classes) for name in names}

    @property
    def votes(self) -> int:
        """Votes that count, golds among them."""
        return sum(person.votes for person in self.progress.people)

    @property
    def median_ms(self) -> float | None:
        """The median over people of their median times."""
        known = [p.median_s for p in self.agreement.people if p.median_s is not None]
        return 1000 * median(known) if known else None

    @property
    def pairs(self) -> list[PairKappa]:
        """Pairs of people, for the overall answer."""
        return [pair for pair in self.agreement.pairs if pair.question == ACCEPT]

    def of_person(self, name: str) -> PersonRow | None:
        """What the agreement report says of a person."""
        return next((row for row in self.agreement.people if row.name == name), None)

    def gold_of(self, name: str) -> Share | None:
        """How often a person was right on golds, overall."""
        person = self.of_person(name)
        scores = person.golds if person else ()
        return next((score.share for score in scores if score.asked == ACCEPT), None)

    def of_class(self, label: str) -> ClassRow | None:
        """What the agreement report says of a class."""
        return next((row for row in self.agreement.classes if row.label == label), None)

    @property
    def stages(self) -> list[tuple[str, int]]:
        """The funnel: of what was screened, the last four stages are the parts."""
        stages = self.funnel.total
        return [
            ("found", stages.found), ("fetched", stages.fetched), ("screened", stages.screened),
            ("dropped as duplicates", stages.duplicate),
            ("rejected", sum(stages.rejected.values())),
            ("waiting for people", stages.waiting), ("accepted", stages.accepted),
        ]  # fmt: skip

    @property
    def rejections(self) -> list[tuple[str, int]]:
        """Reasons for which checks and people rejected, the commonest first."""
        return sorted(self.funnel.total.rejected.items(), key=lambda item: (-item[1], item[0]))


class Numbers:
    """The newest snapshot, renewed in a thread of its own when somebody looks."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pool = ThreadPoolExecutor(1, "numbers")
        self._lock = Lock()
        self._newest: Snapshot | None = None
        self._coming: Future[Snapshot] | None = None

    def get(self, patience_s: float = PATIENCE_S) -> Snapshot | None:
        """The newest numbers; None: the first are still being worked out."""
        with self._lock:
            if self._coming is None and self._is_old():
                self._coming = self._pool.submit(self._work_out)
            coming, newest = self._coming, self._newest
        if coming is None:
            return newest
        try:
            return coming.result(patience_s)
        except NotYet:
            return newest

    def forget(self) -> None:
        """Something was changed by hand: the next look works the numbers out anew."""
        with self._lock:
            self._newest = None

    def close(self) -> None:
        """Wait for the work under way."""
        self._pool.shutdown(cancel_futures=True)

    def _is_old(self) -> bool:
        if self._newest is None:
            return True
        rest_s = max(LEAST_AGE_S, REST * self._newest.took_s)
        return time.time() - self._newest.at_s > rest_s

    def _work_out(self) -> Snapshot:
        start = time.time()
        try:
            progress, funnel = self._workspace.overview.progress(), self._workspace.funnel()
            agreement = report(self._workspace)
            made = Snapshot(start, time.time() - start, progress, funnel, agreement)
            with self._lock:
                self._newest = made
            return made
        finally:
            with self._lock:
                self._coming = None
