"""Screening and the search for duplicates, killed at each of their writes: the end is the same."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
from contextlib import contextmanager

import pytest

from anigifs.catalog import Workspace
from anigifs.catalog.database import Database
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.pool import dedup_workspace
from anigifs.curate.screen import run as screening
from anigifs.curate.screen.config import ScreenConfig
from tests.curate.made import fetch, gif, workspace

FILES = {
    "run": [gif(0), gif(0, "resized to 50 %"), gif(1), b"<html>gone", gif(2)],
    "walk": [gif(1, "32 colours"), gif(3), gif(3, "reversed"), b"GIF89a"],
}
SEEN = {
    "facts": "select sha256, name, said, reason, evidence from facts where id in "
    "(select max(id) from facts group by sha256, name)",
    "prints": "select sha256, kind, data from fingerprints",
    "decisions": "select member, other, relation, distance, transform, evidence from decisions "
    "where id in (select max(id) from decisions group by member, other)",
    "work": "select kind, key, state, reason, worker from work where kind in ('screen', 'dedup')",
}
"""The newest of what is appended, and the work: nothing may be left leased or undone."""
PATIENCE_S = 120


def stages(root):
    with Workspace.open(root) as space:
        screening.screen(space, ScreenConfig(), workers=1)
        dedup_workspace(space, DedupConfig(), workers=1)


def dies_at(number, after):
    """From now on this process kills itself at its `number`th write, before or after the commit."""
    write, left = Database.write, [number]

    @contextmanager
    def mortal(self):
        left[0] -= 1
        with write(self) as connection:
            yield connection
            if left[0] < 0 and not after:
                os.kill(os.getpid(), signal.SIGKILL)
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    Database.write = mortal


def doomed(root, number, after):
    dies_at(number, after)
    stages(root)


def killed(root, number, after):
    """Run both stages in a process that dies; False: they came to their end before that."""
    process = multiprocessing.get_context("fork").Process(target=doomed, args=(root, number, after))
    process.start()
    process.join(PATIENCE_S)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def seen(root):
    with sqlite3.connect(root / "catalog.db") as catalog:
        found = {name: sorted(catalog.execute(text)) for name, text in SEEN.items()}
    catalog.close()
    return found


@pytest.fixture(scope="module")
def fetched(tmp_path_factory):
    """A workspace with nine files to screen."""
    root = tmp_path_factory.mktemp("kill")
    with workspace(root) as space:
        for label, datas in FILES.items():
            for data in datas:
                fetch(space, label, data)
    return root / "work"


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
def test_killed_at_any_write_the_next_run_ends_like_an_undisturbed_one(
    fetched, tmp_path, monkeypatch, after
):
    monkeypatch.setattr(screening, "LEASE", 4)
    monkeypatch.setattr(screening, "WRITE", 2)
    shutil.copytree(fetched, tmp_path / "whole")
    stages(tmp_path / "whole")
    expected = seen(tmp_path / "whole")
    assert {row[2] for row in expected["decisions"]} == {"duplicate", "conflict", "related"}
    number = 0
    while True:
        root = tmp_path / f"{number}"
        shutil.copytree(fetched, root)
        if not killed(root, number, after):
            break
        stages(root)
        assert seen(root) == expected, f"killed at write {number}"
        number += 1
    assert number > 20, "every write of both stages was a moment to die at"


def test_a_run_that_is_killed_again_and_again_still_comes_to_its_end(
    fetched, tmp_path, monkeypatch
):
    monkeypatch.setattr(screening, "LEASE", 4)
    monkeypatch.setattr(screening, "WRITE", 2)
    for name in ("whole", "storm"):
        shutil.copytree(fetched, tmp_path / name)
    stages(tmp_path / "whole")
    for number in range(4, 14):  # a start alone writes three times
        killed(tmp_path / "storm", number, after=True)
    stages(tmp_path / "storm")
    assert seen(tmp_path / "storm") == seen(tmp_path / "whole")
