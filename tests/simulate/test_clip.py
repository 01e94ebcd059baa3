"""One clip: exact boxes, and knobs that change what they name and nothing else."""

import cv2
import numpy as np
import pytest

from anigifs.simulate import clip as module
from anigifs.simulate.capture import margin_px
from anigifs.simulate.clip import Name, render
from anigifs.simulate.colours import draw_paints
from anigifs.simulate.config import CLASSES, Look, SimConfig

CONFIG = SimConfig()
DOMAINS = {"real": CONFIG.real_look, "animated": CONFIG.animated_look}
NAME = Name("test", "squat", 3)


def corners(drawn):
    return np.array([(box.x1, box.y1, box.x2, box.y2) for box in drawn.boxes])


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("label", CLASSES)
def test_frames_boxes_and_delays_belong_together(label, domain):
    drawn = render(Name("test", label, 0), DOMAINS[domain], CONFIG)
    count = len(drawn.frames)
    assert drawn.frames.shape == (count, 128, 128, 3)
    assert drawn.frames.dtype == np.uint8
    assert len(drawn.boxes) == len(drawn.delays_ms) == count
    assert drawn.boxes[0].time_ms == 0
    assert drawn.boxes[-1].time_ms == pytest.approx(drawn.delays_ms[:-1].sum())
    sizes = corners(drawn)[:, 2:] - corners(drawn)[:, :2]
    assert (sizes > 0.05).all()
    assert sizes.max() <= 1


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("label", ["push up", "hula hooping", "pull ups", "somersaulting"])
def test_a_box_is_the_rectangle_around_the_painted_figure(label, domain):
    """The figure alone is filled white on black; OpenCV finds its rectangle."""
    name, look = Name("val", label, 1), DOMAINS[domain].model_copy(update={"capture": 1.0})
    drawn = render(name, look, CONFIG)
    stage = module._perform(name, look, CONFIG)
    paints = draw_paints(name.stream(CONFIG, "colour"), look.palette)
    shapes = module._shapes(stage, paints, name, look, CONFIG)
    margin, side = margin_px(128), 128
    for number in range(0, len(drawn.boxes), 7):
        mask = np.zeros((side + 2 * margin,) * 2, np.uint8)
        for shape in shapes:
            for layer in shape.layers if shape.person else ():
                alone = np.zeros_like(mask)
                cv2.fillConvexPoly(alone, layer.points[number], 255, cv2.LINE_AA, 4)
                mask = np.maximum(mask, alone)
        inner = (mask[margin : margin + side, margin : margin + side] > 127).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(inner)
        np.testing.assert_allclose(
            corners(drawn)[number] * side, [x, y, x + w, y + h], atol=1.25, err_msg=f"{number}"
        )


@pytest.mark.parametrize(
    ("knob", "moves"),
    [("palette", 0), ("detail", 0), ("background", 0), ("gif", 0), ("outline", 2 / 128)],
)
def test_a_knob_of_looks_leaves_the_motion_alone(knob, moves):
    plain, turned = Look(), Look(**{knob: 1})
    before, after = (render(NAME, look, CONFIG) for look in (plain, turned))
    assert (before.delays_ms == after.delays_ms).all()
    assert np.abs(corners(before) - corners(after)).max() <= moves + 1e-9
    same = (before.frames == after.frames).all()
    assert same == (knob == "gif"), "every knob but the file's shows in the frames"


def test_the_gif_knob_only_shortens_the_colour_table():
    assert render(NAME, Look(), CONFIG).colours == 256
    assert 8 <= render(NAME, Look(gif=1), CONFIG).colours <= 64


def test_an_animated_clip_has_fewer_colours_than_the_real_one():
    counts = {
        domain: len(np.unique(render(NAME, look, CONFIG).frames[0].reshape(-1, 3), axis=0))
        for domain, look in DOMAINS.items()
    }
    assert counts["real"] > 10 * counts["animated"] / 2


def test_the_same_name_is_the_same_clip_and_others_are_not():
    first, second = (render(NAME, Look(), CONFIG).frames for _ in range(2))
    assert (first == second).all()
    others = [Name("train", "squat", 3), Name("test", "squat", 4)]
    assert all((render(other, Look(), CONFIG).frames != first).any() for other in others)


def test_a_smaller_class_list_changes_no_clip():
    fewer = SimConfig(classes=("squat", "lunge"))
    assert (render(NAME, Look(), fewer).frames == render(NAME, Look(), CONFIG).frames).all()


def test_scenes_follow_the_class_only_when_told_to():
    def scenes(bias):
        config = SimConfig(scene_bias=bias)
        return [
            module._scene_stream(Name("train", "squat", number), config).random()
            for number in range(8)
        ]

    assert len(set(scenes(0.0))) == 8
    assert len(set(scenes(1.0))) == 1


def test_smaller_frames_show_the_same_scene():
    small = render(NAME, Look(), SimConfig(side_px=64))
    assert small.frames.shape[1:] == (64, 64, 3)
    np.testing.assert_allclose(corners(small), corners(render(NAME, Look(), CONFIG)), atol=0.04)
