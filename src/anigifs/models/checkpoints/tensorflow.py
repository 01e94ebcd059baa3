"""TensorFlow's checkpoint bundle, read without TensorFlow.

`PREFIX.index` is a LevelDB table: blocks of prefix-compressed (name, value) rows, a block that
lists the blocks, and a 48-byte footer that says where that one is. Each value is a protobuf
message (dtype 1, shape 2, shard 3, offset 4, size 5); the row with the empty name is the header
(shard count 1). `PREFIX.data-00000-of-00001` is raw little-endian.
Source: tensorflow/core/protobuf/tensor_bundle.proto and leveldb/doc/table_format.md. The
checksums are not compared: offsets, sizes and shapes are.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import InputError, IntegrityError

MAGIC = bytes.fromhex("57fb808b247547db")
FOOTER_BYTES = 48
BLOCK_TRAILER_BYTES = 5
UNCOMPRESSED = 0
DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
"""TensorFlow's number of a type: float32, float64, int32, int64, float16."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one tensor lies: `size` bytes from `offset` in the data file number `shard`."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Index:
    """The tensors of a bundle by name, and the number of its data files."""

    entries: dict[str, Entry]
    shards: int


def bundle_prefix(path: Path) -> Path | None:
    """`PREFIX` when `path` is a bundle's prefix, index or data file, else nothing."""
    stem = path.name.removesuffix(".index").partition(".data-")[0]
    prefix = path.with_name(stem)
    return prefix if _beside(prefix, ".index").is_file() else None


def read_bundle(prefix: Path, keep: Callable[[str], bool]) -> dict[str, NDArray[Any]]:
    """The tensors whose names `keep` accepts.

    Raises:
        InputError: a data file is absent, or a tensor is of a type that we do not read.
        IntegrityError: the index is malformed, or a data file is shorter than the index says.
    """
    index = read_index(_beside(prefix, ".index").read_bytes())
    found = {}
    for name, entry in index.entries.items():
        if keep(name):
            suffix = f".data-{entry.shard:05d}-of-{index.shards:05d}"
            found[name] = _read(name, entry, _beside(prefix, suffix))
    return found


def read_index(data: bytes) -> Index:
    """What an `.index` file says. Raises `IntegrityError` when it is not one or is broken."""
    if data[-len(MAGIC) :] != MAGIC or len(data) < FOOTER_BYTES:
        raise IntegrityError("not a TensorFlow checkpoint index: the table's end mark is absent")
    try:
        return _index(data)
    except (IndexError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise IntegrityError(f"the TensorFlow checkpoint index is broken: {error}") from None


def _index(data: bytes) -> Index:
    footer = _Reader(data[-FOOTER_BYTES:])
    footer.varint(), footer.varint()  # the unused meta index
    entries, shards = {}, 1
    for _, handle in _rows(data, footer.varint(), footer.varint()):
        block = _Reader(handle)
        for name, value in _rows(data, block.varint(), block.varint()):
            if name:
                entries[name.decode()] = _entry(value)
            else:
                shards = _number(_fields(value), 1, default=1)
    return Index(entries, shards)


def _rows(data: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The (key, value) rows of one block; each key repeats a part of the one before it."""
    if offset + size + BLOCK_TRAILER_BYTES > len(data):
        raise ValueError(f"a block of {size} bytes at {offset} ends behind the file")
    if data[offset + size] != UNCOMPRESSED:
        raise ValueError("a block is compressed, which TensorFlow never does")
    block = data[offset : offset + size]
    (restarts,) = struct.unpack("<I", block[-4:])
    rows, key = _Reader(block[: len(block) - 4 - 4 * restarts]), b""
    while rows.more():
        shared, unshared, length = rows.varint(), rows.varint(), rows.varint()
        key = key[:shared] + rows.take(unshared)
        yield key, rows.take(length)


def _entry(message: bytes) -> Entry:
    fields = _fields(message)
    shape = _fields(b"".join(_messages(fields, 2)))
    sizes = tuple(_number(_fields(dim), 1) for dim in _messages(shape, 2))
    return Entry(_number(fields, 1), sizes, *(_number(fields, n) for n in (3, 4, 5)))


def _fields(message: bytes) -> list[tuple[int, int | bytes]]:
    """The (number, value) pairs of a protobuf message: integers, or bytes."""
    reader = _Reader(message)
    fields: list[tuple[int, int | bytes]] = []
    while reader.more():
        number, wire = divmod(reader.varint(), 8)
        fields.append((number, reader.value(wire)))
    return fields


def _number(fields: list[tuple[int, int | bytes]], number: int, default: int = 0) -> int:
    value = next((value for found, value in fields if found == number), default)
    if isinstance(value, bytes):
        raise ValueError(f"field {number} is no integer")
    return value


def _messages(fields: list[tuple[int, int | bytes]], number: int) -> list[bytes]:
    return [value for found, value in fields if found == number and isinstance(value, bytes)]


class _Reader:
    """Bytes with a place in them; reading behind the end is an error."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def more(self) -> bool:
        return self.at < len(self.data)

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise ValueError(f"{count} bytes wanted, {len(self.data) - self.at} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def varint(self) -> int:
        result = shift = 0
        while shift < 70:
            (byte,) = self.take(1)
            result |= (byte & 127) << shift
            if byte < 128:
                return result
            shift += 7
        raise ValueError("an integer of more than ten bytes")

    def value(self, wire: int) -> int | bytes:
        if wire == 0:
            return self.varint()
        if wire == 2:
            return self.take(self.varint())
        if wire in (1, 5):
            return self.take(8 if wire == 1 else 4)
        raise ValueError(f"protobuf wire type {wire}")


def _read(name: str, entry: Entry, file: Path) -> NDArray[Any]:
    kind = DTYPES.get(entry.dtype)
    if kind is None:
        raise InputError(f"{name} is of TensorFlow type {entry.dtype}; readable: {sorted(DTYPES)}")
    dtype = np.dtype(kind)
    if entry.size != prod(entry.shape) * dtype.itemsize:
        raise IntegrityError(f"{name}: {entry.size} bytes do not fill the shape {entry.shape}")
    if not file.is_file():
        raise InputError(f"{file} is absent; put it beside the .index file (the weights are in it)")
    if entry.offset + entry.size > file.stat().st_size:
        raise IntegrityError(f"{file} is shorter than its index says; download it again")
    with file.open("rb") as stream:
        stream.seek(entry.offset)
        return np.fromfile(stream, dtype, prod(entry.shape)).reshape(entry.shape)


def _beside(prefix: Path, suffix: str) -> Path:
    return prefix.with_name(prefix.name + suffix)
