"""Values over a pipe from a process that is not trusted: plain data only, no pickle.

A message is 8 bytes of length, JSON, then the raw bytes of its arrays in order. It may hold None,
booleans, numbers, text, bytes, lists, tuples, mappings with text keys, numpy arrays of numbers,
and frozen dataclasses of `anigifs.media` made of these.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

LENGTH_BYTES = 8
MAX_TEXT_BYTES = 64 * 2**20
_HOME = "anigifs.media."
_KINDS = frozenset("biuf")
_MALFORMED = (TypeError, AttributeError, ImportError, OverflowError, RecursionError)

Pull = Callable[[memoryview], None]
"""Fill the given memory with the next bytes of the pipe, or raise."""


def pack(value: Any) -> list[memoryview]:
    """The message for `value`, as pieces to write in order. Raises `TypeError` for other types."""
    arrays: list[NDArray[Any]] = []
    text = json.dumps(_plain(value, arrays)).encode("utf-8")
    head = len(text).to_bytes(LENGTH_BYTES, "little") + text
    return [memoryview(head), *(_memory(array) for array in arrays)]


def unpack(pull: Pull, most_bytes: int) -> Any:
    """Read one message; its arrays may hold `most_bytes` together.

    Raises:
        ValueError: the message is malformed or larger than allowed. Whatever it holds, no code
            of it runs.
    """
    head = bytearray(LENGTH_BYTES)
    pull(memoryview(head))
    length = int.from_bytes(head, "little")
    if length > MAX_TEXT_BYTES:
        raise ValueError(f"a message of {length:,} bytes, above {MAX_TEXT_BYTES:,}")
    text = bytearray(length)
    pull(memoryview(text))
    try:
        return _Reader(pull, most_bytes).value(json.loads(text))
    except _MALFORMED as error:
        raise ValueError(f"a malformed message: {error!r}") from None


def _plain(value: Any, arrays: list[NDArray[Any]]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return _plain(value.item(), arrays)
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, np.ndarray):
        return _plain_array(value, arrays)
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_plain(item, arrays) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _plain(item, arrays) for key, item in value.items()}}
    if dataclasses.is_dataclass(value) and type(value).__module__.startswith(_HOME):
        return _plain_record(value, arrays)
    raise TypeError(f"a {type(value).__name__} cannot leave the sandbox; return arrays or records")


def _plain_array(array: NDArray[Any], arrays: list[NDArray[Any]]) -> Any:
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"an array of {array.dtype} cannot leave the sandbox")
    arrays.append(np.ascontiguousarray(array))
    return {"array": [array.dtype.str, list(array.shape)]}


def _plain_record(record: Any, arrays: list[NDArray[Any]]) -> Any:
    fields = {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
    kind = f"{type(record).__module__}:{type(record).__qualname__}"
    return {"record": [kind, {name: _plain(item, arrays) for name, item in fields.items()}]}


class _Reader:
    """Turns JSON back into values and fetches the arrays as they are met."""

    def __init__(self, pull: Pull, most_bytes: int) -> None:
        self.pull, self.left = pull, most_bytes

    def value(self, plain: Any) -> Any:
        if not isinstance(plain, dict):
            return plain
        ((kind, inside),) = plain.items()
        if kind == "array":
            return self._array(*inside)
        if kind in ("list", "tuple"):
            items = [self.value(item) for item in inside]
            return items if kind == "list" else tuple(items)
        if kind == "dict":
            return {key: self.value(item) for key, item in inside.items()}
        if kind == "record":
            name, fields = inside
            return _record_type(name)(**{key: self.value(item) for key, item in fields.items()})
        if kind == "bytes":
            return bytes.fromhex(inside)
        raise ValueError(f"a message holds the unknown kind {kind!r}")

    def _array(self, kind: str, shape: list[int]) -> NDArray[Any]:
        dtype = np.dtype(kind)
        if dtype.kind not in _KINDS or any(side < 0 for side in shape):
            raise ValueError(f"a message holds an array of {kind!r} with shape {shape}")
        self.left -= math.prod(shape) * dtype.itemsize
        if self.left < 0:
            raise ValueError("a message holds larger arrays than the sandbox may use")
        array = np.empty(shape, dtype)
        self.pull(_memory(array))
        return array


def _memory(array: NDArray[Any]) -> memoryview:
    return memoryview(array.reshape(-1).view(np.uint8).data)


def _record_type(name: str) -> Any:
    module, _, kind = name.partition(":")
    if not module.startswith(_HOME):
        raise ValueError(f"a message holds a record of {module!r}, not of {_HOME}*")
    found = getattr(import_module(module), kind, None)
    if not (isinstance(found, type) and dataclasses.is_dataclass(found)):
        raise ValueError(f"a message holds {name!r}, which is no record")
    return found
