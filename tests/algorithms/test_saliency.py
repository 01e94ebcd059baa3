import math

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.saliency import Saliency, SaliencyConfig
from anigifs.core.errors import InputError

NAN = [math.nan] * 4
LEFT, RIGHT = [0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0]


class ByBrightness(nn.Module):
    """The last map is the clip itself; class 0 loves brightness, class 1 hates it."""

    classes = ("light", "dark")

    def __init__(self):
        super().__init__()
        self.last_block = nn.Identity()
        self.gain = nn.Parameter(torch.ones(()))
        self.seen = []

    def forward(self, clips):
        features = self.last_block(clips)
        self.seen.append((self.training, features.detach().clone()))
        total = features.mean((1, 2, 3, 4)) * self.gain
        return torch.stack([total, -total], 1)


def build(**options):
    context = Context(ByBrightness.classes, torch.Generator(), torch.Generator())
    return Saliency(ByBrightness(), SaliencyConfig(**{"every": 1, **options}), context)


def clips(*peaks):
    """Grey clips of 2 frames of 2x2 with a light pixel at (row, column) of every frame."""
    made = torch.full((len(peaks), 3, 2, 2, 2), 0.1)
    for clip, (row, column) in zip(made, peaks, strict=True):
        clip[:, :, row, column] = 0.9
    return made


def batch(boxes, labels, *peaks):
    return Batch(clips(*peaks), torch.tensor(labels), boxes=torch.tensor(boxes))


def trained_on(algorithm):
    training = [features for train, features in algorithm.model.seen if train]
    return training[-1]


def test_exactly_the_clips_whose_peak_is_outside_are_masked():
    """Four clips: peak in the box; beside it; no box at all; beside it with the other class,
    which looks at the dark pixels and so finds its peak in the box."""
    given = batch(
        [[LEFT, LEFT], [RIGHT, NAN], [NAN, NAN], [RIGHT, RIGHT]], [0, 0, 0, 1],
        (0, 0), (0, 0), (0, 0), (0, 0),
    )  # fmt: skip
    algorithm = build()
    logs = algorithm.step(given, 0).logs
    expected = given.clips.clone()
    expected[1, ..., 0] = 0  # the left half, in both frames
    assert torch.equal(trained_on(algorithm), expected)
    assert logs["saliency/masked"] == 0.25
    assert logs["saliency/peak-in-tube"] == pytest.approx(2 / 3)


def test_mask_all_also_takes_clips_that_look_right_but_none_without_a_box():
    given = batch([[LEFT, LEFT], [NAN, NAN]], [0, 0], (0, 0), (0, 0))
    algorithm = build(mask="all")
    algorithm.step(given, 0)
    expected = given.clips.clone()
    expected[0, ..., 1] = 0
    assert torch.equal(trained_on(algorithm), expected)


def test_it_looks_at_the_last_batches_of_every_period():
    algorithm = build(every=4, hold=2)
    given = batch([[RIGHT, RIGHT]], [0], (0, 0))
    masked = []
    for number in range(8):
        algorithm.step(given, number)
        masked.append(bool((trained_on(algorithm) == 0).any()))
    assert masked == [False, False, True, True] * 2


def test_the_map_is_made_in_eval_mode_and_the_masked_pass_trains():
    algorithm = build()
    algorithm.step(batch([[RIGHT, RIGHT]], [0], (0, 0)), 0)
    assert [train for train, _ in algorithm.model.seen] == [False, True]
    assert algorithm.model.training
    assert not algorithm.model.last_block._forward_hooks


def test_interpolated_boxes_follow_a_person_between_key_frames():
    """One row of four cells and three frames; the peak is where only the line between is."""
    given = Batch(
        torch.full((1, 3, 3, 1, 4), 0.1),
        torch.tensor([0]),
        boxes=torch.tensor([[[0.0, 0, 0.2, 1], NAN, [0.8, 0, 1.0, 1]]]),
    )
    given.clips[:, :, 1, :, 2] = 0.9
    constant, line = build(), build(propagate="interpolate")
    assert constant.step(given, 0).logs["saliency/masked"] == 1
    assert line.step(given, 0).logs["saliency/masked"] == 0


def test_without_boxes_it_trains_plainly():
    algorithm = build()
    given = batch([[LEFT]], [0], (0, 1))._replace(boxes=None)
    algorithm.step(given, 0)
    assert torch.equal(trained_on(algorithm), given.clips)


def test_predictions_are_never_masked():
    algorithm = build()
    algorithm.predict(clips((0, 0)))
    assert torch.equal(algorithm.model.seen[0][1], clips((0, 0)))


def test_an_augmentation_goes_before_the_look():
    algorithm = build(augment={"name": "random-augment", "edits": 2})
    given = batch([[RIGHT, RIGHT]], [0], (0, 0))
    algorithm.step(given, 0)
    looked, trained = (features for _, features in algorithm.model.seen)
    assert not torch.equal(looked, given.clips)
    assert torch.equal(trained[..., 1], looked[..., 1])


def test_the_wrapped_model_reaches_the_augmentation_in_front():
    """The loop wraps the model after the method is built; a search must see the wrapper."""
    algorithm = build(augment={"name": "worst-case", "every": 1, "trials": 2})
    algorithm.model = wrapper = nn.Sequential(algorithm.model)
    algorithm.step(batch([[LEFT, LEFT]], [0], (0, 0)), 1)
    assert algorithm._before.model is wrapper


def test_what_the_augmentation_in_front_has_to_tell_is_logged_with_or_without_a_look():
    """Searches after batches 1 and 3, a look at batch 2 alone."""
    algorithm = build(every=3, augment={"name": "worst-case", "every": 2, "trials": 2})
    given = batch([[LEFT, LEFT]], [0], (0, 0))
    told = [algorithm.step(given, number).logs for number in range(4)]
    assert [logs["worst-case/set"] for logs in told] == [1, 2, 2, 3]
    assert ["worst-case/score" in logs for logs in told] == [False, True, False, True]
    assert ["saliency/masked" in logs for logs in told] == [False, False, True, False]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 2, "hold": 3}, "hold = 3"),
        ({"augment": {"name": "erm"}}, "does not edit clips.*worst-case"),
        ({"augment": {"name": "wurst-case"}}, "worst-case"),
        ({"augment": {"name": "worst-case", "evry": 1}}, "every"),
        ({"augment": {"name": "none", "every": 1}}, "none"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises((InputError, ValidationError), match=rf"(?s){message}"):
        SaliencyConfig(**options)


def test_between_key_frames_a_box_may_move_on_a_line():
    """Six frames; the box is at the left in the first and at the right in the last."""
    boxes = torch.full((1, 6, 4), math.nan)
    boxes[0, 0], boxes[0, 5] = torch.tensor([0.0, 0, 0.25, 1]), torch.tensor([0.75, 0, 1.0, 1])
    light = torch.full((1, 3, 6, 4, 4), 0.1)
    light[..., 0] = 0.9
    masks = {}
    for how in ("constant", "interpolate"):
        algorithm = build(propagate=how, mask="all")
        algorithm.step(Batch(light, torch.tensor([0]), boxes=boxes), 0)
        masks[how] = (trained_on(algorithm)[0, 0, :, 0] != 0).int().tolist()
    left, right = [1, 0, 0, 0], [0, 0, 0, 1]
    assert masks["constant"] == [left] * 3 + [right] * 3
    # its left edge is at 0, 0.15, 0.3, 0.45, 0.6, 0.75, its right edge 0.25 further
    line = [left, [1, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1], right]
    assert masks["interpolate"] == line


def test_key_frames_that_a_change_of_time_leaves_out_still_count():
    """Every frame of the edited clip shows the middle one, which has no box of its own."""

    class Hold:
        model = None

        def augment(self, given, number):
            return given._replace(boxes=given.boxes[:, [1, 1]], clips=given.clips[:, :, [1, 1]])

        def logs(self, number):
            return {}

    algorithm = build()
    algorithm._before = Hold()
    given = batch([[RIGHT, NAN]], [0], (0, 0))
    assert algorithm.step(given, 0).logs["saliency/masked"] == 1
