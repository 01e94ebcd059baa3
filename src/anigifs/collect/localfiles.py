"""`file:` URLs answered from the disk: the listing of a folder or list, and single files.

A folder lists its files; the first folder below it is the class. A list is CSV with a header
(`path` or `url`; if wanted `label`, `licence`, `licence_url`, `credit`, `creator`, `title`,
`page_url`, `id`), JSON lines with the same names, or one path or URL a line. Paths in a list are
relative to it and stay below its folder, so that a list from elsewhere names no file of yours.
Archives are refused: unpacking is a person's decision.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from anigifs.core.errors import InputError, LimitExceeded, SourceError

ARCHIVES = {
    ".7z", ".bz2", ".cab", ".gz", ".iso", ".jar", ".lz4", ".rar", ".tar", ".tbz2", ".tgz", ".txz",
    ".xz", ".zip", ".zst",
}  # fmt: skip
MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
LARGEST_LIST = 2**30
OTHER_NAMES = {"class": "label", "license": "licence", "license_url": "licence_url"}


def path_of(url: str) -> Path:
    """The path that a `file:` URL names."""
    return Path(unquote(urlsplit(url).path))


def listing(path: Path) -> bytes:
    """The items of a folder or list, one JSON object a line, paths as `file:` URLs.

    Raises:
        InputError: there is nothing, or it is an archive or no list.
    """
    if path.is_dir():
        records = _folder(path)
    elif path.is_file():
        records = _listed(path)
    else:
        raise InputError(f"there is no folder or list {path}")
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def refuse_archive(path: Path) -> None:
    """Raises `InputError`, with advice, where `path` is an archive by name or by its bytes."""
    if path.is_file() and is_archive(path):
        raise InputError(
            f"{path} is an archive, which can hold anything; unpack it yourself into a folder "
            f"(for example: mkdir unpacked && bsdtar -xf {path.name} -C unpacked), look at it, "
            "and import the folder"
        )


def is_archive(path: Path) -> bool:
    """Whether name or first bytes say so."""
    if path.suffix.lower() in ARCHIVES:
        return True
    with path.open("rb") as file:
        return file.read(8).startswith(MAGIC)


def read_file(path: Path, most_bytes: int) -> bytes:
    """The bytes of one file that an import named.

    Raises:
        SourceError: it is gone or cannot be read.
        LimitExceeded: it is larger than `most_bytes`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise SourceError(f"cannot read the file: {error.strerror}") from None
    if len(data) > most_bytes:
        raise LimitExceeded(f"the file is larger than {most_bytes} bytes")
    return data


def _folder(root: Path) -> Iterator[dict[str, str]]:
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if path.is_dir() or any(part.startswith(".") for part in inner.parts):
            continue
        label = inner.parts[0].replace("_", " ") if len(inner.parts) > 1 else ""
        yield {"title": str(inner), "label": label} | _file(root, path)


def _file(root: Path, path: Path) -> dict[str, str]:
    """The `url` of a file below `root`, or the `problem` with it."""
    try:
        real = path.resolve()
        if not real.is_relative_to(root.resolve()):
            return {"problem": f"{path}: outside of {root}"}
        if not real.is_file():
            return {"problem": f"{path}: no such file"}
        if is_archive(real):
            return {"problem": f"{path}: an archive; unpack it yourself"}
    except (OSError, ValueError, RuntimeError) as error:
        return {"problem": f"{path}: {error}"}
    return {"url": real.as_uri()}


def _listed(path: Path) -> Iterator[dict[str, Any]]:
    refuse_archive(path)
    if path.stat().st_size > LARGEST_LIST:
        raise InputError(f"the list {path} has more than {LARGEST_LIST} bytes; split it")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            f"{path} is no list: it is not UTF-8 text. Give a folder, or a CSV or JSONL list"
        ) from None
    for record in _records(path, text):
        yield _resolved(path.parent, record)


def _records(path: Path, text: str) -> Iterator[dict[str, Any]]:
    first = text.lstrip()[:1]
    header = {name.strip().lower() for name in text.partition("\n")[0].split(",")}
    if first == "{":
        yield from _json_lines(text)
    elif header & {"path", "url"}:
        yield from _csv(path, text)
    else:
        yield from ({"item": line.strip()} for line in text.splitlines() if line.strip())


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(filter(str.strip, text.split("\n")), 1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        known = isinstance(value, dict)
        yield _renamed(value) if known else {"problem": f"line {number} is no JSON object"}


def _csv(path: Path, text: str) -> Iterator[dict[str, Any]]:
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            yield _renamed({name: value for name, value in row.items() if name})
    except csv.Error as error:
        raise InputError(f"{path} is no CSV: {error}") from None


def _renamed(record: dict[str, Any]) -> dict[str, Any]:
    names = {name: name.strip().lower() for name in record}
    return {OTHER_NAMES.get(low, low): record[name] for name, low in names.items()}


def _resolved(root: Path, record: dict[str, Any]) -> dict[str, Any]:
    """A record with a `url` or a `problem`."""
    told = record.pop("item", None) or record.get("url") or record.pop("path", None)
    if record.get("problem"):
        return {"problem": record["problem"]}
    if not isinstance(told, str) or not told.strip():
        return {"problem": "it names neither path nor url"}
    if told.strip().lower().startswith(("http://", "https://")):
        return record | {"url": told.strip()}
    if "://" in told:
        return {"problem": f"{told[:100]}: neither a path nor an http(s) URL"}
    return {"title": told} | record | _file(root, root / told.strip())
