"""Taking an animation down, here and in what was published."""

import asyncio
import hashlib
import tarfile

import pytest

from anigifs.catalog import Decision, Fact, Kind, Relation, Said
from anigifs.collect.fetching import fetch_waiting
from anigifs.core.errors import InputError
from anigifs.datasets import open_clips
from anigifs.datasets.release import read_manifest, read_release, verify_release
from anigifs.net.fetcher import Fetched
from anigifs.release.again import without
from anigifs.release.diff import compare, snapshot
from anigifs.release.plan import clip_id
from anigifs.release.takedown import take_down
from tests.release.conftest import URL_ONLY, everything
from tests.release.test_build import BOTH, build


def quiet(root, workspace, built):
    pass


@pytest.mark.parametrize(
    "name",
    [
        lambda sha: sha,
        clip_id,
        lambda sha: "http://media.test/1.gif",
        lambda sha: "http://page.test/1",
        lambda sha: "web:i1",
    ],
)
def test_bytes_go_and_a_tombstone_stays(bench, name):
    sha = bench.accept(1, "squat", page_url="http://page.test/1")
    other = bench.accept(2, "squat")
    asked = name(sha)
    assert take_down(bench.workspace, asked, "asked by its author", by="me").names == (sha,)
    assert sha not in bench.workspace.blobs
    assert other in bench.workspace.blobs
    [stone] = bench.workspace.takedowns.all()
    assert (stone.asked, stone.reason, stone.by) == (asked, "asked by its author", "me")
    assert bench.workspace.funnel().total.rejected == {"taken-down": 1}
    take_down(bench.workspace, asked, "again")
    assert len(bench.workspace.takedowns.all()) == 1


def test_a_takedown_that_was_interrupted_is_finished(bench):
    sha = bench.accept(1, "squat")
    data = bench.workspace.blobs.read(sha)
    take_down(bench.workspace, sha, "asked")
    bench.workspace.blobs.put(data)
    take_down(bench.workspace, sha, "asked")
    assert sha not in bench.workspace.blobs


@pytest.mark.parametrize("asked", ["0" * 64, "g" + "0" * 16, "http://x.test/", "web:no", ""])
def test_what_names_nothing_is_refused(bench, asked):
    bench.accept(1, "squat")
    with pytest.raises(InputError, match="names nothing that was fetched"):
        take_down(bench.workspace, asked, "asked")


def test_a_takedown_needs_a_reason(bench):
    with pytest.raises(InputError, match="needs a reason"):
        take_down(bench.workspace, bench.accept(1, "squat"), " ")


def test_copies_are_told_and_taken_down_if_asked(bench):
    first, copy, far = (bench.accept(n, "squat") for n in range(3))
    bench.workspace.decisions.append([
        Decision(member=copy, other=first, relation=Relation.DUPLICATE),
        Decision(member=far, other=copy, relation=Relation.DUPLICATE),
    ])  # fmt: skip
    assert set(take_down(bench.workspace, first, "asked").copies) == {copy, far}
    assert copy in bench.workspace.blobs
    assert set(take_down(bench.workspace, first, "asked", copies=True).names) == {first, copy, far}
    assert copy not in bench.workspace.blobs


def test_what_a_picture_was_converted_into_goes_with_it(bench):
    webp = bench.find(1, "squat", b"RIFF webp")
    made = bench.find(1, "squat", b"GIF89a made of it")
    to = Fact(sha256=webp, check="converted", said=Said.FAIL, evidence={"to": made})
    bench.workspace.facts.append([to])
    assert set(take_down(bench.workspace, made, "asked").names) == {webp, made}


def test_it_is_never_fetched_again_not_even_from_elsewhere(bench):
    data = b"GIF89a unwanted"
    sha = bench.accept(1, "squat", data)
    take_down(bench.workspace, sha, "asked")
    asked = []

    async def get(url):
        asked.append(url)
        return Fetched(url=url, final_url=url, status=200, headers={}, data=data, took_s=0.0)

    from anigifs.catalog import Hit

    free = {"may_store": True, "provider": "web", "label": "squat"}
    bench.workspace.hits.add(1, [Hit(id="n", url="http://elsewhere.test/n.gif", **free)])
    bench.workspace.queue.retry(Kind.FETCH)
    totals = asyncio.run(fetch_waiting(bench.workspace, get))
    assert asked == ["http://elsewhere.test/n.gif"]
    assert totals.failed == {"taken-down": 2}
    assert sha not in bench.workspace.blobs


def test_a_backup_accepts_the_absence(bench, tmp_path):
    sha = bench.accept(1, "squat")
    kept = bench.accept(2, "squat")
    take_down(bench.workspace, sha, "asked")
    assert bench.workspace.backup(tmp_path / "backup.tar") == 1
    with tarfile.open(tmp_path / "backup.tar") as archive:
        assert f"blobs/{kept[:2]}/{kept}" in archive.getnames()


@pytest.fixture
def published(bench, tmp_path):
    shas = [bench.accept(n, "squat" if n else "yoga", title=f"title {n}") for n in range(12)]
    shas.append(bench.accept(12, "squat", **URL_ONLY, title="title 12"))
    build(bench, tmp_path / "1.0.0", BOTH)
    return shas


def test_a_published_release_gets_a_patch_without_it(bench, published, tmp_path):
    gone = [published[0], published[3], published[12]]
    for sha in gone:
        take_down(bench.workspace, sha, "asked by its author")
    bench.accept(50, "squat")  # accepted since: no matter
    old = everything(tmp_path / "1.0.0")
    without(tmp_path / "1.0.0", tmp_path / "1.0.1", bench.workspace, quiet)
    assert everything(tmp_path / "1.0.0") == old
    assert verify_release(tmp_path / "1.0.1") == []
    manifest = read_manifest(tmp_path / "1.0.1")
    assert manifest.version == "1.0.1"
    assert {stone.path.split("/")[-1] for stone in manifest.tombstones} == {
        f"{clip_id(sha)}.gif" for sha in gone
    }
    found = compare(snapshot(tmp_path / "1.0.0"), snapshot(tmp_path / "1.0.1"))
    assert (found.needs, found.added, found.removed) == ("patch", (), ())
    assert set(found.taken_down) == {clip_id(sha) for sha in gone}
    assert open_clips(f"{tmp_path / '1.0.1'}?absent=keep").classes == ("squat", "yoga")
    text = b"".join(everything(tmp_path / "1.0.1").values())
    assert b"title 3" not in text
    assert b"title 4" in text


def test_tombstones_stay_from_version_to_version(bench, published, tmp_path):
    for number, sha in enumerate(published[1:3]):
        take_down(bench.workspace, sha, "asked")
        without(tmp_path / f"1.0.{number}", tmp_path / f"1.0.{number + 1}", bench.workspace, quiet)
    assert [stone.version for stone in read_manifest(tmp_path / "1.0.2").tombstones] == [
        "1.0.1", "1.0.2",
    ]  # fmt: skip
    assert len(read_release(tmp_path / "1.0.2", absent="keep").clips) == 11


def test_without_a_takedown_there_is_nothing_to_publish(bench, published, tmp_path):
    with pytest.raises(InputError, match="nothing to publish anew"):
        without(tmp_path / "1.0.0", tmp_path / "x", bench.workspace, quiet)


def test_every_flipped_byte_of_every_kind_of_file_is_noticed(published, tmp_path):
    root = tmp_path / "1.0.0"
    kinds = {name.rpartition("/")[0] or name: name for name in everything(root)}
    kinds.pop("release.json")
    assert {"ATTRIBUTION.csv", "votes.csv", "class_map.csv", "splits/da-40"} <= kinds.keys()
    for name in kinds.values():
        data = (root / name).read_bytes()
        place = int(hashlib.sha256(name.encode()).hexdigest(), 16) % len(data)
        changed = bytes([data[place] ^ 1])
        (root / name).write_bytes(data[:place] + changed + data[place + 1 :])
        assert [fault.item for fault in verify_release(root)] == [name]
        (root / name).write_bytes(data)
    assert verify_release(root) == []
