"""Compiled kernels: numba with its cache on disk where that can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def jit(function: F) -> F:
    """Compile on first call, without the GIL, and keep the result for later processes.

    numba caches beside the source, or in the user's cache folder when the package is
    read-only; where neither can be written it raises, and we compile anew in each process.
    Kernels check every index themselves: numba does not.
    """
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast(F, numba.njit(nogil=True)(function))
