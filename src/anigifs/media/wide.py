"""Eight bytes at a time inside compiled loops: the two instructions that numba has no name for.

Neither checks its index. A caller keeps `0 <= at` and `at + 8 <= array.size`, which is why its
arrays end with WIDE bytes that hold nothing.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

WIDE = 8


def _address(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    byte = builder.gep(builder.bitcast(data, ir.IntType(8).as_pointer()), [at])
    return builder.bitcast(byte, ir.IntType(64).as_pointer())


@intrinsic
def load8(typing: Any, array: Any, at: Any) -> Any:
    """The eight bytes of a uint8 array from `at` on as a uint64, least significant first."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = builder.load(_address(context, builder, signature.args[0], *args))
        word.align = 1
        return word

    return types.uint64(array, types.int64), code


@intrinsic
def store8(typing: Any, array: Any, at: Any, word: Any) -> Any:
    """Write a uint64 to the eight bytes of a uint8 array from `at` on."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, at, word = args
        stored = builder.store(word, _address(context, builder, signature.args[0], array, at))
        stored.align = 1
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), code
