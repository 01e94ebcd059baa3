import numba
from numba.core import caching

from anigifs.media.jit import jit


def test_kernels_compile_where_no_cache_can_be_written(monkeypatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    @jit
    def double(number: int) -> int:
        return 2 * number

    assert double(21) == 42
    assert isinstance(double, numba.core.dispatcher.Dispatcher)
