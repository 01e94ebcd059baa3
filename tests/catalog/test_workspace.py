"""Making, opening, upgrading and copying a workspace."""

import sqlite3
import subprocess
import sys
import tarfile
import threading

import pytest
from sqlalchemy import Column, Integer, inspect, text

from anigifs.catalog import (
    DATABASE_LOCKED,
    DISK_FULL,
    OK,
    Hit,
    Kind,
    NewQuery,
    Outcome,
    Then,
    Workspace,
    WorkspaceFault,
)
from anigifs.catalog.database import Database
from anigifs.catalog.migrations import STEPS, migrate, version_of
from anigifs.catalog.queue import enqueue
from anigifs.catalog.schema import VERSION
from anigifs.core.errors import ConfigError, DataAbsent, InputError, IntegrityError


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(tmp_path / "work", {"operator": "me@example.org"}) as made:
        yield made


def fill(workspace, count=3, start=0):
    """Blobs as a fetch would leave them."""
    outcomes = []
    for number in range(start, start + count):
        sha = workspace.blobs.put(b"blob %d" % number)
        url = f"http://a.test/{number}.gif"
        outcomes.append(Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha))
    workspace.fetches.record(outcomes)
    return [outcome.sha256 for outcome in outcomes]


def test_a_workspace_is_opened_again_as_it_was_made(workspace):
    shas = fill(workspace)
    with Workspace.open(workspace.root) as again:
        assert again.settings.net.operator == "me@example.org"
        assert sorted(again.fetches.blobs()) == sorted(shas)
        assert again.blobs.read(shas[0]) == b"blob 0"


def test_a_workspace_is_never_made_over_something(workspace, tmp_path):
    with pytest.raises(InputError, match="is a workspace already"):
        Workspace.create(workspace.root)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thing").touch()
    with pytest.raises(InputError, match="is not an empty folder"):
        Workspace.create(tmp_path / "full")


def test_a_folder_that_is_no_workspace_says_what_to_run(tmp_path):
    with pytest.raises(DataAbsent, match="anigifs init"):
        Workspace.open(tmp_path)


def test_a_misspelt_setting_is_an_error_with_a_suggestion(workspace):
    (workspace.root / "workspace.toml").write_text("[net]\noperater = 'me@example.org'\n")
    with pytest.raises(ConfigError, match="Did you mean 'operator'"):
        Workspace.open(workspace.root)


def test_a_damaged_catalog_says_so(workspace):
    workspace.close()
    (workspace.root / "catalog.db").write_bytes(b"no database" * 1000)
    for name in ("catalog.db-wal", "catalog.db-shm"):
        (workspace.root / name).unlink(missing_ok=True)
    with pytest.raises(IntegrityError, match="damaged"):
        Workspace.open(workspace.root)


# --- versions ---


def add_stars(connection):
    connection.execute(text("ALTER TABLE queries ADD COLUMN stars INTEGER NOT NULL DEFAULT 0"))


def test_an_older_catalog_is_brought_up_to_date_after_a_copy_was_set_aside(workspace):
    database = Database(workspace.root / "catalog.db")
    aside = []
    migrate(database, aside.append, [*STEPS, add_stars])
    assert aside == [VERSION]
    assert version_of(database) == VERSION + 1
    with database.read() as connection:
        names = [column["name"] for column in inspect(connection).get_columns("queries")]
    assert "stars" in names
    migrate(database, aside.append, [*STEPS, add_stars])
    assert aside == [VERSION], "a second opening has nothing to do"
    database.close()


def test_a_step_that_fails_leaves_the_old_catalog(workspace):
    def broken(connection):
        add_stars(connection)
        raise RuntimeError("power cut")

    database = Database(workspace.root / "catalog.db")
    with pytest.raises(RuntimeError):
        migrate(database, lambda old: None, [*STEPS, broken])
    with database.read() as connection:
        names = [column["name"] for column in inspect(connection).get_columns("queries")]
    assert "stars" not in names
    assert version_of(database) == VERSION
    database.close()


def test_a_newer_catalog_says_to_update_the_program(workspace):
    with sqlite3.connect(workspace.root / "catalog.db") as raw:
        raw.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    raw.close()
    with pytest.raises(InputError, match=r"newer anigifs \(catalog 99, this one knows 2\); update"):
        Workspace.open(workspace.root)


SECOND_VERSION = ("people", "tasks", "turns", "leases", "votes", "golds", "guides", "examples",
                      "class_changes", "takedowns")  # fmt: skip


def tables_of(file):
    with sqlite3.connect(file) as raw:
        rows = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        columns = {
            table: [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
            for (table,) in rows.fetchall()
        }
    raw.close()
    return columns


def back_to_version_1(file):
    with sqlite3.connect(file) as raw:
        for table in reversed(SECOND_VERSION):
            raw.execute(f"DROP TABLE {table}")
        raw.execute("ALTER TABLE verdicts DROP COLUMN evidence")
        raw.execute("UPDATE meta SET value = '1' WHERE name = 'version'")
    raw.close()


def test_a_catalog_of_version_1_gets_the_tables_of_annotation(workspace):
    file = workspace.root / "catalog.db"
    new = tables_of(file)
    back_to_version_1(file)
    assert tables_of(file) != new
    Workspace.open(workspace.root).close()
    assert tables_of(file) == new
    assert (workspace.root / "catalog.before-upgrade-1.db").exists()


def test_the_first_version_s_tables_are_what_they_were(workspace):
    """A change of the tables needs a step that brings older catalogs there."""
    back_to_version_1(workspace.root / "catalog.db")
    columns = tables_of(workspace.root / "catalog.db")
    assert columns == {
        "blobs": ["sha256", "size_bytes", "at_s"],
        "decisions": ["id", "member", "other", "relation", "distance", "transform", "evidence",
                      "by", "at_s"],
        "facts": ["id", "sha256", "name", "said", "reason", "evidence", "by", "at_s"],
        "fetches": ["id", "url", "reason", "sha256", "status", "final_url", "content_type",
                    "detail", "took_s", "worker", "at_s"],
        "fingerprints": ["id", "sha256", "kind", "data", "at_s"],
        "hits": ["id", "query_id", "provider", "item", "label", "url", "page_url", "title",
                 "creator", "credit", "licence_text", "licence_url", "spdx", "may_store",
                 "may_release_url", "id_only", "sensitive", "width", "height", "size_bytes",
                 "frames", "digest", "extra", "at_s"],
        "meta": ["name", "value"],
        "queries": ["id", "provider", "label", "text", "template", "cursor", "pages", "found",
                    "complete", "at_s"],
        "verdicts": ["id", "sha256", "label", "said", "reason", "by", "at_s"],
        "work": ["id", "kind", "key", "lane", "rank", "state", "attempts", "reason",
                 "not_before_s", "worker", "lease_until_s"],
    }  # fmt: skip


def test_no_statement_but_one_is_worded_for_a_database():
    """What a server database would need: the tables compile for PostgreSQL as they are."""
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    from anigifs.catalog.schema import metadata

    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert isinstance(Column("id", Integer), Column)


# --- copies ---


def test_a_copy_of_a_live_workspace_is_a_workspace(workspace, tmp_path):
    shas = fill(workspace, 20)
    stop = threading.Event()

    def work():
        for number in range(10_000):
            if stop.is_set():
                return
            fill(workspace, 1, 100 + number)

    writer = threading.Thread(target=work)
    writer.start()
    try:
        count = workspace.backup(tmp_path / "copy.tar")
    finally:
        stop.set()
        writer.join()
    with tarfile.open(tmp_path / "copy.tar") as archive:
        archive.extractall(tmp_path / "copy", filter="data")
    with Workspace.open(tmp_path / "copy") as copy:
        listed = copy.fetches.blobs()
        assert set(shas) <= set(listed)
        assert len(listed) == count
        assert sorted(copy.blobs) == sorted(listed)
        assert all(copy.blobs.read(sha) for sha in listed)
        assert copy.settings == workspace.settings


def test_the_catalog_alone_can_be_copied(workspace, tmp_path):
    fill(workspace)
    assert workspace.backup(tmp_path / "copy.db") == 0
    with sqlite3.connect(tmp_path / "copy.db") as raw:
        assert raw.execute("SELECT count(*) FROM blobs").fetchone() == (3,)
    raw.close()


def test_a_copy_never_replaces_a_file_nor_lies_inside(workspace, tmp_path):
    (tmp_path / "old.tar").touch()
    for file, words in [("old.tar", "exists"), ("a.zip", "FILE.tar"), ("work/x.tar", "inside")]:
        with pytest.raises(InputError, match=words):
            workspace.backup(tmp_path / file)


def test_a_missing_blob_is_told_by_a_copy(workspace, tmp_path):
    (sha,) = fill(workspace, 1)
    workspace.blobs.path(sha).unlink()
    with pytest.raises(IntegrityError, match="missing"):
        workspace.backup(tmp_path / "copy.tar")
    assert list(tmp_path.iterdir()) == [workspace.root]


# --- locks and workers ---


def test_a_locked_catalog_is_told_after_a_while(workspace):
    raw = sqlite3.connect(workspace.root / "catalog.db", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with Workspace.open(workspace.root, busy_s=0.1) as second:
        assert second.funnel().total.found == 0, "reading goes on"
        with pytest.raises(WorkspaceFault, match="locked by another process") as fault:
            second.queries.add([NewQuery("p", "run", "run gif")])
        assert fault.value.reason == DATABASE_LOCKED
    raw.close()


def test_several_threads_and_processes_write_at_once(workspace):
    script = (
        "import sys; from pathlib import Path; from anigifs.catalog import *\n"
        "w = Workspace.open(Path(sys.argv[1]))\n"
        "for n in range(50): w.queries.add([NewQuery('p', sys.argv[2], f'{n}')])"
    )
    others = [
        subprocess.Popen([sys.executable, "-c", script, str(workspace.root), name])
        for name in ("a", "b")
    ]
    threads = [
        threading.Thread(
            target=lambda name=name: [
                workspace.queries.add([NewQuery("p", name, str(n))]) for n in range(50)
            ]
        )
        for name in ("c", "d")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait() for other in others] == [0, 0]
    assert len(workspace.queries.all()) == 200
    assert workspace.queue.counts(Kind.QUERY)["waiting"] == 200


def test_the_leases_of_a_dead_worker_are_freed_and_those_of_a_living_one_are_not(workspace):
    workspace.queue.add(Kind.SCREEN, ["a", "b", "c"])
    script = (
        "import os, sys; from pathlib import Path; from anigifs.catalog import *\n"
        "w = Workspace.open(Path(sys.argv[1]))\n"
        "with w.worker('screen') as me:\n"
        "    w.queue.lease(Kind.SCREEN, me, 1)\n"
        "    os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, str(workspace.root)], check=False)
    with workspace.worker("screen") as mine:
        assert workspace.queue.counts(Kind.SCREEN)["waiting"] == 3
        workspace.queue.lease(Kind.SCREEN, mine, 1)
        with workspace.worker("screen"):
            assert workspace.queue.counts(Kind.SCREEN)["leased"] == 1
    assert workspace.queue.counts(Kind.SCREEN) == {
        "waiting": 3, "leased": 0, "done": 0, "failed": 0
    }  # fmt: skip
    assert list((workspace.root / "workers").iterdir()) == []


def test_hits_survive_as_they_were_given(workspace):
    workspace.queries.add([NewQuery("p", "run", "run gif")])
    hit = Hit(
        provider="p", id="7", label="run", url="http://a.test/0.gif", title="<b>a</b> ☃",
        licence_text="CC BY-SA 4.0", spdx="CC-BY-SA-4.0", may_store=True, sensitive=None,
        width=3, extra={"tags": ["x"]},
    )  # fmt: skip
    workspace.queries.record_page(1, [hit], None)
    (sha,) = fill(workspace, 1)
    assert workspace.hits.of(sha) == workspace.hits.at(hit.url) == [hit]
    assert workspace.hits.labels([sha]) == {sha: ["run"]}


def test_a_catalog_on_a_full_disk_says_so_and_keeps_what_it_had(workspace):
    shas = fill(workspace)
    many = [f"{n:064x}" for n in range(20_000)]
    full = pytest.raises(WorkspaceFault, match="full; free some space")
    with full as fault, workspace._database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=90")
        enqueue(connection, Kind.DEDUP, [(name, "") for name in many])
    assert fault.value.reason == DISK_FULL
    assert workspace.queue.counts(Kind.DEDUP)["waiting"] == 0
    assert sorted(workspace.fetches.blobs()) == sorted(shas)
