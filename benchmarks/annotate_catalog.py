"""A workspace of many made items that wait for people, written with bulk SQL in seconds.

Every item is found, fetched and screened as far as the catalog can tell; its GIF has two frames of
4 x 4 px and a number of its own. Nothing here is synced: it is thrown away.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table

from anigifs.catalog.records import OK, Said
from anigifs.catalog.schema import blobs, facts, fetches, hits, queries
from anigifs.catalog.workspace import Workspace
from anigifs.core.seeds import stream
from anigifs.core.taxonomy import class_list

BATCH = 5_000
_FRAME = (
    b"\x21\xf9\x04\x00\x0a\x00\x00\x00"  # 100 ms
    b"\x2c\x00\x00\x00\x00\x04\x00\x04\x00\x00\x02\x04\x84\x8f\x09\x05\x00"
)
_HEADER = b"GIF89a\x04\x00\x04\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"


def make(root: Path, items: int) -> dict[str, str]:
    """A workspace at `root`; the class proposed for each blob, by sha256."""
    labels = class_list("kinetics-600")
    made: dict[str, str] = {}
    with Workspace.create(root) as workspace:
        with workspace._database.write() as connection:
            _insert(connection, queries, [_query(n, name) for n, name in enumerate(labels, 1)])
        for start in range(0, items, BATCH):
            numbers = range(start, min(start + BATCH, items))
            names = [_store(root / "blobs", number) for number in numbers]
            found = [
                (n, sha, labels[n % len(labels)]) for n, sha in zip(numbers, names, strict=True)
            ]
            with workspace._database.write() as connection:
                _insert(connection, blobs, [_blob(sha) for sha in names])
                _insert(connection, hits, [_hit(n, label, len(labels)) for n, _, label in found])
                _insert(connection, fetches, [_fetch(n, sha) for n, sha, _ in found])
                _insert(connection, facts, [fact for one in found for fact in _facts(*one[:2])])
            made |= {sha: label for _, sha, label in found}
    return made


def a_gif(number: int) -> bytes:
    """Two frames and the number in a comment, so that no two are equal."""
    text = str(number).encode()
    comment = b"\x21\xfe" + bytes([len(text)]) + text + b"\x00"
    return _HEADER + comment + _FRAME + _FRAME + b"\x3b"


def _store(folder: Path, number: int) -> str:
    data = a_gif(number)
    name = hashlib.sha256(data).hexdigest()
    place = folder / name[:2]
    place.mkdir(exist_ok=True)
    (place / name).write_bytes(data)
    return name


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    connection.execute(table.insert(), list(rows))


def _query(number: int, label: str) -> dict[str, Any]:
    return {"id": number, "provider": "made", "label": label, "text": label, "at_s": time.time()}


def _blob(sha256: str) -> dict[str, Any]:
    return {"sha256": sha256, "size_bytes": 64, "at_s": time.time()}


def _url(number: int) -> str:
    return f"https://made.example/{number}.gif"


def _hit(number: int, label: str, classes: int) -> dict[str, Any]:
    return {
        "query_id": 1 + number % classes, "provider": "made", "item": str(number), "label": label,
        "url": _url(number), "page_url": _url(number), "title": f"Item {number}", "spdx": "CC0-1.0",
        "may_store": True, "may_release_url": True, "id_only": False, "width": 4, "height": 4,
        "frames": 2, "extra": {}, "at_s": time.time(),
    }  # fmt: skip


def _fetch(number: int, sha256: str) -> dict[str, Any]:
    return {"url": _url(number), "reason": OK, "sha256": sha256, "took_s": 0.1, "at_s": time.time()}


def _facts(number: int, sha256: str) -> Iterator[dict[str, Any]]:
    score = round(float(stream(0, "made", number).random()), 3)
    told = {"screened": {}, "size": {"width": 4, "height": 4}, "drawn": {"score": score}}
    for name, evidence in told.items():
        yield {
            "sha256": sha256, "name": name, "said": Said.PASS, "reason": "", "evidence": evidence,
            "by": "made", "at_s": time.time(),
        }  # fmt: skip
