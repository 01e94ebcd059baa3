"""What a release may hold of a clip: its bytes, its URL, or only its provider's id.

Bytes are shipped where some provider names a licence that allows it (`core.licences`), lets bytes
be kept, and no other provider of the same bytes names a licence that does not. Our choice: a
contradiction counts against shipping.
"""

from __future__ import annotations

from collections.abc import Sequence

from anigifs.catalog import Hit
from anigifs.core.licences import releasable
from anigifs.release.records import Media

UNKNOWN = "NOASSERTION"
_BEST = (Media.SHIPPED, Media.URL, Media.ID)


def claim(hits: Sequence[Hit]) -> tuple[Hit, Media]:
    """The hit that says most for a clip, the oldest of equals, and what may be released of it.

    Args:
        hits: every hit whose URL gave these bytes, oldest first; one at least.
    """
    chosen = min(hits, key=lambda hit: _BEST.index(_media(hit)))
    media = _media(chosen)
    if media is Media.SHIPPED and any(_forbids(hit) for hit in hits):
        chosen = min(hits, key=lambda hit: (not _forbids(hit), _BEST.index(_told(hit))))
        media = _told(chosen)
    return chosen, media


def _media(hit: Hit) -> Media:
    ships = releasable(hit.spdx) and hit.may_store and not hit.id_only
    return Media.SHIPPED if ships else _told(hit)


def _told(hit: Hit) -> Media:
    """What may be told where the bytes may not be shipped."""
    public = hit.url.startswith(("http://", "https://"))
    return Media.URL if hit.may_release_url and public and not hit.id_only else Media.ID


def _forbids(hit: Hit) -> bool:
    """Whether this provider names a licence, and it is none under which bytes are released."""
    return hit.spdx not in ("", UNKNOWN) and not releasable(hit.spdx)
