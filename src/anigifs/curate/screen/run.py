"""Screen what was fetched into a workspace: facts, an outcome for each, fingerprints of the good.

Work is leased a little at a time and finished after its facts are written, so a run that is
stopped, or killed, is gone on with by the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from anigifs.catalog import (
    OK,
    SCREENED,
    Fact,
    Fingerprint,
    Hit,
    Kind,
    Said,
    Then,
    Workspace,
)
from anigifs.catalog import (
    Outcome as Fetched,
)
from anigifs.core.errors import MediaError
from anigifs.core.progress import track
from anigifs.curate.screen.checks import Outcome, run
from anigifs.curate.screen.config import ScreenConfig
from anigifs.curate.workers import in_sandboxes
from anigifs.media.fingerprint import RECIPE

LOOK = "anigifs.curate.screen.look:look"
BY = "screen"
DRAWN = "drawn"
"""The fact of the guess: NOTE, with `score` from 0 (filmed) to 1 (drawn); it only orders."""
LEASE, WRITE = 64, 32
"""Blobs leased at once, and written at once."""


@dataclass(slots=True)
class Screened:
    """How many passed, and how many failed by reason."""

    passed: int = 0
    converted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Plain values for other programs."""
        rejected = dict(self.rejected.most_common())
        return {"passed": self.passed, "converted": self.converted, "rejected": rejected}

    def lines(self) -> list[str]:
        """The counts for people, the most frequent reason first."""
        total = self.passed + self.converted + self.rejected.total()
        told = [f"screened {total}: {self.passed} passed, {self.rejected.total()} rejected"]
        told += [f"  {count} {reason}" for reason, count in self.rejected.most_common()]
        if self.converted:
            told.append(f"  {self.converted} converted to GIFs, which were screened in their turn")
        return told


@dataclass(frozen=True, slots=True)
class _Result:
    sha256: str
    looked: Any
    hits: list[Hit]


def screen(workspace: Workspace, config: ScreenConfig, workers: int = 0) -> Screened:
    """Screen all that waits; what passes is queued for the search for duplicates."""
    done = Screened()
    with workspace.worker("screen") as worker:
        while workspace.queue.counts(Kind.SCREEN)["waiting"]:
            if not _pass(workspace, worker, config, (done, workers)):
                break  # others hold the rest
    return done


def _pass(
    workspace: Workspace, worker: str, config: ScreenConfig, into: tuple[Screened, int]
) -> int:
    """Screen what waits now (what is converted on the way waits for the next pass)."""
    done, workers = into
    total = workspace.queue.counts(Kind.SCREEN)["waiting"]
    looked = in_sandboxes(
        LOOK,
        _leased(workspace, worker),
        lambda name: (workspace.blobs.path(name), config.convert, config.limits),
        config.sandbox,
        workers,
    )
    batch: list[tuple[str, Any]] = []
    count = 0
    for name, result in track(looked, "screen", total):
        count += 1
        batch.append((name, result))
        if len(batch) >= WRITE:
            _write(workspace, batch, config, done)
            workspace.queue.extend(worker)
            batch = []
    _write(workspace, batch, config, done)
    return count


def _leased(workspace: Workspace, worker: str) -> Iterator[str]:
    while jobs := workspace.queue.lease(Kind.SCREEN, worker, LEASE):
        for job in jobs:
            yield job.key


def _write(
    workspace: Workspace, batch: list[tuple[str, Any]], config: ScreenConfig, done: Screened
) -> None:
    """Write facts and fingerprints, queue what passed, and finish the work, in this order."""
    good, hits = [], workspace.hits.of_each([name for name, _ in batch])
    for each in [_Result(name, looked, hits.get(name, [])) for name, looked in batch]:
        flagged = any(hit.sensitive for hit in each.hits)
        outcomes = run(each.looked, flagged, config)
        passed = not outcomes[-1].reason
        if passed and each.looked["converted"]:
            outcomes.append(_convert(workspace, each))
            done.converted += 1
        elif passed:
            good.append(each)
            done.passed += 1
        else:
            done.rejected[outcomes[-1].reason] += 1
        workspace.facts.append(_facts(each, outcomes))
    workspace.fingerprints.add(
        [Fingerprint(each.sha256, RECIPE, each.looked["fingerprint"].to_bytes()) for each in good]
    )
    workspace.queue.add(Kind.DEDUP, [each.sha256 for each in good])
    workspace.queue.finish(Kind.SCREEN, [name for name, _ in batch])


def _convert(workspace: Workspace, each: _Result) -> Outcome:
    """Store the GIF made of a WebP or APNG; its URLs now lead to it, and it is screened itself."""
    name = workspace.blobs.put(each.looked["converted"])
    size = len(each.looked["converted"])
    detail = f"converted from {each.looked['kind']} {each.sha256}"
    urls = dict.fromkeys(hit.url for hit in each.hits)
    workspace.fetches.record(
        [
            Fetched(url=url, reason=OK, then=Then.DONE, sha256=name, size_bytes=size,
                    detail=detail, content_type="image/gif", worker=BY)
            for url in urls
        ]
    )  # fmt: skip
    return Outcome("converted", "converted", {"to": name})


def _facts(each: _Result, outcomes: list[Outcome]) -> list[Fact]:
    """One fact for each check, the guess, and the outcome."""
    facts = [
        Fact(
            sha256=each.sha256,
            check=outcome.check,
            said=Said.FAIL if outcome.reason else Said.PASS,
            reason=outcome.reason,
            evidence=outcome.evidence,
            by=BY,
        )
        for outcome in outcomes
    ]
    if not isinstance(each.looked, MediaError) and "drawn" in each.looked:
        evidence = each.looked["drawn"]
        facts.append(
            Fact(sha256=each.sha256, check=DRAWN, said=Said.NOTE, evidence=evidence, by=BY)
        )
    last = outcomes[-1]
    said = Said.FAIL if last.reason else Said.PASS
    facts.append(
        Fact(sha256=each.sha256, check=SCREENED, said=said, reason=last.reason,
             evidence={"check": last.check}, by=BY)
    )  # fmt: skip
    return facts
