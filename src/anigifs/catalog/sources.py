"""Where blobs come from: queries, what they found, and every attempt to fetch it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, select, update

from anigifs.catalog.database import Database, chunks, insert_new, now
from anigifs.catalog.queue import enqueue, settle
from anigifs.catalog.records import Hit, Kind, NewQuery, Outcome, Query, Then
from anigifs.catalog.schema import blobs, fetches, hits, queries
from anigifs.core.errors import InputError

_QUERY = [column for column in queries.c if column.name != "at_s"]
_HIT = [column for column in hits.c if column.name not in ("id", "query_id", "at_s")]


class Queries:
    """What is asked of providers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: Iterable[NewQuery]) -> int:
        """Add and queue the queries that are not there yet; return how many are new."""
        rows = [{**asdict(query), "at_s": now()} for query in new]
        with self._database.write() as connection:
            added = sum(insert_new(connection, queries, part) for part in chunks(rows))
            known = select(queries.c.id, queries.c.provider).where(queries.c.complete.is_(False))
            waiting = connection.execute(known.order_by(queries.c.id)).all()
            enqueue(connection, Kind.QUERY, [(str(row.id), row.provider) for row in waiting])
        return added

    def get(self, query_id: int | str) -> Query:
        """One query. Raises `InputError` when there is none of this id."""
        with self._database.read() as connection:
            row = connection.execute(select(*_QUERY).where(queries.c.id == int(query_id))).first()
        if row is None:
            raise InputError(f"the catalog has no query {query_id}")
        return Query(**row._mapping)

    def all(self) -> list[Query]:
        """Every query, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(*_QUERY).order_by(queries.c.id)).all()
        return [Query(**row._mapping) for row in rows]

    def record_page(self, query_id: int, found: Iterable[Hit], cursor: str | None) -> int:
        """Record a page of results, queue its URLs and move the cursor, all or nothing.

        Args:
            query_id: the query.
            found: the hits of the page, in order.
            cursor: the state of paging after it; None: the query is complete and its work done.

        Returns: how many hits this query had not found before. 0 says that paging goes in circles.
        """
        with self._database.write() as connection:
            new = _add_hits(connection, query_id, found)
            values: dict[str, Any] = {"pages": queries.c.pages + 1, "found": queries.c.found + new}
            values |= {"complete": True} if cursor is None else {"cursor": cursor}
            change = update(queries).where(queries.c.id == query_id).values(**values)
            if not connection.execute(change).rowcount:
                raise InputError(f"the catalog has no query {query_id}")
            if cursor is None:
                from_done = (str(query_id), Then.DONE, "", 0.0)
                settle(connection, Kind.QUERY, [from_done])
        return new


class Hits:
    """What was found: appended, never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, query_id: int, found: Iterable[Hit]) -> int:
        """Add hits outside of paging (imports); return how many are new for this query."""
        with self._database.write() as connection:
            return _add_hits(connection, query_id, found)

    def of(self, sha256: str) -> list[Hit]:
        """Every hit whose URL gave this blob, oldest first: its provenance."""
        urls = select(fetches.c.url).where(fetches.c.sha256 == sha256)
        return self._where(hits.c.url.in_(urls))

    def of_each(self, names: Iterable[str]) -> dict[str, list[Hit]]:
        """As `of`, for many blobs in few questions; those without a hit are left out."""
        pairs = select(fetches.c.sha256.label("blob"), hits.c.id.label("place"), *_HIT)
        pairs = pairs.join(hits, hits.c.url == fetches.c.url).distinct()
        found: dict[str, list[Hit]] = {}
        with self._database.read() as connection:
            for part in chunks(names):
                mine = pairs.where(fetches.c.sha256.in_(part)).order_by(hits.c.id)
                for row in connection.execute(mine):
                    values = dict(row._mapping)
                    del values["place"]
                    found.setdefault(values.pop("blob"), []).append(_hit(values))
        return found

    def at(self, url: str) -> list[Hit]:
        """Every hit with this URL, oldest first."""
        return self._where(hits.c.url == url)

    def labels(self, names: Iterable[str]) -> dict[str, list[str]]:
        """The classes under which each blob was found, by first sight; each has at least one."""
        found: dict[str, list[str]] = {}
        pairs = select(fetches.c.sha256, hits.c.label, hits.c.id)
        pairs = pairs.join(fetches, fetches.c.url == hits.c.url).order_by(hits.c.id)
        with self._database.read() as connection:
            for part in chunks(names):
                for sha, label, _ in connection.execute(pairs.where(fetches.c.sha256.in_(part))):
                    if label not in (labels := found.setdefault(sha, [])):
                        labels.append(label)
        return found

    def _where(self, which: Any) -> list[Hit]:
        with self._database.read() as connection:
            rows = connection.execute(select(*_HIT).where(which).order_by(hits.c.id)).all()
        return [_hit(dict(row._mapping)) for row in rows]


class Fetches:
    """Every attempt to fetch: appended, never changed."""

    def __init__(self, database: Database, stored: Any) -> None:
        self._database, self._stored = database, stored

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Append attempts, list their blobs, end their work and queue SCREEN, all or nothing.

        The bytes are put into the store first: a row without its blob is refused.

        Raises:
            InputError: a blob is named that is not in the store.
        """
        got = {o.sha256: o for o in outcomes if o.sha256 is not None}
        if missing := self._stored.absent(got):
            raise InputError(f"put the bytes before the row: no blob {missing[0]}")
        at = now()
        known = [
            {"sha256": sha, "size_bytes": o.size_bytes or self._stored.path(sha).stat().st_size,
             "at_s": at} for sha, o in got.items()
        ]  # fmt: skip
        with self._database.write() as connection:
            insert_new(connection, blobs, known)
            if outcomes:
                connection.execute(fetches.insert(), [_attempt(o, at) for o in outcomes])
            settle(
                connection,
                Kind.FETCH,
                [(o.url, o.then, o.reason, o.not_before_s) for o in outcomes],
            )
            enqueue(connection, Kind.SCREEN, [(sha, "") for sha in got])

    def of(self, url: str) -> list[Outcome]:
        """Every attempt at this URL, oldest first; `then` is not recorded and says DONE."""
        columns = [c for c in fetches.c if c.name not in ("id", "at_s")]
        chosen = select(*columns).where(fetches.c.url == url).order_by(fetches.c.id)
        with self._database.read() as connection:
            rows = connection.execute(chosen).all()
        return [Outcome(then=Then.DONE, **row._mapping) for row in rows]

    def blobs(self) -> list[str]:
        """Every blob that the catalog lists, oldest first."""
        with self._database.read() as connection:
            listed = select(blobs.c.sha256).order_by(blobs.c.at_s, blobs.c.sha256)
            return list(connection.execute(listed).scalars())


def lane_of(url: str) -> str:
    """The host of a URL, in lower case; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _add_hits(connection: Connection, query_id: int, found: Iterable[Hit]) -> int:
    listed = list(found)
    at = now()
    new = sum(
        insert_new(connection, hits, [_row(query_id, hit, at) for hit in part])
        for part in chunks(listed)
    )
    kept = _urls(connection, query_id, [hit.id for hit in listed])
    wanted = [(hit.url, lane_of(hit.url)) for hit in listed if hit.may_store and hit.url in kept]
    enqueue(connection, Kind.FETCH, wanted)
    return new


def _urls(connection: Connection, query_id: int, items: Iterable[str]) -> set[str]:
    """The URLs that these items stand with: of two under one id only the first is kept."""
    chosen = select(hits.c.url).where(hits.c.query_id == query_id, hits.c.url != "")
    return {
        url
        for part in chunks(items)
        for url in connection.execute(chosen.where(hits.c.item.in_(part))).scalars()
    }


def _row(query_id: int, hit: Hit, at: float) -> dict[str, Any]:
    row = {name: getattr(hit, name) for name in Hit.__slots__ if name != "id"}
    return {**row, "item": hit.id, "extra": dict(hit.extra), "query_id": query_id, "at_s": at}


def _hit(values: dict[str, Any]) -> Hit:
    return Hit(id=values.pop("item"), **values)


def _attempt(outcome: Outcome, at: float) -> dict[str, Any]:
    left_out = ("then", "not_before_s", "size_bytes")
    row = {name: getattr(outcome, name) for name in Outcome.__slots__ if name not in left_out}
    return {**row, "at_s": at}
