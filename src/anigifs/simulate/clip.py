"""One clip: from (config, domain, split, class, number) to frames, delays and boxes.

Every aspect has a random stream of its own, named by seed, split, class, number and aspect but
not by the domain: a knob changes nothing that it does not name, and clip n of one domain
shares motion, body, camera and place with clip n of another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from anigifs.core.records import Box
from anigifs.core.seeds import stream
from anigifs.simulate.bodies import Body, draw_body
from anigifs.simulate.camera import Camera, aim, draw_view
from anigifs.simulate.capture import draw_capture, margin_px
from anigifs.simulate.colours import Paints, draw_paints
from anigifs.simulate.config import Look, SimConfig
from anigifs.simulate.figure import Figure
from anigifs.simulate.motions import MOTIONS
from anigifs.simulate.paint import Picture, paint, soft_shadow
from anigifs.simulate.passers import draw_passers
from anigifs.simulate.pose import Act, Joints, Pose, joints
from anigifs.simulate.scene import cloud, draw_scene
from anigifs.simulate.shapes import Pen, Shape, boxes
from anigifs.simulate.skeleton import Floats
from anigifs.simulate.timing import Tempo, Timeline, timeline

STRETCH = 0.6
"""Squash and stretch at `exaggeration = 1`, in share of height per unit of speed: our choice."""


@dataclass(frozen=True, slots=True)
class Name:
    """Which clip: the same name gives the same clip on any machine, whatever else is made."""

    split: str
    label: str
    number: int

    def stream(self, config: SimConfig, aspect: str) -> np.random.Generator:
        """The random stream of one aspect of this clip."""
        return stream(config.seed, self.split, self.label, self.number, aspect)


@dataclass(frozen=True, slots=True)
class Rendered:
    """frames: uint8 (T, S, S, 3). delays_ms: (T,). colours: for a GIF's table. boxes: T."""

    frames: NDArray[np.uint8]
    delays_ms: Floats
    colours: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the figure does, before anything is drawn."""

    body: Body
    pose: Pose
    joints: Joints
    camera: Camera
    time: Timeline


def render(name: Name, look: Look, config: SimConfig) -> Rendered:
    """Draw one clip. About 1 to 2 ms a frame at 128 px; OpenCV stays on one thread."""
    cv2.setNumThreads(0)
    stage = _perform(name, look, config)
    paints = draw_paints(name.stream(config, "colour"), look.palette)
    shapes = _shapes(stage, paints, name, look, config)
    capture = draw_capture(
        name.stream(config, "capture"),
        len(stage.time.phase),
        config.side_px,
        1 - look.capture,
        config.extent,
    )
    picture = _picture(stage, shapes, name, look, config)
    low, high = config.extent.colours
    few = low * (high / low) ** name.stream(config, "gif").random()
    return Rendered(
        frames=paint(picture, capture),
        delays_ms=stage.time.delays_ms,
        colours=round(256 * (few / 256) ** look.gif),
        boxes=_boxes(shapes, stage.time.delays_ms, capture.corners, config.side_px),
    )


def _perform(name: Name, look: Look, config: SimConfig) -> _Stage:
    motion = MOTIONS[name.label]
    body = draw_body(name.stream(config, "body"), look.body, config.extent)
    draw = name.stream(config, "tempo")
    tempo = Tempo(draw.uniform(*motion.tempo_hz), draw.random(), draw.uniform(0, 6))
    natural = draw.uniform(0.88, 1.05)
    time = timeline(tempo, look, config.extent, name.stream(config, "timing"))
    more = name.stream(config, "exaggeration").uniform(*config.extent.exaggeration)
    amount = natural * more**look.exaggeration
    pose = motion.perform(Act(time.phase, body, amount, name.stream(config, "motion")))
    found = joints(pose, body)
    view = draw_view(motion, name.stream(config, "camera"))
    plain = aim(view, found, config.side_px, 1 - look.capture)
    camera = replace(
        plain,
        origin=plain.origin + margin_px(config.side_px),
        squash=_squash(pose, time.phase, look.exaggeration),
        still=pose.still,
    )
    return _Stage(body, pose, found, camera, time)


def _squash(pose: Pose, phase: Floats, exaggeration: float) -> Floats:
    """A body that rises or falls fast is drawn long."""
    rise = np.gradient(pose.pelvis[:, 1], phase) if len(phase) > 1 else 0 * phase
    return 1 + STRETCH * exaggeration * np.clip(rise, -0.15, 0.15)


def _shapes(
    stage: _Stage, paints: Paints, name: Name, look: Look, config: SimConfig
) -> list[Shape]:
    draw = name.stream(config, "outline")
    contour = look.outline * draw.uniform(*config.extent.outline_px) * config.side_px / 128
    pen = Pen(stage.camera, contour, 1 - look.detail)
    figure = Figure(stage.body, stage.joints, stage.pose, paints, pen, look.body)
    shapes = figure.shapes()
    for prop in stage.pose.props:
        shapes += pen.prop(prop, paints.props)
    size = config.side_px + 2 * margin_px(config.side_px)
    times = np.cumsum(stage.time.delays_ms) / stage.time.delays_ms.sum()
    passers = name.stream(config, "passers")
    return shapes + draw_passers(passers, times, size, (look.palette, look.background))


def _picture(
    stage: _Stage, shapes: list[Shape], name: Name, look: Look, config: SimConfig
) -> Picture:
    size = config.side_px + 2 * margin_px(config.side_px)
    floor = stage.pose.pelvis * (1, 0, 1)
    under, _ = stage.camera.project(floor)
    anchor, _ = stage.camera.project(stage.pose.pelvis)
    back = _scene_stream(name, config)
    horizon = float(np.clip(under[:, 1].mean() / size - back.uniform(0.04, 0.22), 0.2, 0.92))
    texture = name.stream(config, "texture")
    looks = (look.palette, look.detail, look.background)
    background = draw_scene(back, texture, size, horizon, looks)
    real = 1 - look.detail
    weave = cloud(texture, 2 * size, (2, 4, 9)) * texture.uniform(6, 16) * real + 128
    cloth = np.clip(weave, 0, 255).astype(np.uint8) if real > 0 else None
    wide = 0.42 * float(stage.camera.scale.mean())
    shadow = soft_shadow(max(4, round(wide)), max(3, round(wide / 4)), 0.45 * real)
    return Picture(background, shapes, cloth, shadow if real > 0 else None, under, anchor)


def _scene_stream(name: Name, config: SimConfig) -> np.random.Generator:
    """The place's stream; with `scene_bias`, some places are the class's own."""
    biased = name.stream(config, "bias").random() < config.scene_bias
    return stream(config.seed, name.label, "scene") if biased else name.stream(config, "scene")


def _boxes(
    shapes: list[Shape], delays_ms: Floats, corners: NDArray[np.int64], side: int
) -> tuple[Box, ...]:
    starts = np.concatenate([[0.0], np.cumsum(delays_ms)[:-1]])
    seen = (boxes(shapes) - np.tile(corners, 2)) / side
    clipped = np.clip(seen, 0, 1)
    return tuple(
        Box(float(start), *(float(edge) for edge in box))
        for start, box in zip(starts, clipped, strict=True)
    )
