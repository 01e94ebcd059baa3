"""A workspace: one dataset in the making, as a folder.

DIR/workspace.toml   what a person sets: who fetches, how politely
DIR/catalog.db       the catalog (SQLite; -wal and -shm beside it belong to it)
DIR/blobs/ab/abc…    bytes under their sha256
DIR/workers/         locks of running jobs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import tomli_w
from pydantic import Field

from anigifs import __version__
from anigifs.catalog import backup, funnel, migrations, workers
from anigifs.catalog.blobs import BlobStore
from anigifs.catalog.database import BUSY_S, Database, WorkspaceFault, now
from anigifs.catalog.findings import Decisions, Facts, Fingerprints, Verdicts
from anigifs.catalog.guidance import Guidance, Takedowns
from anigifs.catalog.people import People
from anigifs.catalog.progress import Overview
from anigifs.catalog.proposals import Proposals
from anigifs.catalog.provenance import Provenance
from anigifs.catalog.queue import WorkQueue
from anigifs.catalog.settling import Settling
from anigifs.catalog.sources import Fetches, Hits, Queries
from anigifs.catalog.tasks import Tasks
from anigifs.catalog.votes import Votes
from anigifs.core.config import Config, build, load
from anigifs.core.errors import DataAbsent, InputError
from anigifs.core.files import write_text
from anigifs.net.config import NetConfig

CATALOG, SETTINGS = "catalog.db", "workspace.toml"
STALE_S = 600.0


class WorkspaceSettings(Config):
    """The content of workspace.toml."""

    net: NetConfig = Field(default_factory=NetConfig)
    """How bytes are fetched."""
    annotate: dict[str, Any] = Field(default_factory=dict)
    """How people are asked: the keys of `AnnotateConfig`, checked where they are used."""


class Workspace:
    """The folder's parts, opened. Use `create` and `open`, and close it or use `with`."""

    def __init__(self, root: Path, database: Database, settings: WorkspaceSettings) -> None:
        self.root, self.settings = root, settings
        self._database = database
        self._locks = root / "workers"
        self.blobs = BlobStore(root / "blobs")
        self.queue = WorkQueue(database, self._locks)
        self.queries, self.hits = Queries(database), Hits(database)
        self.fetches = Fetches(database, self.blobs)
        self.facts, self.fingerprints = Facts(database), Fingerprints(database)
        self.decisions, self.verdicts = Decisions(database), Verdicts(database)
        self.people, self.tasks, self.votes = People(database), Tasks(database), Votes(database)
        self.settling, self.proposals = Settling(database), Proposals(database)
        self.guidance, self.takedowns = Guidance(database), Takedowns(database)
        self.provenance = Provenance(database)
        self.overview = Overview(database)

    @classmethod
    def create(cls, root: Path, net: Mapping[str, Any] | None = None) -> Self:
        """Make a workspace in a new or empty folder.

        Args:
            root: the folder.
            net: what differs from the defaults of `NetConfig`; written to workspace.toml.

        Raises:
            InputError: the folder holds something already.
        """
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            is_one = (root / CATALOG).exists()
            advice = "use it as it is" if is_one else "name a new folder"
            what = "is a workspace already" if is_one else "is not an empty folder"
            raise InputError(f"{root} {what}; {advice}")
        settings = build(WorkspaceSettings, {"net": dict(net or {})}, "the settings")
        (root / "blobs").mkdir(parents=True)
        write_text(root / SETTINGS, _settings_text(settings))
        database = Database(root / CATALOG)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        migrations.create(database, {"made_at": made, "made_by": f"anigifs {__version__}"})
        return cls(root, database, settings)

    @classmethod
    def open(cls, root: Path, busy_s: float = BUSY_S) -> Self:
        """Open a workspace; an older one is brought up to date, after a copy was set aside.

        Args:
            root: the folder.
            busy_s: how long to wait for another process that holds the catalog.

        Raises:
            DataAbsent: there is none. InputError: it is of a newer version. ConfigError: its
                workspace.toml is faulty. IntegrityError: its catalog is damaged.
        """
        if not (root / CATALOG).is_file():
            raise DataAbsent(f"{root} is no workspace; make one with: anigifs init {root}")
        settings_file = root / SETTINGS
        settings = load(WorkspaceSettings, settings_file if settings_file.exists() else None)
        database = Database(root / CATALOG, busy_s)
        migrations.migrate(
            database,
            lambda old: database.copy_to(root / f"catalog.before-upgrade-{old}.db"),
        )
        return cls(root, database, settings)

    @contextmanager
    def worker(self, stage: str) -> Iterator[str]:
        """Register as a worker: a name for leases, which are given back at the end.

        At the start, leases of workers that died on this computer are freed, and half-made blobs
        that are older than any write takes are removed.
        """
        self.queue.free_dead()
        workers.sweep(self._locks)
        self.blobs.sweep(now() - STALE_S)
        with workers.alive(self._locks, stage) as name:
            try:
                yield name
            finally:
                with suppress(WorkspaceFault):  # the next run frees what stays leased
                    self.queue.give_back(name)

    def funnel(self) -> funnel.Funnel:
        """The counts of every stage, per class and in total."""
        with self._database.read() as connection:
            return funnel.funnel(connection)

    def backup(self, file: Path) -> int:
        """Copy the live workspace into a new FILE.tar, or its catalog alone into FILE.db.

        Returns: how many blobs were copied.

        Raises:
            InputError: the name ends otherwise, the file exists, or lies inside the workspace.
            IntegrityError: a blob that the catalog lists is missing.
        """
        backup.check_target(file, self.root)
        if file.suffix == ".db":
            self._database.copy_to(file)
            return 0
        return backup.pack(self.root, self.blobs, self._database, file)

    def close(self) -> None:
        """Close the catalog."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


def _settings_text(settings: WorkspaceSettings) -> str:
    changed = settings.model_dump(mode="json")["net"]
    return (
        "# What a person sets for this workspace; `anigifs` reads it at each start.\n"
        "# operator: who fetches, as a mail address or a page; hosts want to know whom to ask.\n"
        "# Each key is explained in docs/workspace.md.\n\n" + tomli_w.dumps({"net": changed})
    )
