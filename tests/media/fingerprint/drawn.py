"""Small drawn animations that differ from each other as drawings do."""

import cv2
import numpy as np


def figure(seed, count=10, height=96, width=128):
    """A figure of a few strokes and discs that swings its limbs before a white ground."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(20, 200, (6, 3)).tolist()
    joints = rng.uniform(0.25, 0.75, (6, 2))
    swings = rng.uniform(-0.12, 0.12, (6, 2))
    frames = np.full((count, height, width, 3), 255, np.uint8)
    for number, frame in enumerate(frames):
        at = joints + swings * np.sin(2 * np.pi * number / count + np.arange(6))[:, None]
        places = (at * [width, height]).astype(int).tolist()
        for one, other, colour in zip(places, places[1:], colours, strict=False):
            cv2.line(frame, one, other, colour, 6, cv2.LINE_AA)
        for place, colour in zip(places, colours, strict=True):
            cv2.circle(frame, place, 9, colour, -1, cv2.LINE_AA)
    return frames
