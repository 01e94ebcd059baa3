"""Many clips to releases: `real/` (video files) and `animated/` (GIF files), clip by clip paired.

The third domain, `real-gif`, is `real/` turned into GIFs by `gifify`, as for any real dataset.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from anigifs.core.parallel import cores, ordered_map
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.datasets.release import ReleaseWriter, is_release, read_manifest, read_release
from anigifs.media.encode import encode_gif, write_video
from anigifs.simulate.clip import Name, Rendered, render
from anigifs.simulate.config import SPLITS, Counts, SimConfig, fingerprint

VERSION = "1.0.0"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One release of a simulated dataset."""

    folder: str
    domain: Domain
    suffix: str

    def counts(self, config: SimConfig) -> Counts:
        counts: Counts = getattr(config, self.folder)
        return counts


KINDS = (
    _Kind("real", Domain.REAL_VIDEO, ".mp4"),
    _Kind("animated", Domain.ANIMATED_GIF, ".gif"),
)


@dataclass(frozen=True, slots=True)
class _Made:
    clip: Clip
    data: bytes
    meta: dict[str, int | float]


def simulate(out: Path, config: SimConfig, workers: int = 0) -> dict[str, ClipSet]:
    """Write the releases `out/real` and `out/animated` and return them by folder name.

    A release that is whole already is kept; one that was interrupted goes on. The bytes do not
    depend on `workers` (0: one process a core). A domain without clips is left out.

    Raises:
        InputError: a folder holds a release with other settings, or other files.
    """
    return {
        kind.folder: _release(out / kind.folder, kind, config, workers)
        for kind in KINDS
        if any(getattr(kind.counts(config), split) for split in SPLITS)
    }


def _release(root: Path, kind: _Kind, config: SimConfig, workers: int) -> ClipSet:
    facts = facts_of(config, kind.folder)
    if is_release(root) and read_manifest(root).facts == facts:
        return read_release(root)
    name = f"{config.version}-{kind.folder}"
    writer = ReleaseWriter(root, name, VERSION, config.classes, kind.domain, True, facts)
    with writer:
        todo = [job for job in names(config, kind) if clip_id(kind, job) not in writer]
        made = ordered_map(partial(_make, kind, config), todo, workers or cores())
        for item in track(made, f"simulate {kind.folder}", len(todo)):
            writer.add(item.clip, item.data, kind.suffix, item.meta)
    return read_release(root)


def facts_of(config: SimConfig, folder: str) -> dict[str, Any]:
    """What a release says of its making: version, fingerprint of the knobs, everything set."""
    shared = {"classes", "seed", "side_px", "extent", "scene_bias", folder, f"{folder}_look"}
    return {
        "simulator": config.version,
        "knobs_sha256": fingerprint(config),
        "config": config.model_dump(mode="json", include=shared),
    }


def names(config: SimConfig, kind: _Kind) -> list[Name]:
    """Every clip of one release, classes in turn: a half-written release is balanced."""
    counts = kind.counts(config)
    return [
        Name(split, label, number)
        for split in SPLITS
        for number in range(getattr(counts, split))
        for label in config.classes
    ]


def clip_id(kind: _Kind, name: Name) -> str:
    """For example `real-test-push-up-0003`."""
    return f"{kind.folder}-{group_of(name)}"


def group_of(name: Name) -> str:
    """One motion: shared by the two renderings of a clip, by no two splits."""
    return f"{name.split}-{name.label.replace(' ', '-')}-{name.number:04d}"


def _make(kind: _Kind, config: SimConfig, name: Name) -> _Made:
    look = config.real_look if kind.folder == "real" else config.animated_look
    drawn = render(name, look, config)
    clip = Clip(
        id=clip_id(kind, name),
        path=Path(),
        domain=kind.domain,
        label=name.label,
        split=name.split,
        group=f"{config.seed}-{group_of(name)}",
        boxes=drawn.boxes,
    )
    meta: dict[str, int | float] = {
        "width": config.side_px,
        "height": config.side_px,
        "frames": len(drawn.frames),
        "duration_ms": float(drawn.delays_ms.sum()),
    }
    return _Made(clip, _encoded(drawn, kind.suffix), meta)


def _encoded(drawn: Rendered, suffix: str) -> bytes:
    if suffix == ".gif":
        return encode_gif(drawn.frames, drawn.delays_ms, colours=drawn.colours)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"clip{suffix}"
        write_video(file, drawn.frames, 1000 / float(drawn.delays_ms.mean()))
        return file.read_bytes()
