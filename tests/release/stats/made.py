"""Small datasets and workspaces whose numbers are known by construction."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anigifs.catalog import OK, Hit, NewQuery, Outcome, Said, Then, Verdict, Workspace
from anigifs.core.records import Clip, Domain
from anigifs.datasets.release import ReleaseWriter
from anigifs.media.encode import encode_gif


def gif(seed: int = 0, frames: int = 2, size: tuple[int, int] = (96, 128)) -> bytes:
    """An animation of one colour whose left half turns black in every other frame."""
    colour = np.random.default_rng(seed).integers(60, 256, 3)
    pixels = np.empty((frames, *size, 3), np.uint8)
    pixels[:] = colour
    pixels[1::2, :, : size[1] // 2] = 0
    return encode_gif(pixels, np.full(frames, 250.0))


def release(root: Path, labels: dict[str, int], **meta: float) -> Path:
    """A release with so many clips of each class."""
    classes = list(labels)
    writer = ReleaseWriter(root, "tiny", "1.2.0", classes, Domain.ANIMATED_GIF, True, {"seed": 1})
    number = 0
    for label, count in labels.items():
        for _ in range(count):
            clip = Clip(
                id=f"c{number:03}", path=Path(), domain=Domain.ANIMATED_GIF, label=label,
                split="test",
            )  # fmt: skip
            writer.add(clip, gif(number), ".gif", dict(meta))
            number += 1
    writer.close()
    return root


@dataclass
class Space:
    """A workspace in which hits, blobs and verdicts are put one by one."""

    workspace: Workspace
    shas: list[str] = field(default_factory=list)

    def put(self, label: str, reason: str | None, spdx: str = "CC0-1.0", **said: str) -> str:
        """An animation that was accepted (None) or rejected for a reason; its sha256."""
        number = len(self.shas)
        queries = self.workspace.queries
        queries.add([NewQuery("files", label, label)])
        query = next(one for one in queries.all() if one.label == label)
        url = f"https://example.org/{number}.gif"
        hit = Hit(provider="files", id=str(number), label=label, url=url, spdx=spdx,
                  may_store=True, **said)  # fmt: skip
        self.workspace.hits.add(query.id, [hit])
        sha = self.workspace.blobs.put(gif(100 + number))
        self.workspace.fetches.record([Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)])
        verdict = Said.PASS if reason is None else Said.FAIL
        self.workspace.verdicts.append(
            [Verdict(sha256=sha, label=label, said=verdict, reason=reason or "", by="majority")]
        )
        self.shas.append(sha)
        return sha
