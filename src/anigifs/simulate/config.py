"""What may be set in the simulator: knobs, what a knob at 1 means, and the frozen `sim-1`.

A knob of 0 is the real rendering, 1 the animated one, and each is one cause of the gap that
the Ani-GIFs paper names (sections 1 and 4: colours, detail, speed, appearance, motion, timing).
Defaults were set from the facts named beside them, before any method ran, and are frozen:
`fingerprint` of the defaults is `SIM_1`, and a test holds it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field, field_validator

from anigifs.core.config import Config
from anigifs.core.errors import UnknownName

CLASSES = (
    "bench pressing",
    "clapping",
    "deadlifting",
    "front raises",
    "hula hooping",
    "jumping jacks",
    "lunge",
    "pull ups",
    "punching bag",
    "push up",
    "situp",
    "skipping rope",
    "snatch weight lifting",
    "somersaulting",
    "squat",
    "waving hand",
)
"""Names and order of the Kinetics-600 list."""

SPLITS = ("train", "val", "test")

Knob = Annotated[float, Field(ge=0, le=1)]
Range = tuple[float, float]


class Look(Config):
    """The knobs of one domain, each in [0, 1]: 0 as in real video, 1 as in animated GIFs."""

    palette: Knob = 0
    """Natural colours to few, saturated ones. Paper 4: "only a few colors in all frames"."""
    detail: Knob = 0
    """Texture, shading and small parts to flat shapes. Paper 4: "a smaller level of detail"."""
    outline: Knob = 0
    """Dark contours."""
    background: Knob = 0
    """A cluttered place to a plain or two-tone ground; moving distractors become rare."""
    capture: Knob = 0
    """A camera's shake, blur, noise and exposure drift to none: a drawing has no camera."""
    speed: Knob = 0
    """Natural tempo to a faster one. Paper 4: "a faster speed for actions"."""
    frames: Knob = 0
    """40 even frames to few, uneven ones that hold poses and loop."""
    exaggeration: Knob = 0
    """Natural amplitude to larger, with held key poses, squash and stretch. Paper 1."""
    body: Knob = 0
    """A person's proportions to a cartoon's: large heads, short legs, blobs, sticks, animals."""
    gif: Knob = 0
    """256 colours in the GIF file's table to few. It does nothing to a video file."""


class Extent(Config):
    """What the knobs mean: the ranges that a clip draws from at 0 and at 1."""

    frames: int = Field(40, ge=2)
    """Frames at `frames = 0`. Paper 4: Kinetics GIFs have 40; TGIF (Li 2016): 40.6 on average."""
    delay_ms: Range = (80, 80)
    """Time of a frame at `frames = 0`: 3.2 s a clip (TGIF: 3.65 s on average)."""
    few_frames: Range = (6, 60)
    """Frames at `frames = 1`, log-uniform. Paper 5.2 names "less than 9" to "more than 60";
    6 is our floor: fewer show no cycle."""
    uneven_ms: Range = (83, 125)
    """Mean time of a frame at `frames = 1`: drawn on twos to threes of 24 a second, 12 to 8
    drawings a second (Thomas & Johnston 1981; Williams 2001)."""
    unevenness: float = 0.4
    """Spread of the delays at `frames = 1`, standard deviation of the logarithm: our choice."""
    speedup: Range = (1.25, 2.0)
    """Tempo times this at `speed = 1`: the paper gives no number, the range is our choice."""
    least_frames_a_cycle: float = 4
    """No cycle of the action has fewer frames: below, direction cannot be seen."""
    most_cycles: float = 5
    """No clip shows more cycles: 16 sampled frames then see 3 or more of each."""
    exaggeration: Range = (1.15, 1.5)
    """Amplitude times this at 1 (Lasseter 1987 names the principle, the range is ours)."""
    head: Range = (1.4, 2.4)
    """Head size times this at `body = 1`: 7.5 heads tall (Loomis 1943) becomes 3 to 5."""
    outline_px: Range = (0.9, 1.9)
    """Contour width at `outline = 1`, in pixels at a side of 128: our choice."""
    colours: Range = (8, 64)
    """Entries of the colour table at `gif = 1`, log-uniform; GIF89a allows at most 256."""
    noise: Range = (2.0, 7.0)
    """Sensor noise at `capture = 0`, standard deviation in levels of 255: our choice."""
    shake_px: Range = (0.2, 2.0)
    """A hand-held camera's reach at `capture = 0`, in pixels at a side of 128: our choice, small,
    since paper 4 finds little change between the frames of real video."""


class Counts(Config):
    """Clips of each class in each split."""

    train: int = Field(0, ge=0)
    """Training clips of each class."""
    val: int = Field(0, ge=0)
    """Validation clips of each class."""
    test: int = Field(0, ge=0)
    """Test clips of each class."""


class SimConfig(Config):
    """One simulated dataset. With the default knobs and extents it is `sim-1`."""

    classes: tuple[str, ...] = CLASSES
    """Which classes, in the head's order. Leaving one out changes no clip of the others."""
    seed: int = Field(0, ge=0)
    """Another seed is another dataset with the same knobs."""
    side_px: int = Field(128, ge=32, le=1024)
    """Frames are square."""
    real: Counts = Counts(train=60, val=10, test=20)
    """Clips in `real/`."""
    animated: Counts = Counts(train=0, val=10, test=20)
    """Clips in `animated/`. Clip n shares motion, body and camera with clip n of `real/`."""
    real_look: Look = Look()
    """Knobs of the real rendering."""
    animated_look: Look = Look(
        palette=1,
        detail=1,
        outline=1,
        background=1,
        capture=1,
        speed=1,
        frames=1,
        exaggeration=1,
        body=1,
        gif=1,
    )
    """Knobs of the animated rendering."""
    extent: Extent = Extent()
    """What the knobs mean."""
    scene_bias: Knob = 0
    """Share of clips whose place depends on their class: a declared track, 0 in `sim-1`."""

    @field_validator("classes")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in CLASSES:
                raise UnknownName("class of the simulator", name, CLASSES)
        if not names or len(set(names)) != len(names):
            raise ValueError("classes must be one or more different names")
        return names

    @property
    def version(self) -> str:
        """`sim-1`, or a name of its own for other knobs."""
        mark = fingerprint(self)
        return "sim-1" if mark == SIM_1 else f"sim-custom-{mark[:8]}"


def fingerprint(config: SimConfig) -> str:
    """SHA-256 of what decides how clips look: both looks, the extents and the scene bias.

    Classes, counts, seed and size are left out: they choose clips and do not change the gap.
    """
    knobs = config.model_dump(
        mode="json", include={"real_look", "animated_look", "extent", "scene_bias"}
    )
    return hashlib.sha256(json.dumps(knobs, sort_keys=True).encode()).hexdigest()


SIM_1 = "53419eb2c3b3c45033e9fe2f5a61ca0973672dbf196c5273f4c35d0e6cb0582f"
"""The fingerprint of the frozen defaults. A change of them is a new version, never a new hash."""
