"""Draw the pictures of docs/methods from simulated clips; nothing is trained.

Run: python docs/method_pictures.py [RUN CLIPS] (writes docs/images/method-*.png)
The pictures of `erm` and `ada` ask a trained network, a finished run of `erm`, about some clips:
python docs/method_pictures.py sim/runs/erm-seed0 'sim/data/test/real?split=test'
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from anigifs.algorithms.adversary import ascend
from anigifs.algorithms.mixstyle import mix_moments
from anigifs.algorithms.randconv import draw_kernel, through
from anigifs.core.runs import RunFolder
from anigifs.datasets import open_clips
from anigifs.explain.overlay import Line, heat, sheet, spread, strip
from anigifs.explain.tubes import tube
from anigifs.loader import animation
from anigifs.loader.batch import Tensors, to_batch
from anigifs.loader.clips import ClipDataset
from anigifs.loader.photometric import Edit, apply_tuple, draw_tuple, from_levels, to_levels
from anigifs.media.view import boxes_at
from anigifs.simulate.clip import Name, render
from anigifs.simulate.config import Look, SimConfig
from anigifs.study.load import Subject, load_run_model

OUT = Path(__file__).resolve().parent / "images"
FRAMES, SHOWN = 16, 5


def clip(label: str, number: int) -> tuple[Tensor, np.ndarray]:
    """A simulated real clip, float (3, T, H, W) in [-1, 1], and its boxes (T, 4)."""
    drawn = render(Name("train", label, number), Look(), SimConfig(side_px=112))
    times = np.concatenate([[0], np.cumsum(drawn.delays_ms)[:-1]])
    chosen = np.linspace(0, len(times) - 1, FRAMES).round().astype(int)
    pixels = torch.from_numpy(drawn.frames[chosen].copy()).permute(3, 0, 1, 2)
    return from_levels(pixels), boxes_at(drawn.boxes, times[chosen])


def row(shown: Tensor) -> np.ndarray:
    """A strip of a float clip (3, T, H, W)."""
    return strip(to_levels(shown).permute(1, 2, 3, 0).numpy(), SHOWN)


def save(name: str, rows: list[tuple[str, np.ndarray]]) -> None:
    """One palette picture of at most about 100 kB."""
    sheet([Line(*one) for one in rows]).quantize(128).save(
        OUT / f"method-{name}.png", optimize=True
    )


def words(edits: tuple[Edit, ...]) -> str:
    """A tuple as text."""
    return ", ".join(op if level is None else f"{op} {level:.3g}" for op, level in edits)


def tuples(given: Tensor) -> None:
    """Three tuples of the paper's pool."""
    rng = torch.Generator().manual_seed(4)
    rows = [("the clip (simulated)", row(given))]
    for _ in range(3):
        edits = draw_tuple(rng)
        rows.append((words(edits), row(from_levels(apply_tuple(to_levels(given[None]), edits))[0])))
    save("tuples", rows)


def gifify(given: Tensor) -> None:
    """Each edit of gifify-augment, then several at once."""
    rng = np.random.default_rng(2)
    flat = animation.flatten_background(given, 0.5)
    smooth = animation.smooth(flat, 3, 0.1)
    drawn = animation.outline(animation.reduce_palette(smooth, 10, rng), smooth, 0.06)
    held = torch.from_numpy(animation.hold(FRAMES, 4, rng))
    fast = torch.from_numpy(animation.replay(FRAMES, 2.0))
    save(
        "gifify",
        [
            ("the clip (simulated)", row(given)),
            ("flatten: the still half in one colour", row(flat)),
            ("smooth: no detail, all edges", row(animation.smooth(given, 3, 0.1))),
            ("palette: 8 colours in the whole clip", row(animation.reduce_palette(given, 8, rng))),
            ("outline: 6 % of the pixels", row(animation.outline(given, given, 0.06))),
            ("permute: red, green, blue to green, blue, red", row(given[[1, 2, 0]])),
            ("hold: 4 of 16 frames", row(given[:, held])),
            ("speed: twice as fast, starting over", row(given[:, fast])),
            ("flatten, smooth, palette, outline and hold", row(drawn[:, held])),
        ],
    )


def randconv(given: Tensor) -> None:
    """Three kernels, blended with the clip."""
    rng = torch.Generator().manual_seed(1)
    rows = [("the clip (simulated)", row(given))]
    for _ in range(3):
        kernel, own = draw_kernel(rng), float(torch.rand((), generator=rng))
        seen = torch.lerp(through(given[None], kernel)[0], given, own)
        rows.append((f"kernel {kernel.shape[-1]} x {kernel.shape[-1]}, {own:.0%} clip", row(seen)))
    save("randconv", rows)


def mixstyle(first: Tensor, second: Tensor) -> None:
    """Styles mixed on pixels, for the eye; training does it on feature maps."""
    both = torch.stack([first, second]).flatten(2)
    mixed = mix_moments(both, torch.tensor([1, 0]), torch.full((2, 1, 1), 0.1))
    save(
        "mixstyle",
        [
            ("clip A (simulated)", row(first)),
            ("clip B (simulated)", row(second)),
            ("A with 90 % of B's style (on pixels, for the eye)", row(mixed[0].view_as(first))),
        ],
    )


def saliency(given: Tensor, boxes: np.ndarray) -> None:
    """A map drawn by hand that peaks beside the person, the tube, and what is left."""
    frames = to_levels(given).permute(1, 2, 3, 0).numpy()
    mask = tube(torch.from_numpy(boxes)[None], (2, 8, 8)).mask[0]
    place = torch.stack(torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij"))
    map_ = torch.zeros(2, 8, 8)
    for (y, x), weight in (((1.2, 6.2), 1.0), ((4.0, 3.3), 0.7)):
        near = torch.exp(-((place[0] - y) ** 2 + (place[1] - x) ** 2) / 3)
        map_ += weight * near
    size = frames.shape[:3]
    cells = mask.repeat_interleave(FRAMES // 2, 0).repeat_interleave(size[1] // 8, 1)
    kept = cells.repeat_interleave(size[2] // 8, 2).numpy()[..., None]
    save(
        "saliency",
        [
            ("a map (drawn by hand) over a simulated clip; its peak is outside the box",
             strip(heat(frames, spread(map_, size), boxes), SHOWN)),
            ("the tube on the feature map's grid, here 2 x 8 x 8",
             strip((frames * np.where(kept, 1, 0.25)).astype(np.uint8), SHOWN)),
            ("what the classifier may use in this batch",
             strip(heat(frames, spread(map_ * mask, size), boxes), SHOWN)),
        ],
    )  # fmt: skip


def relations(given: Tensor) -> None:
    """What an APN relates: all five moments of a clip, and a drawn choice of 4, of 3 and of 2."""
    picked = torch.linspace(0, FRAMES - 1, 5).round().long()
    moments = to_levels(given).permute(1, 2, 3, 0)[picked].numpy()
    pale = (255 - (255 - moments.astype(int)) // 6).astype(np.uint8)
    rng = np.random.default_rng(5)
    rows = [("the whole: five moments of the clip (simulated), which attend to one another",
             strip(moments, 5))]  # fmt: skip
    for size in (4, 3, 2):
        choices = list(combinations(range(5), size))
        chosen = np.isin(np.arange(5), choices[rng.integers(len(choices))])
        rows.append((f"{size} of them, drawn anew in every batch: the five attend to these",
                     strip(np.where(chosen[:, None, None, None], moments, pale), 5)))  # fmt: skip
    save("rada", rows)


def some(subject: Subject, spec: str, count: int) -> Tensors:
    """The first clip of each of `count` classes, as the network sees them."""
    found = ClipDataset(open_clips(spec), subject.classes, subject.view)
    firsts = {clip.label: at for at, clip in reversed([*enumerate(found.clips.clips)])}
    return to_batch([found[firsts[name]] for name in sorted(firsts)[:count]], "cpu")


def losses(subject: Subject, batch: Tensors) -> Tensor:
    """-log p of each clip's own class."""
    return torch.nn.functional.cross_entropy(
        subject.model(batch.clips), batch.labels, reduction="none"
    )


def large(shown: Tensor) -> np.ndarray:
    """A strip of a small clip, each pixel twice as large."""
    return row(shown.repeat_interleave(2, 2).repeat_interleave(2, 3))


@torch.no_grad()
def erm(subject: Subject, spec: str) -> None:
    """Four clips of a batch, what the network says of each, and the loss."""
    batch = some(subject, spec, 4)
    found = losses(subject, batch)
    rows = [
        (f"{subject.classes[label]}: p = {float(torch.exp(-loss)):.3f}, −log p = {loss:.2f}",
         large(shown))
        for shown, label, loss in zip(batch.clips, batch.labels, found, strict=True)
    ]  # fmt: skip
    rows[-1] = (f"{rows[-1][0]};   loss of the four = {found.mean():.2f}", rows[-1][1])
    save("erm", rows)


def ada(subject: Subject, spec: str) -> None:
    """A clip, its copy after the ascent, and the change, drawn larger than it is."""
    batch = some(subject, spec, 1)

    def climb(steps: int) -> tuple[Tensor, float]:
        copies = ascend(
            subject.model, lambda clips: losses(subject, batch._replace(clips=clips)),
            batch.clips, steps, 1.0,
        )  # fmt: skip
        with torch.no_grad():
            return copies, float(losses(subject, batch._replace(clips=copies)))

    (clip_, before), (copy, after) = climb(0), climb(15)
    change = copy - clip_
    times = round(float(0.5 / change.abs().quantile(0.99)))
    levels = 127.5 * float(change.abs().mean())
    save("ada", [
        (f"the clip (simulated): −log p = {before:.3f}", large(clip_[0])),
        (f"its copy after 15 steps, γ = 0: −log p = {after:.2f}; moved by {levels:.2f} of 255 "
         "levels", large(copy[0])),
        (f"the change, {times} times as large", large((change[0] * times).clamp(-1, 1))),
    ])  # fmt: skip


def main() -> None:
    """All pictures."""
    first, boxes = clip("waving hand", 1)
    second, _ = clip("pull ups", 1)
    tuples(first)
    gifify(first)
    randconv(first)
    mixstyle(first, second)
    saliency(first, boxes)
    relations(second)
    if len(sys.argv) > 2:
        subject = load_run_model(RunFolder(Path(sys.argv[1])), "cpu")
        subject.model.eval()
        erm(subject, sys.argv[2])
        ada(subject, sys.argv[2])


if __name__ == "__main__":
    main()
