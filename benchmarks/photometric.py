"""What a tuple of photometric edits costs. Run: python -m benchmarks.photometric

Answers one question: on 8 clips of 40 x 224 x 224, single thread, how long does a tuple take here
and with Pillow, frame by frame? Both sides start from and end with uint8 arrays in memory; the
clips are moving shapes with noise. Pillow gets the red, green and blue enhancers as one table
look-up, its fastest way. Also timed: every edit alone, and random tuples of 4: twenty of table
edits alone, and twenty with colour, sharpness or grayscale, which mix channels or neighbours.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
from collections.abc import Callable
from importlib.metadata import version
from time import process_time

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps

from anigifs.loader.photometric import POOL, Edit, apply_tuple, draw_tuple

CLIPS, FRAMES, SIDE = 8, 40, 224
NO_TABLES = {"colour", "sharpness", "grayscale"}
ENHANCERS = {
    "brightness": ImageEnhance.Brightness,
    "colour": ImageEnhance.Color,
    "contrast": ImageEnhance.Contrast,
    "sharpness": ImageEnhance.Sharpness,
}


def by_pillow(frame: Image.Image, edit: Edit) -> Image.Image:
    op, level = edit
    if op in ENHANCERS:
        return ENHANCERS[op](frame).enhance(level)
    if op == "grayscale":
        return ImageOps.grayscale(frame).convert("RGB")
    if op == "solarize":
        return ImageOps.solarize(frame, threshold=level)
    if op == "autocontrast":
        return ImageOps.autocontrast(frame, cutoff=level)
    tables = [list(range(256)) for _ in range(3)]
    channel = ("red", "green", "blue").index(op)
    tables[channel] = [min(max(value + int(level), 0), 255) for value in range(256)]
    return frame.point([value for table in tables for value in table])


def pillow(frames: np.ndarray, edits: tuple[Edit, ...]) -> np.ndarray:
    """Frames uint8 (N, H, W, 3), the layout that suits Pillow."""
    out = np.empty_like(frames)
    for number, frame in enumerate(frames):
        image = Image.fromarray(frame)
        for edit in edits:
            image = by_pillow(image, edit)
        out[number] = np.asarray(image)
    return out


def made() -> torch.Tensor:
    """uint8 (B, 3, T, H, W)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    out = np.empty((CLIPS, 3, FRAMES, SIDE, SIDE), np.uint8)
    for clip in range(CLIPS):
        for time in range(FRAMES):
            base = 120 + 60 * np.sin((x + 3 * time) / (9 + clip)) + 40 * np.cos(y / 23)
            for channel in range(3):
                noisy = base + 15 * channel + rng.normal(0, 8, base.shape)
                out[clip, channel, time] = noisy.clip(0, 255)
    return torch.from_numpy(out)


def seconds(run: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and spread (largest minus smallest) of CPU time."""
    times = []
    for _ in range(rounds):
        start = process_time()
        run()
        times.append(process_time() - start)
    return statistics.median(times), max(times) - min(times)


def compare(pixels: torch.Tensor, edits: tuple[Edit, ...], rounds: int) -> dict[str, float]:
    frames = pixels.permute(0, 2, 3, 4, 1).reshape(-1, SIDE, SIDE, 3).contiguous().numpy()
    part = frames[:FRAMES]  # one clip: Pillow's time is proportional to the frames
    apply_tuple(pixels[:1, :, :1], edits)
    ours, spread = seconds(lambda: apply_tuple(pixels, edits), rounds)
    theirs, their_spread = seconds(lambda: pillow(part, edits), rounds)
    same = apply_tuple(pixels[:1], edits).permute(0, 2, 3, 4, 1)[0].numpy()
    assert np.array_equal(same, pillow(part, edits)), edits
    return {
        "ours_ms": round(ours * 1e3, 1),
        "ours_spread_ms": round(spread * 1e3, 1),
        "pillow_ms": round(theirs * CLIPS * 1e3, 1),
        "pillow_spread_ms": round(their_spread * CLIPS * 1e3, 1),
        "ratio": round(theirs * CLIPS / ours, 1),
    }


def tuples() -> dict[str, tuple[Edit, ...]]:
    middle = {op: Edit(op, levels[len(levels) // 3]) for op, levels in POOL.items()}
    named = {
        "fixed tables": ("brightness", "red", "solarize", "blue"),
        "tables with statistics": ("contrast", "autocontrast", "brightness", "contrast"),
        "with colour": ("brightness", "colour", "red", "solarize"),
        "with sharpness": ("brightness", "sharpness", "red", "solarize"),
        "costliest": ("sharpness", "contrast", "sharpness", "colour"),
    }
    several = {name: tuple(middle[op] for op in ops) for name, ops in named.items()}
    return several | {op: (edit,) for op, edit in middle.items()}


def drawn(count: int, tables: bool) -> list[tuple[Edit, ...]]:
    """Random tuples of 4 of one kind, as the search draws them."""
    generator, found = torch.Generator().manual_seed(0), []
    while len(found) < count:
        edits = draw_tuple(generator)
        if NO_TABLES.isdisjoint(op for op, _ in edits) == tables:
            found.append(edits)
    return found


def together(pixels: torch.Tensor, several: list[tuple[Edit, ...]]) -> dict[str, float]:
    """Medians of several tuples, and the least ratio."""
    rows = [compare(pixels, edits, 3) for edits in several]
    medians = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    return {
        "tuples": len(rows),
        "ours_ms": round(medians["ours_ms"], 1),
        "pillow_ms": round(medians["pillow_ms"], 1),
        "median_ratio": round(medians["ratio"], 1),
        "least_ratio": min(row["ratio"] for row in rows),
    }


def main() -> None:
    torch.set_num_threads(1)
    pixels = made()
    rows = {name: compare(pixels, edits, 5) for name, edits in tuples().items()}
    result = {
        "benchmark": f"photometric edits, {CLIPS} clips of {FRAMES}x{SIDE}x{SIDE}, one thread",
        "edits": rows,
        "random tuples of 4, table edits alone": together(pixels, drawn(20, tables=True)),
        "random tuples of 4, with others": together(pixels, drawn(20, tables=False)),
        "pillow": version("pillow"),
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
    json.dump(result, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
