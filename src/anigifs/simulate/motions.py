"""The table of classes: what the figure does, from where it is seen, how fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anigifs.simulate import floor, lifting, standing
from anigifs.simulate.config import Range
from anigifs.simulate.pose import Act, Pose


@dataclass(frozen=True, slots=True)
class Motion:
    """One class.

    perform: turns phases into poses.
    views: ranges of the figure's yaw in degrees, one drawn: 0 faces the camera, 90 is a
        profile. Views from which a person cannot tell the action are left out.
    tempo_hz: cycles a second at a natural pace: our estimate, slow enough for 12.5 frames/s.
    pitch: range of the camera's height above the horizon, in degrees.
    """

    perform: Callable[[Act], Pose]
    views: tuple[Range, ...]
    tempo_hz: Range
    pitch: Range = (-2, 14)


FRONT = ((-30.0, 30.0),)
FRONT_OR_SIDE = ((-75.0, 75.0),)
THREE_QUARTERS = ((25.0, 80.0), (-80.0, -25.0))
PROFILE = ((55.0, 115.0), (-115.0, -55.0))

MOTIONS: dict[str, Motion] = {
    "bench pressing": Motion(floor.bench_pressing, PROFILE, (0.4, 0.75), (4, 20)),
    "clapping": Motion(standing.clapping, ((-50.0, 50.0),), (1.0, 1.6)),
    "deadlifting": Motion(lifting.deadlifting, THREE_QUARTERS, (0.35, 0.65)),
    "front raises": Motion(standing.front_raises, THREE_QUARTERS, (0.4, 0.75)),
    "hula hooping": Motion(standing.hula_hooping, FRONT_OR_SIDE, (0.9, 1.5), (4, 20)),
    "jumping jacks": Motion(standing.jumping_jacks, ((-45.0, 45.0),), (0.7, 1.2)),
    "lunge": Motion(lifting.lunge, ((35.0, 100.0), (-100.0, -35.0)), (0.4, 0.7)),
    "pull ups": Motion(lifting.pull_ups, ((-45.0, 45.0), (135.0, 225.0)), (0.4, 0.7)),
    "punching bag": Motion(standing.punching_bag, ((35.0, 105.0), (-105.0, -35.0)), (0.8, 1.4)),
    "push up": Motion(floor.push_up, PROFILE, (0.5, 0.9), (2, 18)),
    "situp": Motion(floor.situp, PROFILE, (0.4, 0.7), (2, 18)),
    "skipping rope": Motion(standing.skipping_rope, FRONT_OR_SIDE, (1.0, 1.6)),
    "snatch weight lifting": Motion(lifting.snatch, FRONT_OR_SIDE, (0.32, 0.5)),
    "somersaulting": Motion(floor.somersaulting, PROFILE, (0.35, 0.6), (2, 14)),
    "squat": Motion(lifting.squat, FRONT_OR_SIDE, (0.4, 0.75)),
    "waving hand": Motion(standing.waving_hand, ((-45.0, 45.0),), (0.9, 1.6)),
}
