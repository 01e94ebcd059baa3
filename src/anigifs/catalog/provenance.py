"""Where and when blobs were got, asked for many of them at once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from anigifs.catalog.database import Database, chunks
from anigifs.catalog.schema import blobs, fetches, hits


class Provenance:
    """Questions over hits and fetches together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def first_fetched(self, names: Iterable[str]) -> dict[str, float]:
        """When each of these blobs was first fetched, in seconds since 1970."""
        found: dict[str, float] = {}
        first = select(fetches.c.sha256, func.min(fetches.c.at_s)).group_by(fetches.c.sha256)
        with self._database.read() as connection:
            for part in chunks(names):
                rows = connection.execute(first.where(fetches.c.sha256.in_(part)))
                found |= dict(rows.all())
        return found

    def pages(self) -> dict[str, list[str]]:
        """The blobs that each source page shows, of pages that show several."""
        found: dict[str, list[str]] = {}
        pairs = select(hits.c.page_url, fetches.c.sha256).join(fetches, fetches.c.url == hits.c.url)
        pairs = pairs.where(hits.c.page_url != "", fetches.c.sha256.is_not(None)).distinct()
        with self._database.read() as connection:
            for page, sha in connection.execute(pairs.order_by(hits.c.page_url, fetches.c.sha256)):
                found.setdefault(page, []).append(sha)
        return {page: shown for page, shown in found.items() if len(shown) > 1}

    def starting_with(self, digits: str) -> list[str]:
        """The blobs whose sha256 begins with these hex digits."""
        chosen = select(blobs.c.sha256).where(blobs.c.sha256.startswith(digits, autoescape=True))
        return self._blobs(chosen.order_by(blobs.c.sha256))

    def at(self, url: str) -> list[str]:
        """The blobs that were fetched from this URL, or shown on this page; "" is no page."""
        if not url:
            return []
        seen = select(hits.c.url).where((hits.c.page_url == url) | (hits.c.url == url))
        from_here = (fetches.c.url == url) | (fetches.c.final_url == url) | fetches.c.url.in_(seen)
        chosen = select(fetches.c.sha256).where(from_here, fetches.c.sha256.is_not(None))
        return self._blobs(chosen.distinct().order_by(fetches.c.sha256))

    def of_item(self, provider: str, item: str) -> list[str]:
        """The blobs of one item of a provider."""
        seen = select(hits.c.url).where(hits.c.provider == provider, hits.c.item == item)
        chosen = select(fetches.c.sha256).where(
            fetches.c.url.in_(seen), fetches.c.sha256.is_not(None)
        )
        return self._blobs(chosen.distinct().order_by(fetches.c.sha256))

    def urls(self, names: Iterable[str]) -> set[str]:
        """Every URL that gave one of these blobs."""
        found: set[str] = set()
        with self._database.read() as connection:
            for part in chunks(names):
                chosen = select(fetches.c.url).where(fetches.c.sha256.in_(part))
                found.update(connection.execute(chosen).scalars())
        return found

    def _blobs(self, chosen: object) -> list[str]:
        with self._database.read() as connection:
            return list(connection.execute(chosen).scalars())  # type: ignore[call-overload]
