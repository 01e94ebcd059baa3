"""A workspace as collecting and annotating leave it, and a disk that needs no waiting for."""

import os

import pytest
from sqlalchemy import event

from anigifs.catalog import (
    OK,
    SCREENED,
    Fact,
    Hit,
    NewQuery,
    Outcome,
    Said,
    Then,
    Verdict,
    Workspace,
)

FREE = {"may_store": True, "may_release_url": True, "spdx": "CC-BY-4.0", "licence_text": "CC BY"}
URL_ONLY = FREE | {"spdx": "NOASSERTION", "licence_text": ""}
ID_ONLY = {"may_store": True, "id_only": True, "spdx": "NOASSERTION"}


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)


class Bench:
    """A workspace that is filled one accepted animation at a time."""

    def __init__(self, root):
        self.workspace = Workspace.create(root, {"operator": "tests@example.org"})
        engine = self.workspace._database.engine
        event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
        engine.dispose()  # whose connections wait for the disk
        self.workspace.queries.add([NewQuery("web", "", "all")])

    def find(self, number, label, data=None, **facts):
        """A blob with its hit; its sha256. `facts` are those of the hit."""
        facts = FREE | {"provider": "web", "id": f"i{number}", "title": f"no. {number}"} | facts
        url = facts.pop("url", f"http://media.test/{number}.gif")
        sha = self.workspace.blobs.put(data or b"GIF89a animation %d" % number)
        self.workspace.hits.add(1, [Hit(label=label, url=url, **facts)])
        self.workspace.fetches.record([Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)])
        return sha

    def accept(self, number, label, data=None, **facts):
        sha = self.find(number, label, data, **facts)
        self.screen(sha)
        self.say(sha, label)
        return sha

    def screen(self, sha, said=Said.PASS):
        size = Fact(sha256=sha, check="size", said=said, evidence={"width": 40, "height": 30})
        self.workspace.facts.append([size, Fact(sha256=sha, check=SCREENED, said=said)])

    def say(self, sha, label, said=Said.PASS):
        self.workspace.verdicts.append([Verdict(sha256=sha, label=label, said=said)])


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path / "work")
    yield made
    made.workspace.close()


def everything(root):
    """Every file of a folder with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
