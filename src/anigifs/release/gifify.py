"""Turn real videos into real GIFs, so that the video-to-GIF half of the gap can be studied alone.

Source: Ani-GIFs paper, section 4: Kinetics GIFs are Kinetics videos as GIFs of 40 frames and about
400 px. How they were made is not published: palette, dithering, timing and the meaning of "400 by
400" (here: the short side, never enlarged) are our choices, each a key, for study by severity.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from anigifs.core.config import Config
from anigifs.core.errors import InputError, MediaError, NotDecodable
from anigifs.core.parallel import ordered_map
from anigifs.core.progress import track
from anigifs.core.records import Box, Clip, ClipSet, Domain, Problem
from anigifs.core.seeds import stream
from anigifs.datasets.release import (
    ReleaseWriter,
    is_release,
    read_manifest,
    read_release,
    tables,
)
from anigifs.media.decode import decode
from anigifs.media.encode import encode_gif
from anigifs.media.frames import Timing
from anigifs.media.resize import resize_short
from anigifs.media.sampling import spread

SHORTEST_MS = 20.0
"""Browsers play a delay of 10 ms or less as 100 ms, so no frame shows for less than this."""


class GififyConfig(Config):
    """What becomes of a video on its way to a GIF."""

    frames: int = Field(40, ge=1, le=2_000)
    """Frames of each GIF, equally spaced over the clip. Source: Ani-GIFs paper, section 4."""
    fps: float | None = Field(None, gt=0, le=50)
    """Frames per second of the GIF as it plays; then `frames` is only the most it may hold.
    Unset: always `frames`, whatever the clip's length."""
    speed: float = Field(1.0, gt=0, le=100)
    """How many times as fast the GIF plays: delays shrink, and with `fps` frames are lost."""
    drop: float = Field(0.0, ge=0, lt=1)
    """Probability that a frame is lost; the one before it shows for longer. The first stays."""
    short_side_px: int = Field(400, ge=8, le=4096)
    """The short side; smaller pictures are not enlarged. Source: the paper's 400 by 400."""
    colours: int = Field(256, ge=2, le=256)
    """Colours of a palette."""
    palette: Literal["global", "local"] = "global"
    """One palette for the file, or one for each frame."""
    dither: bool = True
    """Floyd-Steinberg dithering."""
    seed: int = Field(0, ge=0)
    """Decides which frames are dropped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which frames a GIF shows and for how long.

    indices: int64 (n,), frames of the source.
    delays_ms: float64 (n,), multiples of 10, each 20 or more.
    """

    indices: NDArray[np.int64]
    delays_ms: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Made:
    """One finished GIF."""

    clip: Clip
    data: bytes
    meta: dict[str, int | float]


def gifify(
    source: ClipSet, out: Path, config: GififyConfig | None = None, workers: int = 1
) -> ClipSet:
    """Write `source` as a release of real GIFs at `out`; returns it, with the problems met.

    Ids, labels, splits and boxes stay; a clip's group becomes its source's, so that splits never
    part a video from its GIF. The bytes do not depend on `workers`. Interrupted, the same call
    goes on; finished, it changes nothing. A clip that cannot be read is a problem, listed in
    `problems.csv` of the release.

    Raises:
        InputError: a clip of `source` is animated, `out` is taken, or `source` has no clip.
        NotDecodable: no clip at all could be read.
    """
    config = config or GififyConfig()
    _check(source)
    if is_release(out) and read_manifest(out).facts == facts_of(source, config):
        return read_release(out)
    writer = ReleaseWriter(
        out,
        f"{source.name}-gif",
        "1.0.0",
        source.classes,
        Domain.REAL_GIF,
        source.simulated,
        facts_of(source, config),
    )
    problems = [*source.problems, *_write(writer, source, config, workers)]
    if not len(writer):
        raise NotDecodable(f"none of {len(source.clips)} clips could be read; {problems[-1]}")
    if problems:
        rows = [(problem.item, problem.reason) for problem in problems]
        tables.write_csv(out / "problems.csv", ("item", "reason"), rows)
    return replace(writer.close(), problems=tuple(problems))


def facts_of(source: ClipSet, config: GififyConfig) -> dict[str, Any]:
    """What the release says of its making: the config, and a fingerprint of the clips' facts."""
    rows = [(clip.id, clip.label, clip.split, clip.span_s) for clip in source.clips]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return {
        "made_by": "gifify",
        "source": source.name,
        "source_clips_sha256": digest,
        "config": config.model_dump(mode="json"),
    }


def make(clip: Clip, config: GififyConfig) -> Made | Problem:
    """The GIF of one clip, or why there is none."""
    try:
        return _made(clip, config)
    except MediaError as error:
        return Problem(clip.id, str(error).replace(str(clip.path), clip.path.name))


def plan(timing: Timing, config: GififyConfig, rng: np.random.Generator) -> Plan:
    """Which of a clip's frames to show, and for how long."""
    duration_ms = timing.duration_ms / config.speed
    count = config.frames
    if config.fps is not None:
        count = min(count, max(1, round(duration_ms * config.fps / 1000)))
    indices = spread(len(timing), count)
    starts_ms = 10 * np.round(np.arange(count + 1) * max(duration_ms / count, SHORTEST_MS) / 10)
    kept = np.append(True, rng.random(count - 1) >= config.drop)
    return Plan(indices[kept], np.diff(np.append(starts_ms[:-1][kept], starts_ms[-1])))


def retime(boxes: Iterable[Box], timing: Timing, made: Plan) -> tuple[Box, ...]:
    """Boxes on the GIF's own clock.

    Each moment that has boxes goes to the GIF frame whose source frame is nearest to it, at the
    time that frame appears; of several moments at one frame the nearest stays.
    """
    boxes = tuple(boxes)
    shown_ms = timing.starts_ms[made.indices]
    starts_ms = np.append(0.0, np.cumsum(made.delays_ms)[:-1])
    best: dict[int, tuple[float, float]] = {}
    for moment in sorted({box.time_ms for box in boxes}):
        gaps = np.abs(shown_ms - moment)
        frame = int(gaps.argmin())
        best[frame] = min(best.get(frame, (np.inf, 0.0)), (float(gaps[frame]), moment))
    chosen = {moment: float(starts_ms[frame]) for frame, (_, moment) in best.items()}
    kept = [replace(box, time_ms=chosen[box.time_ms]) for box in boxes if box.time_ms in chosen]
    return tuple(sorted(kept, key=lambda box: box.time_ms))


def _made(clip: Clip, config: GififyConfig) -> Made:
    def planned(timing: Timing) -> Plan:
        return plan(timing, config, stream(config.seed, "gifify", clip.id))

    frames = decode(clip.path, lambda timing: planned(timing).indices, span_s=clip.span_s)
    shown = planned(frames.timing)
    pixels = resize_short(frames.pixels, min(config.short_side_px, *frames.pixels.shape[1:3]))
    data = encode_gif(
        pixels,
        shown.delays_ms,
        colours=config.colours,
        dither=config.dither,
        palette=config.palette,
    )
    made = replace(
        clip,
        domain=Domain.REAL_GIF,
        group=clip.group or clip.id,
        span_s=None,
        boxes=retime(clip.boxes, frames.timing, shown),
    )
    return Made(made, data, _meta(pixels, shown, frames.timing))


def _meta(pixels: NDArray[np.uint8], shown: Plan, source: Timing) -> dict[str, int | float]:
    return {
        "width": pixels.shape[2],
        "height": pixels.shape[1],
        "frames": len(pixels),
        "duration_ms": float(shown.delays_ms.sum()),
        "source_frames": len(source),
        "source_duration_ms": source.duration_ms,
    }


def _write(
    writer: ReleaseWriter, source: ClipSet, config: GififyConfig, workers: int
) -> list[Problem]:
    todo = [clip for clip in source.clips if clip.id not in writer]
    results = ordered_map(partial(make, config=config), todo, workers)
    problems = []
    for result in track(results, "gifify", len(todo)):
        if isinstance(result, Problem):
            problems.append(result)
        else:
            writer.add(result.clip, result.data, ".gif", result.meta)
    return problems


def _check(source: ClipSet) -> None:
    if not source.clips:
        raise InputError(f"{source.name} holds no clip to turn into a GIF")
    for clip in source.clips:
        if clip.domain is Domain.ANIMATED_GIF:
            raise InputError(
                f"gifify makes real GIFs from real videos; {clip.id!r} is {clip.domain.value}. "
                "If that is wrong, name the domain: SPEC?domain=real-video"
            )
