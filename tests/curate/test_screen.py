"""Screening: one file for each reason code, dead workers, conversion, resumption."""

import io

import numpy as np
import pytest
from PIL import Image

from anigifs.catalog import SCREENED, Kind, Said
from anigifs.core.errors import LimitExceeded, NotDecodable
from anigifs.curate.screen import run as screening
from anigifs.curate.screen.checks import run
from anigifs.curate.screen.config import ScreenConfig
from anigifs.curate.screen.guess import guess
from anigifs.curate.screen.look import kind_of, look
from anigifs.media.encode import encode_gif
from anigifs.media.fingerprint import RECIPE, from_bytes
from anigifs.media.limits import Limits
from tests.curate.made import DELAYS, drawing, fetch, gif, workspace

CONFIG = ScreenConfig()


def reason(tmp_path, data, config=CONFIG, flagged=False):
    path = tmp_path / "file"
    path.write_bytes(data)
    try:
        looked = look(path, config.convert, config.limits)
    except (NotDecodable, LimitExceeded) as error:
        looked = error
    return run(looked, flagged, config)[-1].reason


def blink(share, count=4, side=100):
    """A grey picture in which a bar over `share` of the rows blinks."""
    frames = np.full((count, side, side, 3), 128, np.uint8)
    frames[1::2, : round(share * side)] = 255
    return encode_gif(frames, np.full(count, 100.0))


def pictures(kind, count=4):
    made = [Image.fromarray(frame) for frame in drawing(0)[:count]]
    out = io.BytesIO()
    made[0].save(out, kind, save_all=True, append_images=made[1:], duration=80, lossless=True)
    return out.getvalue()


CASES = {
    "": gif(0),
    "not-a-gif": b"<html><title>404",
    "broken": b"GIF89a",
    "too-large": b"GIF89a" + b"\xff" * 4 + bytes(3) + b"," + bytes(4) + b"\xff" * 4 + bytes(3),
    "not-animated": encode_gif(np.repeat(drawing(0)[:1], 5, axis=0), np.full(5, 100.0)),
    "too-small": encode_gif(drawing(0)[:, ::8, ::8], DELAYS),
    "too-short": encode_gif(drawing(0)[:2], [20, 20]),
    "too-long": encode_gif(drawing(0)[:4], [60_000] * 4),
    "nearly-still": encode_gif(
        np.where(np.indices((4, 100, 100, 3))[0] % 2 == 1, 130, 128).astype(np.uint8),
        np.full(4, 100.0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("expected", CASES)
def test_each_fault_has_its_reason(tmp_path, expected):
    assert reason(tmp_path, CASES[expected]) == expected


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_other_animations_pass_only_if_they_may_be_converted(tmp_path, kind):
    assert reason(tmp_path, pictures(kind)) == "not-a-gif"
    assert reason(tmp_path, pictures(kind), ScreenConfig(convert=True)) == ""


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "JPEG"])
def test_still_pictures_never_pass(tmp_path, kind):
    out = io.BytesIO()
    Image.fromarray(drawing(0)[0]).save(out, kind)
    assert reason(tmp_path, out.getvalue(), ScreenConfig(convert=True)) == "not-a-gif"


def test_a_truncated_gif_passes_unless_whole_files_are_wanted(tmp_path):
    cut = gif(0)[:-40]
    assert reason(tmp_path, cut) == ""
    assert reason(tmp_path, cut, ScreenConfig(whole=True)) == "incomplete"


def test_a_sensitive_flag_is_enough(tmp_path):
    assert reason(tmp_path, gif(0), flagged=True) == "sensitive"
    assert reason(tmp_path, gif(0), ScreenConfig(sensitive=True), flagged=True) == ""


def test_a_banner_with_a_blinking_line_moves_too_little(tmp_path):
    config = ScreenConfig(moving_share=0.05)
    assert reason(tmp_path, blink(0.02), config) == "nearly-still"
    assert reason(tmp_path, blink(0.20), config) == ""


def test_outcomes_come_in_order_with_fact_and_threshold(tmp_path):
    path = tmp_path / "a.gif"
    path.write_bytes(gif(0))
    found = run(look(path, False, Limits()), False, CONFIG)
    names = [each.check for each in found]
    assert names == ["sensitive", "gif", "structure", "animated", "size", "duration", "moving"]
    size = next(each for each in found if each.check == "size")
    assert size.evidence == {"width": 256, "height": 192, "threshold": 32}


def test_kinds_are_told_by_their_bytes():
    assert kind_of(b"\n <!DOCTYPE html>") == "a web page"
    assert kind_of(b"\x00\x00\x00\x18ftypmp42") == "mp4"
    assert kind_of(b"") == "unknown"


def test_flat_drawings_look_drawn_and_noise_looks_filmed():
    noise = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3)).astype(np.uint8)
    assert guess(drawing(0))["score"] > 0.9
    assert guess(noise)["score"] < 0.1


def test_a_workspace_is_screened_into_facts_fingerprints_and_the_next_queue(tmp_path):
    with workspace(tmp_path) as space:
        good = fetch(space, "run", gif(0))
        page = fetch(space, "run", b"<html>")
        flagged = fetch(space, "run", gif(1), sensitive=True)
        done = screening.screen(space, CONFIG, workers=1)
        assert (done.passed, dict(done.rejected)) == (1, {"not-a-gif": 1, "sensitive": 1})
        outcomes = space.facts.latest(SCREENED, [good, page, flagged])
        assert {sha: each.reason for sha, each in outcomes.items()} == {
            good: "", page: "not-a-gif", flagged: "sensitive",
        }  # fmt: skip
        assert space.facts.latest("drawn", [good])[good].said is Said.NOTE
        stored = space.fingerprints.get(RECIPE, [good, page, flagged])
        assert list(stored) == [good]
        assert from_bytes(stored[good]).sha256 == good
        assert space.queue.counts(Kind.DEDUP)["waiting"] == 1
        assert space.queue.counts(Kind.SCREEN)["done"] == 3
        assert space.funnel().total.rejected == {"not-a-gif": 1, "sensitive": 1}
        again = screening.screen(space, CONFIG, workers=1)
        assert (again.passed, again.rejected.total()) == (0, 0)


def test_a_file_that_kills_its_worker_is_marked_alone(tmp_path, monkeypatch, sandboxed):
    monkeypatch.setattr(screening, "LOOK", "tests.curate.test_screen:dying_look")
    with workspace(tmp_path) as space:
        bad = fetch(space, "run", gif(3)[:-1] + b"!" * 200)
        good = fetch(space, "run", gif(0))
        done = screening.screen(space, CONFIG, workers=1)
        assert (done.passed, dict(done.rejected)) == (1, {"worker-died": 1})
        assert set(space.facts.latest(SCREENED, [bad, good])) == {bad, good}


def dying_look(path, convert, limits):
    from tests.curate.made import die

    if path.read_bytes().endswith(b"!!"):
        die()
    return look(path, convert, limits)


def test_a_converted_webp_becomes_a_gif_of_its_own(tmp_path):
    with workspace(tmp_path) as space:
        webp = fetch(space, "run", pictures("WEBP"), title="a run")
        done = screening.screen(space, ScreenConfig(convert=True), workers=1)
        assert (done.passed, done.converted) == (1, 1)
        told = space.facts.latest("converted", [webp])[webp]
        made = told.evidence["to"]
        assert space.blobs.read(made).startswith(b"GIF89a")
        assert [hit.title for hit in space.hits.of(made)] == ["a run"]
        assert space.facts.latest(SCREENED, [webp, made])[made].said is Said.PASS


@pytest.mark.real
@pytest.mark.slow
def test_every_conformance_file_gets_an_outcome(real_data, tmp_path, sandboxed):
    files = [
        path for path in sorted((real_data / "gif-conformance").rglob("*"))
        if path.is_file() and path.suffix.lower() in (".gif", ".webp", ".png", ".apng", "")
    ]  # fmt: skip
    with workspace(tmp_path) as space:
        shas = {fetch(space, "run", path.read_bytes()) for path in files if path.stat().st_size}
        done = screening.screen(space, ScreenConfig(convert=True))
        assert len(shas) > 400
        assert done.passed > 20
        assert "worker-died" not in done.rejected
        assert shas <= space.facts.latest(SCREENED, shas).keys()
        assert space.queue.counts(Kind.SCREEN)["waiting"] == 0
