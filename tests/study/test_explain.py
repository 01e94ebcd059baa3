"""Runs explained: scores into their folders, pictures into another, the telling clips first."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from anigifs.core.errors import InputError, MediaError
from anigifs.core.records import Box, Clip, Domain
from anigifs.evaluate.looks import looks_file, read_looks
from anigifs.evaluate.saliency import LookConfig
from anigifs.study.explain import Ask, explain
from anigifs.study.load import load_run_model
from anigifs.study.pictures import SHOWN_PX, see
from tests.study.small import write_clips, write_run

QUICK = LookConfig(steps=0)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world")
    data = write_clips(root / "data", per_class=2)
    runs = [write_run(root / "runs" / f"erm-seed{seed}", data, seed=seed) for seed in (0, 1)]
    return data, runs


def ask(world, **about):
    return Ask(**{"target": f"mine={world[0]}", "config": QUICK, "device": "cpu", **about})


def test_two_runs_give_a_page_whose_pictures_all_exist(world, tmp_path):
    table = explain(world[1], ask(world, clips=3), tmp_path)
    assert table.methods == ("erm-seed0", "erm-seed1")
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.count('<article class="card">') == 3
    shown = {part.split('"')[0] for part in page.split('src="')[1:]}
    shown |= {part.split('"')[0] for part in page.split('srcset="')[1:]}
    assert {name.rpartition(".")[2] for name in shown} == {"gif", "jpg", "png"}
    assert [name for name in shown if not (tmp_path / name).is_file()] == []
    assert {"figure-5.png", "figure-4-erm-seed0.png"} <= shown


def test_clips_come_by_how_far_the_models_are_apart(world, tmp_path):
    explain(world[1], ask(world, clips=6), tmp_path)
    a, b = (read_looks(looks_file(run, "mine")) for run in world[1])
    apart = {id_: abs(x - y) for id_, x, y in zip(a.ids, a.on_label, b.on_label, strict=True)}
    page = (tmp_path / "index.html").read_text("utf-8")
    places = {id_: page.index(f"<span>{id_}</span>") for id_ in apart}
    assert sorted(apart, key=lambda id_: -apart[id_]) == sorted(places, key=places.get)


def test_scores_are_kept_and_used_again_only_for_the_same_question(world, tmp_path):
    run = write_run(tmp_path / "own", world[0], seed=3)
    explain([run], ask(world, clips=1), tmp_path / "out")
    path = looks_file(run, "mine")
    held = json.loads(path.read_text("utf-8"))
    held["method"] = "touched"
    path.write_text(json.dumps(held), encoding="utf-8")
    explain([run], ask(world, clips=1), tmp_path / "out")
    assert read_looks(path).method == "touched", "it was kept"
    explain([run], ask(world, clips=1, config=LookConfig(steps=0, sample=4)), tmp_path / "out")
    assert read_looks(path).method == "erm"
    assert len(read_looks(path).ids) == 4
    with pytest.raises(InputError, match="--on mine-2="):
        explain([run], ask(world, target=f"mine={write_clips(tmp_path / 'o')}"), tmp_path / "out")


def test_a_set_without_a_readable_clip_says_so(world, tmp_path):
    data = write_clips(tmp_path / "data", per_class=1)
    for file in data.rglob("*.gif"):
        file.write_bytes(b"GIF89a")
    with pytest.raises(MediaError, match="no clip could be looked at"):
        explain(world[1][:1], ask(world, target=f"bad={data}"), tmp_path / "out")


def test_pictures_are_the_clip_and_the_clip_under_its_map_with_its_box(world):
    subject = load_run_model(world[1][0], "cpu")
    clip = Clip(
        id="a", path=world[0] / "squat" / "0.gif", domain=Domain.ANIMATED_GIF, label="squat",
        boxes=(Box(0, 0.25, 0.25, 0.75, 0.75),),
    )  # fmt: skip
    seen = see(subject, clip, QUICK)
    assert seen.frames.shape == (8, SHOWN_PX, SHOWN_PX, 3)
    assert seen.frames.mean((0, 1, 2))[0] > 3 * seen.frames.mean((0, 1, 2))[1], "the clip is red"
    assert seen.delays_ms.sum() == pytest.approx(400)  # four frames of 100 ms, each shown twice
    bare = see(subject, replace(clip, boxes=()), QUICK)
    changed = np.argwhere((seen.heated != bare.heated).any((0, 3)))
    top, left = changed.min(0) / SHOWN_PX
    assert top == pytest.approx(0.25, abs=0.02)
    assert left == pytest.approx(0.25 * 40 / 34 - 3 / 34, abs=0.02)  # 34 of 40 px


def test_gifs_hold_every_frame_of_the_models_view(world, tmp_path):
    explain(world[1][:1], ask(world, clips=1), tmp_path)
    (heated,) = (tmp_path / "clips").glob("*-1.gif")
    with Image.open(io.BytesIO(heated.read_bytes())) as image:
        assert image.n_frames == 8
        assert image.size == (SHOWN_PX, SHOWN_PX)
