"""How do time and memory of building a release grow with its clips?

Run: python -m benchmarks.release_build --clips 2000 20000

Each size is built in a process of its own from a synthetic workspace of tiny blobs (the work that
grows with the number of clips, not with their bytes); the peak is that of the whole process. The
card and the figures are left out unless --describe.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from anigifs.catalog import (
    OK,
    SCREENED,
    Fact,
    Hit,
    NewQuery,
    Outcome,
    Said,
    Then,
    Verdict,
    Workspace,
)
from anigifs.core.taxonomy import class_list
from anigifs.datasets.release import verify_release
from anigifs.release.build import build
from anigifs.release.card import write_documents
from anigifs.release.plan import BuildConfig

PART = 500


def fill(root: Path, clips: int) -> None:
    """A workspace in which `clips` animations were accepted."""
    classes = class_list("kinetics-600")
    with Workspace.create(root) as workspace:
        workspace.queries.add([NewQuery("web", "", "all")])
        for start in range(0, clips, PART):
            numbers = range(start, min(start + PART, clips))
            shas = workspace.blobs.put_all([b"GIF89a %d" % n + b"." * 500 for n in numbers])
            labels = [classes[n * n % len(classes)] for n in numbers]
            urls = [f"http://media.test/{n}.gif" for n in numbers]
            workspace.hits.add(1, [
                Hit(provider="web", id=str(n), label=label, url=url, title=f"animation {n}",
                    page_url=f"http://page.test/{n // 2}", creator=f"creator {n % 97}",
                    spdx="CC-BY-4.0", may_store=True, may_release_url=True)
                for n, label, url in zip(numbers, labels, urls, strict=True)
            ])  # fmt: skip
            workspace.fetches.record(
                [Outcome(url=u, reason=OK, then=Then.DONE, sha256=s)
                 for u, s in zip(urls, shas, strict=True)]
            )  # fmt: skip
            size = {"width": 40, "height": 30}
            workspace.facts.append(
                [Fact(sha256=s, check="size", said=Said.PASS, evidence=size) for s in shas]
                + [Fact(sha256=s, check=SCREENED, said=Said.PASS) for s in shas]
            )
            workspace.verdicts.append(
                [Verdict(sha256=s, label=label, said=Said.PASS)
                 for s, label in zip(shas, labels, strict=True)]
            )  # fmt: skip


def measure(root: Path, out: Path, describe: bool) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, used = time.perf_counter(), time.process_time()
    with Workspace.open(root) as workspace:
        card = write_documents if describe else lambda *_: None
        build(workspace, out, BuildConfig(version="1.0.0"), describe=card)
    took, busy = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    faults = len(verify_release(out))
    return {
        "build_s": round(took, 1), "build_cpu_s": round(busy, 1),
        "imports_mib": round(before / 1024), "peak_mib": round(peak / 1024),
        "verify_s": round(time.perf_counter() - start, 1), "faults": faults,
    }  # fmt: skip


def one(clips: int, describe: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        with mock.patch("os.fsync"):  # the workspace is not what is measured
            fill(Path(folder) / "work", clips)
        command = [sys.executable, "-m", "benchmarks.release_build", "--measure", folder]
        command += ["--describe"] if describe else []
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {"clips": clips, **json.loads(done.stdout)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--describe", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        root = arguments.measure
        print(json.dumps(measure(root / "work", root / "release", arguments.describe)))
        return
    print(json.dumps([one(clips, arguments.describe) for clips in arguments.clips], indent=2))


if __name__ == "__main__":
    main()
