"""From the figure's space to pixels: view, place, size, and a hand-held camera's drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anigifs.simulate.motions import Motion
from anigifs.simulate.pose import Joints
from anigifs.simulate.skeleton import Floats, vec

PERSPECTIVE = 0.18
"""Size change over one body height of depth: a camera about 5 heights away (our choice)."""


@dataclass(frozen=True, slots=True)
class View:
    """One camera, drawn without a look at the knobs. Angles in radians, the rest in sides."""

    yaw: float
    pitch: float
    mirror: bool
    fill: float
    place: Floats
    drift: Floats
    zoom: float


def draw_view(motion: Motion, draw: np.random.Generator) -> View:
    """A camera from which this motion can be told."""
    low, high = motion.views[int(draw.integers(len(motion.views)))]
    return View(
        yaw=np.radians(draw.uniform(low, high)),
        pitch=np.radians(draw.uniform(*motion.pitch)),
        mirror=bool(draw.random() < 0.5),
        fill=draw.uniform(0.62, 0.9),
        place=draw.uniform((-0.07, -0.04), (0.07, 0.04)),
        drift=draw.normal(0, 0.02, 2),
        zoom=draw.normal(0, 0.05),
    )


@dataclass(frozen=True, slots=True)
class Camera:
    """scale: pixels a unit (T,). middle: of the figure, in units. origin: pixels (T, 2).

    squash: (T,), height times this, about the height `still`, which stays in place.
    """

    view: View
    scale: Floats
    middle: Floats
    origin: Floats
    squash: Floats
    still: float

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixels (T, ..., 2) and nearness (T, ...) of points (T, ..., 3)."""
        flat, near = _turn(self._squashed(points), self.view)
        size = self.scale.reshape((-1,) + (1,) * (points.ndim - 1))
        origin = self.origin.reshape((-1,) + (1,) * (points.ndim - 2) + (2,))
        return (flat - self.middle) * (1, -1) * size + origin, near

    def _squashed(self, points: Floats) -> Floats:
        """Taller and thinner, or lower and wider, of the same volume."""
        tall = self.squash.reshape((-1,) + (1,) * (points.ndim - 2))
        x, y, z = points[..., 0], points[..., 1], points[..., 2]
        return vec(x / np.sqrt(tall), self.still + (y - self.still) * tall, z / np.sqrt(tall))


def aim(view: View, joints: Joints, side_px: int, moves: float) -> Camera:
    """A camera that holds the whole action in a frame of `side_px`; `moves` scales its drift.

    The origin counts from the frame's corner; nothing is squashed.
    """
    edge = 0.03 + float(np.linalg.norm(joints["crown"] - joints["head"], axis=-1).mean())
    flat, _ = _turn(np.stack(list(joints.values()), 1), view)
    low, high = flat.min((0, 1)) - edge, flat.max((0, 1)) + edge
    frames = np.linspace(-1, 1, len(flat))
    scale = side_px * view.fill / max(np.max(high - low), 0.8)
    zoom = 1 + moves * view.zoom * frames
    room = np.maximum(0, (side_px - (high - low) * scale) / 2)
    place = np.clip(view.place * side_px, -room, room)
    drift = moves * view.drift * side_px * frames[:, None]
    origin = side_px / 2 + place + drift
    return Camera(view, scale * zoom, (low + high) / 2, origin, np.ones(len(flat)), 0.0)


def _turn(points: Floats, view: View) -> tuple[Floats, Floats]:
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    across = x * np.cos(view.yaw) + z * np.sin(view.yaw)
    deep = z * np.cos(view.yaw) - x * np.sin(view.yaw)
    up = y * np.cos(view.pitch) - deep * np.sin(view.pitch)
    near = y * np.sin(view.pitch) + deep * np.cos(view.pitch)
    size = 1 / (1 - PERSPECTIVE * np.clip(near, -2, 2))
    return np.stack([(-across if view.mirror else across) * size, up * size], -1), near
