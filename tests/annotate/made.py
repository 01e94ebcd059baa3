"""A workspace whose items wait for people, made without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from anigifs.catalog import (
    OK,
    SCREENED,
    Fact,
    Hit,
    NewQuery,
    Outcome,
    Said,
    Then,
    Workspace,
)
from anigifs.catalog.annotation import Answer, Person, Role, Vote

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE


def waiting(root: Path, classes: Mapping[str, int]) -> tuple[Workspace, dict[str, list[str]]]:
    """A workspace with so many screened items for each class, and their sha256s."""
    workspace = Workspace.create(root / "work")
    shas = {label: find(workspace, label, count) for label, count in classes.items()}
    return workspace, shas


def find(workspace: Workspace, label: str, count: int, data: str = "") -> list[str]:
    """So many blobs found for a class and screened; the same `data` gives the same blobs."""
    workspace.queries.add([NewQuery("p", label, f"{label} gif")])
    (query,) = [query for query in workspace.queries.all() if query.label == label]
    shas = workspace.blobs.put_all([f"{data or label} {n}".encode() for n in range(count)])
    urls = [f"http://a.test/{sha}" for sha in shas]
    hits = [
        Hit(provider="p", id=sha, label=label, url=url, may_store=True, title=f"<b>{label}</b>")
        for sha, url in zip(shas, urls, strict=True)
    ]
    workspace.hits.add(query.id, hits)
    workspace.fetches.record(
        [
            Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)
            for sha, url in zip(shas, urls, strict=True)
        ]
    )
    workspace.facts.append([Fact(sha256=sha, check=SCREENED, said=Said.PASS) for sha in shas])
    return shas


def invite(workspace: Workspace, *names: str, role: Role = Role.ANNOTATOR) -> list[Person]:
    return [workspace.people.invite(name, role)[0] for name in names]


def vote(sha256: str, label: str, answers: str = "yyy", **more: object) -> Vote:
    """A vote; `answers` is one of y, n, u, - for each question."""
    letters = {"y": YES, "n": NO, "u": UNSURE, "-": Answer.NONE}
    said = [letters[letter] for letter in answers]
    values: dict[str, object] = {
        "client_id": f"{sha256[:8]}-{label}-{answers}-{more.pop('by', '')}", "person": "",
        "sha256": sha256, "label": label, "animation": said[0], "character": said[1],
        "exact": said[2],
    }  # fmt: skip
    return Vote(**{**values, **more})  # type: ignore[arg-type]


def say(workspace: Workspace, people: Sequence[Person], item: tuple[str, str], *said: str) -> None:
    """Each person in turn votes on one item, as if it had been handed to them."""
    for person, answers in zip(people, said, strict=True):
        text, _, other = answers.partition(":")
        new = vote(*item, text, by=f"{person.name}{other}", other=other)
        assert workspace.votes.bring(person.id, [new]) == [new.client_id]
