"""Simulated releases: paired, resumable, the same whatever the number of workers."""

import itertools

import pytest

from anigifs.core.errors import InputError
from anigifs.core.records import Domain
from anigifs.datasets.release import read_manifest, verify_release
from anigifs.media.decode import decode
from anigifs.simulate import dataset
from anigifs.simulate.config import SIM_1, Counts, SimConfig
from anigifs.simulate.dataset import simulate

CONFIG = SimConfig(
    classes=("clapping", "squat"),
    side_px=48,
    real=Counts(train=2, val=1, test=1),
    animated=Counts(test=1),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("sim")
    return out, simulate(out, CONFIG, workers=1)


def test_two_releases_of_paired_clips(made):
    out, sets = made
    assert [len(sets[name].clips) for name in ("real", "animated")] == [8, 2]
    assert all(clips.simulated for clips in sets.values())
    assert {clip.domain for clip in sets["animated"].clips} == {Domain.ANIMATED_GIF}
    groups = {name: {clip.group for clip in clips.clips} for name, clips in sets.items()}
    assert groups["animated"] == {clip.group for clip in sets["real"].split("test").clips}
    for name in sets:
        assert verify_release(out / name) == []


def test_no_motion_is_in_two_splits(made):
    _, sets = made
    by_split = [
        {clip.group for clip in sets["real"].split(s).clips} for s in ("train", "val", "test")
    ]
    for one, other in itertools.combinations(by_split, 2):
        assert not one & other


def test_boxes_stand_at_the_times_of_the_decoded_frames(made):
    _, sets = made
    for clip in (*sets["real"].clips[:2], *sets["animated"].clips):
        frames = decode(clip.path)
        assert frames.times_ms.tolist() == pytest.approx([box.time_ms for box in clip.boxes])


def test_a_release_says_what_made_it(made):
    out, _ = made
    facts = read_manifest(out / "real").facts
    assert facts["simulator"] == "sim-1"
    assert facts["knobs_sha256"] == SIM_1
    assert facts["config"]["side_px"] == 48


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_number_of_workers(made, tmp_path):
    out, _ = made
    simulate(tmp_path, CONFIG, workers=2)
    for name in ("real", "animated"):
        assert read_manifest(tmp_path / name).files == read_manifest(out / name).files


def test_an_interrupted_run_makes_only_what_is_missing(made, tmp_path, monkeypatch):
    out, _ = made
    whole, drawn = dataset._make, []

    def interrupted(kind, config, name):
        drawn.append(name)
        if len(drawn) == 4:
            raise KeyboardInterrupt
        return whole(kind, config, name)

    monkeypatch.setattr(dataset, "_make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, CONFIG, workers=1)
    simulate(tmp_path, CONFIG, workers=1)
    assert len(drawn) == 4 + 5 + 2, "3 of 8 real clips were kept, 5 and 2 animated ones made"
    assert read_manifest(tmp_path / "real").files == read_manifest(out / "real").files
    simulate(tmp_path, CONFIG, workers=1)
    assert len(drawn) == 11, "a whole release is kept as it is"


def test_other_settings_do_not_touch_a_release(made):
    out, _ = made
    with pytest.raises(InputError, match="never changes"):
        simulate(out, CONFIG.model_copy(update={"seed": 1}), workers=1)
