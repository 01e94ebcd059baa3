"""Small clip sets written by the tests themselves."""

import numpy as np

from anigifs.core.records import Box, Clip, ClipSet, Domain
from anigifs.media.encode import encode_gif


def gif(path, frames, delays=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_gif(frames, [delays] * len(frames)))
    return path


def flat(colour, count=4, side=32):
    return np.full((count, side, side, 3), colour, np.uint8)


def sliding(step, count=6, side=64):
    """A white bar on black that moves `step` px a frame."""
    frames = np.zeros((count, side, side, 3), np.uint8)
    for number in range(count):
        frames[number, :, 4 + number * step : 12 + number * step] = 255
    return frames


def clip_set(root, name, clips, domain=Domain.ANIMATED_GIF, **kwargs):
    """clips: (label, frames) pairs."""
    made = tuple(
        Clip(
            id=f"{name}-{number}",
            path=gif(root / name / f"{number}.gif", frames),
            domain=domain,
            label=label,
            boxes=(Box(0, 0.25, 0.25, 0.75, 0.75),),
        )
        for number, (label, frames) in enumerate(clips)
    )
    classes = tuple(dict.fromkeys(label for label, _ in clips))
    return ClipSet(name=name, classes=classes, clips=made, **kwargs)
