"""Fetching what a release does not ship."""

import json

import cv2
import numpy as np
import pytest

from anigifs.catalog import Fingerprint
from anigifs.core.errors import InputError
from anigifs.datasets import open_clips
from anigifs.media.encode import encode_gif
from anigifs.media.fingerprint import RECIPE, fingerprint
from anigifs.net.config import NetConfig
from anigifs.net.fetcher import Fetcher
from anigifs.release import rot
from anigifs.release.hydrate import hydrate
from anigifs.release.plan import clip_id
from tests.net.web import QUICK, Web, answer, at_loopback
from tests.release.conftest import ID_ONLY, URL_ONLY, everything
from tests.release.test_build import build


def gif(seed, colours=256):
    """Soft moving clouds of grey."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (6, 6, 6, 1)).astype(np.float32)
    large = np.stack([cv2.resize(one, (80, 80), interpolation=cv2.INTER_CUBIC) for one in small])
    grey = np.clip(large, 0, 255).astype(np.uint8)[..., None]
    return encode_gif(grey.repeat(3, -1), [50] * 6, colours=colours)


class Online:
    """A fake web whose server lives as long as the fetcher does."""

    def __init__(self, replies, **config):
        self.web, self.config = Web(replies), QUICK | {"host_per_s": 1000.0} | config
        self.opened = 0

    def __call__(self):
        return self

    async def __aenter__(self):
        self.opened += 1
        await self.web.__aenter__()
        self.fetcher = await Fetcher(NetConfig(**self.config), at_loopback).__aenter__()
        return self

    async def __aexit__(self, *error):
        await self.fetcher.__aexit__(*error)
        await self.web.__aexit__(*error)

    async def get(self, url):
        return await self.fetcher.get(url.replace("media.test", f"media.test:{self.web.port}"))


def serve(data):
    return answer(data, content_type="image/gif")


@pytest.fixture
def release(bench, tmp_path):
    """1: as it was; 2: recompressed since; 3: gone; 4: by id; 5: another picture; 6: shipped."""
    shas = {n: bench.accept(n, "squat", gif(n), **URL_ONLY) for n in (1, 2, 3, 5)}
    shas[4] = bench.accept(4, "squat", gif(4), **ID_ONLY)
    shas[6] = bench.accept(6, "squat", gif(6))
    for sha in shas.values():
        known = fingerprint(bench.workspace.blobs.path(sha)).to_bytes()
        bench.workspace.fingerprints.add([Fingerprint(sha, RECIPE, known)])
    build(bench, tmp_path / "release")
    return {n: clip_id(sha) for n, sha in shas.items()}


def replies():
    return {
        "/1.gif": serve(gif(1)),
        "/2.gif": serve(gif(2, colours=64)),
        "/5.gif": serve(gif(50)),
    }


def ids(tmp_path, out):
    found = open_clips(f"{tmp_path / 'release'}?media={tmp_path / out}")
    return {clip.id for clip in found.clips}


def test_exact_bytes_are_kept_and_the_rest_is_reported(release, tmp_path):
    found = hydrate(tmp_path / "release", tmp_path / "out", Online(replies()))
    assert (found.total.clips, found.total.exact, found.total.changed) == (4, 1, 2)
    assert found.total.lost == {"gone": 1}
    assert found.total.rotten == 0.75
    [(name, part)] = found.parts.items()
    assert name.startswith("web 20")
    assert part == found.total
    assert found.by_id == 1
    assert ids(tmp_path, "out") == {release[1], release[6]}
    told = json.loads((tmp_path / "out/hydrate.json").read_text())
    assert told["total"]["lost"] == {"gone": 1}
    assert any("75.0% rotten" in line for line in rot.lines(found))


def test_similar_pictures_are_kept_only_if_asked(release, tmp_path):
    found = hydrate(tmp_path / "release", tmp_path / "out", Online(replies()), accept_similar=True)
    assert (found.total.exact, found.total.similar, found.total.changed) == (1, 1, 1)
    assert ids(tmp_path, "out") == {release[1], release[2], release[6]}


def test_a_later_run_asks_only_for_what_may_have_changed(release, tmp_path):
    first = Online(replies() | {"/1.gif": answer(status=503)}, tries=1)
    found = hydrate(tmp_path / "release", tmp_path / "out", first)
    assert found.total.later == {"server-error": 1}
    again = Online(replies())
    found = hydrate(tmp_path / "release", tmp_path / "out", again)
    assert [path for _, path in again.web.log if path.endswith(".gif")] == ["/1.gif"]
    assert found.total.exact == 1
    third = Online(replies())
    before = everything(tmp_path / "out")
    before.pop("hydrate.jsonl")  # its lines are in the order of the attempts
    hydrate(tmp_path / "release", tmp_path / "out", third)
    assert third.opened == 0
    assert everything(tmp_path / "out").items() >= before.items()


def test_a_stopped_run_goes_on(release, tmp_path):
    hydrate(tmp_path / "release", tmp_path / "out", Online(replies()))
    journal = tmp_path / "out/hydrate.jsonl"
    head, *rest = journal.read_text().splitlines(keepends=True)
    journal.write_text(head + rest[0] + rest[1][:9])
    (tmp_path / "out/hydrated.csv").unlink()
    online = Online(replies())
    found = hydrate(tmp_path / "release", tmp_path / "out", online)
    asked = {path for _, path in online.web.log if path.endswith(".gif")}
    assert len(asked) == 3
    assert (found.total.exact, found.total.changed) == (1, 2)


def test_a_workspace_gives_what_it_has_without_asking_anybody(bench, release, tmp_path):
    online = Online({})
    found = hydrate(tmp_path / "release", tmp_path / "out", online, own=bench.workspace)
    assert online.opened == 0
    assert (found.total.exact, found.had) == (4, 1)
    assert ids(tmp_path, "out") == set(release.values())


def test_a_folder_of_something_else_is_left_alone(release, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("x")
    with pytest.raises(InputError, match="holds other files"):
        hydrate(tmp_path / "release", tmp_path / "out", Online({}))
