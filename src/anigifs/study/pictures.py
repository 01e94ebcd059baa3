"""A clip as a model sees it, with the model's map of it, drawn larger than the model's input."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from anigifs.core import files
from anigifs.core.records import Clip
from anigifs.evaluate.forward import Subject
from anigifs.evaluate.saliency import LookConfig
from anigifs.explain.gradcam import grad_cam
from anigifs.explain.overlay import Line, heat, spread, strip
from anigifs.explain.tubes import fill
from anigifs.loader.batch import to_batch
from anigifs.loader.items import Cutter
from anigifs.media.encode import encode_gif
from anigifs.media.view import ViewConfig, load_stills
from anigifs.report.gallery import Panel

SHOWN_PX = 192
"""Side of a picture, whatever the side of the model's input."""
STRIP_PX = 112
SHORTEST_MS = 20.0

Pixels = NDArray[np.uint8]


class Seen(NamedTuple):
    """A clip's frames as pictures, and what the model makes of them.

    frames: uint8 (T, SHOWN_PX, SHOWN_PX, 3). heated: the same under the map.
    delays_ms: float64 (T,).
    """

    label: str
    frames: Pixels
    heated: Pixels
    delays_ms: NDArray[np.float64]


def see(subject: Subject, clip: Clip, config: LookConfig) -> Seen:
    """Decode a clip, map it and draw it. Raises `MediaError` as `load_stills`."""
    view = subject.view
    stills = load_stills(clip, view)
    label = subject.classes.index(clip.label)
    item = Cutter(view, train=False, seed=0)(clip, label, stills, 0)
    device = next((weight.device for weight in subject.model.parameters()), torch.device("cpu"))
    batch = to_batch([item], device)
    target = batch.labels if config.explain == "label" else None
    maps = grad_cam(subject.model, batch.clips, target).maps
    large = _enlarged(view)
    shown = Cutter(large, train=False, seed=0)(clip, label, load_stills(clip, large), 0)["pixels"]
    boxes = fill(batch.boxes, config.propagate)[0].cpu().numpy()
    heated = heat(shown, spread(maps[0], _size(shown)), boxes)
    return Seen(clip.label, shown, heated, _delays(stills.times_ms))


def write_moving(base: Path, seen: Seen, heated: bool) -> None:
    """The clip as `base`.gif, and its middle frame as `base`.jpg for who wants no motion."""
    frames = seen.heated if heated else seen.frames
    data = encode_gif(frames, seen.delays_ms, palette="local", colours=128)
    files.write_bytes(base.with_name(f"{base.name}.gif"), data)
    out = io.BytesIO()
    Image.fromarray(frames[len(frames) // 2]).save(out, "JPEG", quality=85)
    files.write_bytes(base.with_name(f"{base.name}.jpg"), out.getvalue())


def write_png(path: Path, image: Image.Image) -> None:
    """Write a picture atomically."""
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    files.write_bytes(path, out.getvalue())


def lines_of(seen: Seen, said: Panel | None, model: str, frames: int) -> list[Line]:
    """The clip as a strip: as it is, or under the map with the model's answer above it."""
    if said is None:
        return [Line(seen.label, _strip(seen.frames, frames))]
    text = f"{said.answer} {100 * said.on_answer:.0f} %"
    if not said.right:
        text += f" (is {seen.label}: {100 * said.on_label:.0f} %)"
    return [Line(f"{model}: {text}" if model else text, _strip(seen.heated, frames), said.right)]


def strip_of(clip: Tensor, frames: int) -> Pixels:
    """A strip of levels, uint8 (3, T, H, W)."""
    return _strip(clip.permute(1, 2, 3, 0).cpu().numpy(), frames)


def _strip(frames: Pixels, count: int) -> Pixels:
    chosen = np.linspace(0, len(frames) - 1, min(count, len(frames))).round().astype(int)
    small = [Image.fromarray(frames[at]).resize((STRIP_PX, STRIP_PX)) for at in chosen]
    return strip(np.stack([np.asarray(one) for one in small]), len(small))


def _enlarged(view: ViewConfig) -> ViewConfig:
    """The same crop at the size of our pictures."""
    short = round(view.short_side_px * SHOWN_PX / view.side_px)
    return view.model_copy(update={"side_px": SHOWN_PX, "short_side_px": short})


def _size(frames: Pixels) -> tuple[int, int, int]:
    return frames.shape[0], frames.shape[1], frames.shape[2]


def _delays(times_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """One delay for all frames, so that they take as long as the clip; repeats share its time."""
    steps = np.diff(times_ms)
    forward = steps[steps > 0]
    last = float(np.median(forward)) if len(forward) else 100.0
    count = len(times_ms)
    return np.full(count, max((forward.sum() + last) / count, SHORTEST_MS))
