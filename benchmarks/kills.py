"""Does the download job survive kill -9? Run: python -m benchmarks.kills

Answers one question: after 50 kills at random moments of a job of 2,000 items, are the catalog and
the blobs equal to those of an uninterrupted run, and did the server see no item more often than
the items in flight allow? It is the test of the same name with larger numbers.
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter

KILLS, ITEMS = 50, 2_000
TEST = "tests/collect/test_fetching.py::test_kill_9_at_any_moment_loses_only_what_was_in_flight"


def main() -> int:
    import pytest

    os.environ |= {"ANIGIFS_TEST_KILLS": str(KILLS), "ANIGIFS_TEST_KILL_ITEMS": str(ITEMS)}
    start = perf_counter()
    code = int(pytest.main(["-q", "-p", "no:cacheprovider", TEST]))
    took = round(perf_counter() - start, 1)
    print(json.dumps({"kills": KILLS, "items": ITEMS, "survived": code == 0, "seconds": took}))
    return code


if __name__ == "__main__":
    sys.exit(main())
