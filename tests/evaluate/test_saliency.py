"""Maps of a model that looks at light pixels, on GIF files with a light square."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from anigifs.core.errors import InputError, IntegrityError, ProtocolError
from anigifs.core.records import Box, Clip, ClipSet, Domain
from anigifs.evaluate.forward import Subject
from anigifs.evaluate.looks import (
    SCORES,
    Looks,
    differ,
    mean_curve,
    read_looks,
    summarise,
    write_looks,
)
from anigifs.evaluate.saliency import LookConfig, look
from anigifs.media.encode import encode_gif
from anigifs.media.sampling import SamplingConfig
from anigifs.media.view import ViewConfig

VIEW = ViewConfig(sampling=SamplingConfig(frames=2), side_px=16, short_side_px=16)
LEFT, RIGHT = Box(0, 0.0, 0.0, 0.5, 1.0), Box(0, 0.5, 0.0, 1.0, 1.0)


class Light(nn.Module):
    """Class "light" as far as the clip is light; its map is the clip's lightness."""

    classes = ("light", "dark")

    def __init__(self):
        super().__init__()
        self.last_block = nn.AvgPool3d((1, 4, 4))
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, clips):
        total = (self.last_block(clips).mean((1, 2, 3, 4)) + 0.5) * 5 * self.weight
        return torch.stack([total, -total], 1)


@pytest.fixture
def clips(tmp_path):
    """The left half is light; boxes left, right, none, left; the last file is broken."""
    made = []
    for number, boxes in enumerate([(LEFT,), (RIGHT,), (), (LEFT,)]):
        path = tmp_path / f"{number}.gif"
        frames = np.zeros((2, 16, 16, 3), np.uint8)
        frames[:, :, :8] = 255
        path.write_bytes(encode_gif(frames, [100, 100]) if number < 3 else b"GIF89a nothing")
        made.append(
            Clip(id=str(number), path=path, domain=Domain.ANIMATED_GIF, label="light", boxes=boxes)
        )
    return ClipSet(name="squares", classes=Light.classes, clips=tuple(made), simulated=True)


def subject():
    return Subject(model=Light(), classes=Light.classes, view=VIEW, method="erm", seed=0)


def test_every_clip_is_scored_as_far_as_it_can_be(clips):
    found = look(subject(), clips, LookConfig(batch_size=2))
    assert found.ids == ("0", "1", "2")
    assert found.scores["peak-in-tube"] == (1.0, 0.0, None)
    assert found.scores["energy-in-tube"] == (1.0, 0.0, None)
    assert [problem.item for problem in found.problems] == ["3"]
    assert found.simulated
    assert all(0 <= value <= 1 for value in found.scores["deletion"] + found.scores["insertion"])


def test_each_clip_keeps_its_curves_beside_their_areas(clips):
    found = look(subject(), clips, LookConfig(steps=2))
    # half of the clip is 1, half -1, its blur 0: means of 0, -0.5 without the light half, 0 of
    # grey; inserting, 0, 0.5 with the light half, 0. The logits are +-5 x (mean + 0.5).
    sure, surer = (1 / (1 + np.exp(-2 * logit)) for logit in (2.5, 5))
    deletion, insertion = (sure, 0.5, sure), (sure, surer, sure)
    assert found.curves["deletion"][0] == pytest.approx(deletion, abs=6e-5)
    assert found.curves["insertion"][0] == pytest.approx(insertion, abs=6e-5)
    assert found.scores["deletion"][0] == pytest.approx((sure + 0.5) / 2, abs=1e-6)
    assert {name: len(rows) for name, rows in found.curves.items()} == {
        "deletion": 3,
        "insertion": 3,
    }
    assert all(value == round(value, 4) for value in found.curves["deletion"][0])


def test_curves_can_be_left_out_and_the_predicted_class_explained(clips):
    dark = replace(clips, clips=tuple(replace(clip, label="dark") for clip in clips.clips))
    config = LookConfig(steps=0, explain="predicted")
    found = look(subject(), dark, config)
    assert found.scores["deletion"] == (None,) * 3
    assert found.curves == {}
    assert found.explained == "predicted"
    own = look(subject(), dark, LookConfig(steps=0))
    assert own.scores["peak-in-tube"] == (0.0, 1.0, None), "darkness is on the other side"
    by_answer = look(subject(), clips, config)
    assert by_answer.scores == found.scores, "the answer does not depend on the label"


def test_answers_and_how_likely_they_are_stand_beside_the_scores(clips):
    found = look(subject(), clips, LookConfig(steps=0), spec="s")
    assert found.answers == found.labels == ("light",) * 3
    logit = 2.5  # half of the picture is 1, half is -1: a mean of 0, and (0 + 0.5) x 5
    sure = 1 / (1 + np.exp(-2 * logit))
    assert found.on_label == found.on_answer == pytest.approx((sure,) * 3, rel=1e-3)
    assert (found.spec, found.checkpoint) == ("s", "")


def test_under_intersection_only_shared_classes_compete(clips):
    only = replace(clips, classes=("dark",), clips=(replace(clips.clips[0], label="dark"),))
    assert look(subject(), only, LookConfig(steps=0), "head").answers == ("light",)
    shared = look(subject(), only, LookConfig(steps=0), "intersection")
    assert shared.answers == ("dark",)
    assert shared.on_answer == (1.0,)


def test_a_sample_is_spread_over_the_set(clips):
    found = look(subject(), clips, LookConfig(steps=0, sample=2))
    assert found.ids == ("0", "2")


def test_the_tube_takes_its_share_of_the_map(clips):
    assert look(subject(), clips, LookConfig(steps=0)).scores["tube"] == (0.5, 0.5, None)


def looks(seed=0, shift=0.0, run="erm-seed0", **about):
    """Forty clips of twenty sources; every fifth has no box; clip by clip equal but for shift."""
    values = np.random.default_rng(1).random(40) * 0.5 + shift + 0.01 * seed
    peaks = tuple(None if i % 5 == 0 else float(v) for i, v in enumerate(values))
    rest = {name: tuple(map(float, values)) for name in SCORES[1:]}
    return Looks(
        ids=tuple(map(str, range(40))),
        clusters=tuple(f"group {i // 2}" for i in range(40)),
        scores={"peak-in-tube": peaks, **rest},
        set_name="squares",
        seed=seed,
        run=run,
        **about,
    )


def test_means_take_the_clips_that_have_a_value_and_have_an_interval():
    found = summarise([looks(0), looks(1)])
    expected = [
        v for run in (looks(0), looks(1)) for v in run.scores["peak-in-tube"] if v is not None
    ]
    peak = found["peak-in-tube"]
    assert peak.clips == 32
    assert peak.estimate.value == pytest.approx(np.mean(expected))
    assert peak.estimate.low < peak.estimate.value < peak.estimate.high
    assert found["deletion"].clips == 40


def test_intervals_count_sources_and_not_clips():
    one = looks()
    alone = replace(one, clusters=tuple(f"clip {i}" for i in one.ids))
    doubled = replace(
        one,
        ids=tuple(map(str, range(80))),
        clusters=one.clusters * 2,
        scores={name: values * 2 for name, values in one.scores.items()},
    )
    wide, same = (summarise([run])["deletion"].estimate for run in (one, doubled))
    assert same.bounds == pytest.approx(wide.bounds)
    assert summarise([alone])["deletion"].estimate.value == pytest.approx(wide.value)


def test_a_paired_difference_is_sharper_than_two_means():
    a, b = [looks(seed, shift=0.2) for seed in (0, 1)], [looks(seed) for seed in (0, 1)]
    found = differ(a, b)["energy-in-tube"].estimate
    assert found.value == pytest.approx(0.2)
    assert found.clear_of_zero
    assert found.high - found.low < 1e-6


def test_a_score_that_no_clip_has_is_left_out():
    none = replace(looks(), scores=dict.fromkeys(SCORES, (None,) * 40))
    assert summarise([none]) == {}


def with_curves(one, *rows):
    return replace(one, curves={"deletion": rows * (40 // len(rows))})


def test_the_mean_curve_has_at_each_step_the_interval_of_the_scores():
    high, low = with_curves(looks(0), (0.8, 0.3), (0.4, 0.1)), with_curves(looks(1), (0.6, 0.0))
    found = mean_curve([high, low], "deletion")
    assert [one.value for one in found] == pytest.approx([0.6, 0.1])
    as_score = replace(high, scores={**high.scores, "tube": (0.8, 0.4) * 20})
    assert mean_curve([high], "deletion")[0] == summarise([as_score])["tube"].estimate


def test_a_mean_curve_takes_the_clips_whose_curve_every_run_has():
    some = with_curves(looks(0), (0.8, 0.3), None)
    found = mean_curve([some, with_curves(looks(1), None, None, (0.6, 0.1), None)], "deletion")
    assert [one.value for one in found] == pytest.approx([0.7, 0.2])
    assert mean_curve([some, looks(1)], "deletion") == ()
    with pytest.raises(ProtocolError, match=r"\[1, 2\] steps"):
        mean_curve([some, with_curves(looks(1), (0.6, 0.1, 0.0))], "deletion")


def test_other_clips_or_seeds_are_not_compared():
    with pytest.raises(ProtocolError, match="ids"):
        differ([looks()], [replace(looks(), ids=tuple(map(str, range(1, 41))))])
    with pytest.raises(ProtocolError, match="seed"):
        differ([looks(0)], [looks(1)])
    with pytest.raises(ProtocolError, match="explained"):
        summarise([looks(), looks(1, explained="predicted")])


def test_a_file_holds_everything(tmp_path, clips):
    found = look(subject(), clips, LookConfig(steps=1))
    found = replace(found, curves={**found.curves, "insertion": ((0.0001, 1.0), None, (0.5, 0.0))})
    write_looks(tmp_path / "looks.json", found)
    assert read_looks(tmp_path / "looks.json") == found
    assert '"0.0001 1.0"' in (tmp_path / "looks.json").read_text("utf-8"), "a line a curve"


def test_a_file_of_before_curves_were_kept_still_loads(tmp_path, clips):
    found = look(subject(), clips, LookConfig(steps=1))
    write_looks(tmp_path / "looks.json", found)
    held = json.loads((tmp_path / "looks.json").read_text("utf-8"))
    del held["curves"]
    (tmp_path / "looks.json").write_text(json.dumps(held), encoding="utf-8")
    assert read_looks(tmp_path / "looks.json") == replace(found, curves={})


def test_files_that_are_no_scores_are_refused(tmp_path):
    with pytest.raises(InputError, match="explain"):
        read_looks(tmp_path / "absent.json")
    for text in (
        "{",
        "[]",
        '{"format": 7}',
        '{"format": 1}',
        '{"format": 1, "problems": [3]}',
        '{"format": 1, "problems": [], "scores": {}, "curves": {"deletion": ["0.1 x"]}}',
    ):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(IntegrityError):
            read_looks(tmp_path / "bad.json")
