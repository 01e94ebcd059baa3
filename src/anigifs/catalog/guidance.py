"""What guides people, and what they must not see again: appended, the newest counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Table, select

from anigifs.catalog.annotation import ClassChange, Example, Gold, Takedown
from anigifs.catalog.database import Database, chunks, now
from anigifs.catalog.findings import newest
from anigifs.catalog.schema_people import class_changes, examples, golds, guides, takedowns
from anigifs.core.errors import InputError

SAID = ("accepted", "rejected", "removed")


class _Appended:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _add(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        at = now()
        with self._database.write(durable=True) as connection:
            for part in chunks(rows):
                connection.execute(table.insert(), [{**row, "at_s": at} for row in part])

    def _rows(self, table: Table, *which: Any) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(select(table).where(*which).order_by(table.c.id)))


class Guidance(_Appended):
    """Definitions and examples of classes, golds, and changes of the class list."""

    def define(self, label: str, definition: str, by: str = "") -> None:
        """Say what a class is, on its guideline card."""
        self._add(guides, [{"label": label, "definition": definition, "by": by}])

    def definition(self, label: str) -> str:
        """What a class is; "" where nobody said."""
        said = self._rows(guides, guides.c.label == label)
        return str(said[-1].definition) if said else ""

    def definitions(self) -> dict[str, str]:
        """What each class is that somebody defined."""
        return {
            row.label: row.definition
            for row in self._rows(guides, guides.c.id.in_(newest(guides, "label")))
        }

    def add_example(self, example: Example) -> None:
        """Put an item on the card of a class, or take it off (`said` is "removed").

        Raises:
            InputError: `said` is none of accepted, rejected, removed.
        """
        if example.said not in SAID:
            raise InputError(f"an example is {', '.join(SAID)}; got {example.said!r}")
        self._add(examples, [asdict(example)])

    def examples(self, label: str | None = None) -> list[Example]:
        """The examples of a class, or of all, oldest first."""
        which: list[Any] = [examples.c.id.in_(newest(examples, "label", "sha256"))]
        if label is not None:
            which.append(examples.c.label == label)
        rows = self._rows(examples, *which, examples.c.said != "removed")
        return [Example(**_values(row, Example)) for row in rows]

    def is_example(self, sha256: str) -> bool:
        """Whether a blob stands on some card."""
        newest_ = newest(examples, "label", "sha256").where(examples.c.sha256 == sha256)
        return bool(self._rows(examples, examples.c.id.in_(newest_), examples.c.said != "removed"))

    def add_golds(self, new: Iterable[Gold]) -> None:
        """Set the owner's answers; those without answers take a gold back."""
        self._add(golds, [asdict(gold) | {"answers": dict(gold.answers)} for gold in new])

    def golds(self) -> list[Gold]:
        """The golds that count, oldest first."""
        rows = self._rows(golds, golds.c.id.in_(newest(golds, "sha256", "label")))
        return [Gold(**_values(row, Gold)) for row in rows if row.answers]

    def change_class(self, change: ClassChange) -> None:
        """Rename a class, or drop it (`new` is "")."""
        self._add(class_changes, [asdict(change)])

    def class_changes(self) -> list[ClassChange]:
        """Every change of the class list, oldest first."""
        return [ClassChange(**_values(row, ClassChange)) for row in self._rows(class_changes)]


class Takedowns(_Appended):
    """Bytes that were deleted on demand."""

    def append(self, takedown: Takedown) -> None:
        """Set a tombstone; durable when it returns. `at_s` is set here."""
        row = asdict(takedown)
        del row["at_s"]
        self._add(takedowns, [row])

    def all(self) -> list[Takedown]:
        """Every tombstone, oldest first."""
        return [Takedown(**_values(row, Takedown)) for row in self._rows(takedowns)]

    def of(self, sha256: str) -> list[Takedown]:
        """The tombstones of a blob."""
        rows = self._rows(takedowns, takedowns.c.sha256 == sha256)
        return [Takedown(**_values(row, Takedown)) for row in rows]

    def names(self) -> set[str]:
        """The blobs that were taken down."""
        with self._database.read() as connection:
            return set(connection.execute(select(takedowns.c.sha256)).scalars())


def _values(row: Row[Any], kind: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__slots__}
