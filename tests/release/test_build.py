"""From a workspace to a release."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anigifs.catalog import Decision, Hit, Relation, Said
from anigifs.catalog.annotation import Answer, ClassChange, Role, Takedown, Vote
from anigifs.core.errors import InputError, IntegrityError
from anigifs.core.records import Box
from anigifs.datasets import open_clips
from anigifs.datasets.release import read_manifest, read_release, verify_release
from anigifs.release import build as building
from anigifs.release.plan import BuildConfig, clip_id
from anigifs.release.splits import SplitConfig
from tests.release.conftest import ID_ONLY, URL_ONLY, everything

PLAIN = BuildConfig(version="1.0.0", splits=SplitConfig(schemes=("dg-full",)))
BOTH = BuildConfig(version="1.0.0", splits=SplitConfig(schemes=("dg-full", "da-40"), least=3))


def build(bench, out, config=PLAIN, **more):
    return building.build(
        bench.workspace, out, config, describe=lambda root, workspace, built: None, **more
    )


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def mixed(bench):
    """One clip of each kind of right, two classes, one class that came out empty."""
    bench.accept(1, "squat")
    bench.accept(2, "squat", **URL_ONLY)
    bench.accept(3, "jogging", **ID_ONLY)
    bench.screen(bench.find(4, "yoga"), Said.FAIL)
    return bench


def test_what_people_accepted_is_released(mixed, tmp_path):
    found = build(mixed, tmp_path / "out")
    assert verify_release(tmp_path / "out") == []
    assert found.classes == ("jogging", "squat")
    assert sorted(clip.label for clip in found.clips) == ["jogging", "squat", "squat"]
    assert {clip.split for clip in found.clips} == {"test"}
    assert len(open_clips(str(tmp_path / "out")).clips) == 1


def test_only_what_may_be_told_is_told(mixed, tmp_path):
    build(mixed, tmp_path / "out")
    rows = {row["media"]: row for row in table(tmp_path / "out/clips.csv")}
    assert rows["shipped"]["url"] == "http://media.test/1.gif"
    assert rows["url"]["url"] == "http://media.test/2.gif"
    assert rows["id"]["url"] == ""
    assert rows["id"]["source"] == "web:i3"
    for media, row in rows.items():
        assert (tmp_path / "out" / row["path"]).exists() == (media == "shipped")
    text = b"".join(everything(tmp_path / "out").values())
    assert b"media.test/3.gif" not in text
    assert b"no. 3" not in text


def test_paths_of_this_disk_are_never_released(bench, tmp_path):
    bench.accept(1, "squat", url="file:///home/me/secret/1.gif")
    bench.accept(2, "squat", url="file:///home/me/secret/2.gif", spdx="NOASSERTION")
    build(bench, tmp_path / "out")
    text = b"".join(everything(tmp_path / "out").values())
    assert b"secret" not in text
    assert sorted(row["media"] for row in table(tmp_path / "out/clips.csv")) == ["id", "shipped"]


def test_a_licence_that_forbids_outweighs_one_that_allows(bench, tmp_path):
    sha = bench.accept(1, "squat")
    url = "http://media.test/1.gif"
    bench.workspace.hits.add(1, [Hit(provider="b", id="x", label="squat", url=url,
                                     spdx="CC-BY-NC-4.0", may_release_url=True)])  # fmt: skip
    build(bench, tmp_path / "out")
    [row] = table(tmp_path / "out/clips.csv")
    assert (row["clip_id"], row["media"], row["licence"]) == (clip_id(sha), "url", "CC-BY-NC-4.0")


def test_two_builds_of_one_workspace_are_equal_file_by_file(mixed, tmp_path):
    build(mixed, tmp_path / "a")
    build(mixed, tmp_path / "b")
    assert everything(tmp_path / "a") == everything(tmp_path / "b")
    assert str(tmp_path).encode() not in b"".join(everything(tmp_path / "a").values())


def test_finished_the_same_call_changes_nothing_and_another_is_refused(mixed, tmp_path):
    build(mixed, tmp_path / "out")
    before = everything(tmp_path / "out")
    build(mixed, tmp_path / "out")
    assert everything(tmp_path / "out") == before
    mixed.accept(9, "squat")
    with pytest.raises(InputError, match="never changes"):
        build(mixed, tmp_path / "out")


def test_an_empty_class_is_listed_with_what_emptied_it(mixed, tmp_path):
    build(mixed, tmp_path / "out")
    [row] = table(tmp_path / "out/classes-empty.csv")
    assert (row["name"], row["emptied_by"]) == ("yoga", "all were rejected")
    assert (row["found"], row["fetched"], row["rejected"]) == ("1", "1", "1")


def test_classes_have_their_counterparts_in_kinetics(bench, tmp_path):
    bench.accept(1, "passing American football (in game)")
    bench.accept(2, "juggling chainsaws")
    build(bench, tmp_path / "out")
    rows = table(tmp_path / "out/class_map.csv")
    assert rows[0]["kinetics-600"] == rows[0]["kinetics-700"] == rows[0]["name"]
    assert list(rows[1].values()) == ["juggling chainsaws", "", "", ""]


def test_attribution_gives_credit_and_no_spreadsheet_runs_it(bench, tmp_path):
    bench.accept(1, "squat", title="=HYPERLINK(1)", creator="@me", credit="'quoted'",
                 page_url="http://page.test/1", licence_url="http://cc.test/by")  # fmt: skip
    build(bench, tmp_path / "out")
    [row] = table(tmp_path / "out/ATTRIBUTION.csv")
    assert (row["title"], row["creator"], row["credit"]) == (
        "'=HYPERLINK(1)", "'@me", "''quoted'"
    )  # fmt: skip
    assert (row["licence"], row["licence_url"]) == ("CC-BY-4.0", "http://cc.test/by")
    assert row["link"] == "http://page.test/1"


def test_reasons_for_leaving_out_what_was_accepted(bench, tmp_path):
    kept = bench.accept(0, "squat")
    failed, copy, two, gone = (bench.accept(n, "squat") for n in range(1, 5))
    bench.screen(failed, Said.FAIL)
    bench.workspace.decisions.append(
        [Decision(member=copy, other=kept, relation=Relation.DUPLICATE)]
    )
    bench.say(two, "yoga")
    bench.workspace.takedowns.append(Takedown(sha256=gone, asked=gone, reason="asked"))
    old = bench.accept(5, "old name")
    bench.workspace.guidance.change_class(ClassChange(old="old name", new="new name"))
    assert [clip.id for clip in build(bench, tmp_path / "out").clips] == [clip_id(kept)]
    reasons = {row["sha256"]: row["reason"] for row in table(tmp_path / "out/left-out.csv")}
    assert reasons.keys() == {failed, copy, two, gone, old}
    assert reasons[two] == "accepted under several classes: squat, yoga"
    assert reasons[copy] == f"a duplicate of {kept}"
    assert reasons[gone] == "taken down"
    assert "it became new name" in reasons[old]


def test_the_newest_verdict_counts(bench, tmp_path):
    sha = bench.accept(1, "squat")
    bench.accept(2, "squat")
    bench.say(sha, "squat", Said.FAIL)
    assert clip_id(sha) not in {clip.id for clip in build(bench, tmp_path / "out").clips}


def test_nothing_to_release_says_why(bench, tmp_path):
    with pytest.raises(InputError, match="nothing was accepted yet"):
        build(bench, tmp_path / "out")
    bench.screen(bench.accept(1, "squat"), Said.FAIL)
    with pytest.raises(InputError, match=r"rejected by screening \(1 times\)"):
        build(bench, tmp_path / "out")


def test_missing_bytes_stop_the_build(bench, tmp_path):
    sha = bench.accept(1, "squat")
    bench.workspace.blobs.path(sha).unlink()
    with pytest.raises(IntegrityError, match="restore a backup"):
        build(bench, tmp_path / "out")


@pytest.mark.parametrize("label", ["=1+1", "@x", "-a", ""])
def test_a_class_name_that_a_spreadsheet_would_run_is_refused(bench, tmp_path, label):
    bench.accept(1, label)
    with pytest.raises(InputError, match="rename the classes"):
        build(bench, tmp_path / "out")


def test_copies_and_pages_never_cross_a_split(bench, tmp_path):
    shas = [bench.accept(n, "squat", page_url=f"http://page.test/{n // 3}") for n in range(30)]
    bench.workspace.decisions.append(
        [Decision(member=shas[0], other=shas[29], relation=Relation.RELATED)]
    )
    build(bench, tmp_path / "out", BOTH)
    found = open_clips(f"{tmp_path / 'out'}?scheme=da-40")
    split = {clip.id: clip.split for clip in found.clips}
    assert set(split.values()) == {"train", "val", "test"}
    pages = [{split[clip_id(sha)] for sha in shas[n : n + 3]} for n in range(0, 30, 3)]
    assert [len(page) for page in pages] == [1] * 10
    assert pages[0] == pages[9]


def test_boxes_and_votes_are_released_without_names(bench, tmp_path):
    sha = bench.accept(1, "squat")
    person, _ = bench.workspace.people.invite("Maria Muster", Role.ANNOTATOR)
    yes = dict.fromkeys(("animation", "character", "exact"), Answer.YES)
    bench.workspace.votes.bring(person.id, [
        Vote(client_id="c1", person="", sha256=sha, label="squat", note="call me: 555", **yes)
    ])  # fmt: skip
    box = Box(0.0, 0.1, 0.1, 0.5, 0.5)
    found = build(bench, tmp_path / "out", boxes={clip_id(sha): [box]})
    assert found.clips[0].boxes == (box,)
    [vote] = table(tmp_path / "out/votes.csv")
    assert (vote["person"], vote["exact"], vote["clip_id"]) == ("p1", "yes", clip_id(sha))
    text = b"".join(everything(tmp_path / "out").values())
    assert b"Maria" not in text
    assert b"555" not in text


def test_a_release_with_simulated_votes_says_so(bench, tmp_path):
    bench.accept(1, "squat")
    bench.workspace.people.invite("simulated-1", Role.ANNOTATOR)
    assert build(bench, tmp_path / "out").simulated is True


class TestVersions:
    def next(self, bench, tmp_path, version):
        config = BOTH.model_copy(update={"version": version})
        return build(bench, tmp_path / version, config, previous=tmp_path / "1.0.0")

    @pytest.fixture(autouse=True)
    def first(self, bench, tmp_path):
        self.shas = [bench.accept(n, "squat") for n in range(12)]
        build(bench, tmp_path / "1.0.0", BOTH)

    def test_nothing_new_is_a_patch(self, bench, tmp_path):
        with pytest.raises(InputError, match=r"only metadata changed.*the version 1\.0\.1"):
            self.next(bench, tmp_path, "1.1.0")
        self.next(bench, tmp_path, "1.0.1")

    def test_new_clips_are_minor_and_the_old_ones_stay_in_their_splits(self, bench, tmp_path):
        for number in range(20, 40):
            bench.accept(number, "squat")
        with pytest.raises(InputError, match=r"clips were added.*the version 1\.1\.0"):
            self.next(bench, tmp_path, "1.0.1")
        self.next(bench, tmp_path, "1.1.0")
        old, new = (
            {clip.id: clip.split for clip in open_clips(f"{tmp_path / v}?scheme=da-40").clips}
            for v in ("1.0.0", "1.1.0")
        )
        assert len(new) == 32
        assert {name: new[name] for name in old} == old

    def test_another_label_is_major(self, bench, tmp_path):
        bench.say(self.shas[0], "squat", Said.FAIL)
        bench.say(self.shas[0], "yoga")
        with pytest.raises(InputError, match=r"labels changed.*the version 2\.0\.0"):
            self.next(bench, tmp_path, "1.1.0")
        self.next(bench, tmp_path, "2.0.0")

    def test_a_clip_that_is_gone_is_major_unless_it_was_taken_down(self, bench, tmp_path):
        bench.workspace.takedowns.append(
            Takedown(sha256=self.shas[0], asked="x", reason="asked by its author")
        )
        self.next(bench, tmp_path, "1.0.1")
        [stone] = read_manifest(tmp_path / "1.0.1").tombstones
        assert stone.path == f"media/squat/{clip_id(self.shas[0])}.gif"
        assert (stone.reason, stone.version) == ("asked by its author", "1.0.1")
        bench.say(self.shas[1], "squat", Said.FAIL)
        with pytest.raises(InputError, match="clips are gone"):
            self.next(bench, tmp_path, "1.0.2")

    def test_a_split_that_must_change_is_major(self, bench, tmp_path):
        found = open_clips(f"{tmp_path / '1.0.0'}?scheme=da-40")
        split = {clip.id: clip.split for clip in found.clips}
        one = next(sha for sha in self.shas if split[clip_id(sha)] == "train")
        other = next(sha for sha in self.shas if split[clip_id(sha)] == "test")
        bench.workspace.decisions.append(
            [Decision(member=one, other=other, relation=Relation.RELATED)]
        )
        with pytest.raises(InputError, match="splits changed"):
            self.next(bench, tmp_path, "1.0.1")

    @pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.0-rc1", "01.0.0"])
    def test_a_version_is_three_numbers(self, bench, tmp_path, version):
        with pytest.raises(InputError, match=r"MAJOR\.MINOR\.PATCH"):
            self.next(bench, tmp_path, version)


KILLED = """
import os, sys
from pathlib import Path
os.fsync = lambda handle: None
from anigifs.catalog import Workspace
from anigifs.release.build import build
from anigifs.release.plan import BuildConfig
from anigifs.release.splits import SplitConfig
print("go", flush=True)
with Workspace.open(Path(sys.argv[1])) as workspace:
    config = BuildConfig(version="1.0.0", splits=SplitConfig(schemes=("dg-full",)))
    build(workspace, Path(sys.argv[2]), config, describe=lambda *_: None)
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_ends_the_same(bench, tmp_path):
    for number in range(300):
        bench.accept(number, "squat" if number % 2 else "yoga")
    build(bench, tmp_path / "whole")
    half = tmp_path / "half"
    for stored in (1, 60, 200):
        command = [sys.executable, "-c", KILLED, str(bench.workspace.root), str(half)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        while process.poll() is None and sum(1 for _ in half.rglob("*.gif")) < stored:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert Path(half).exists()
    build(bench, half)
    assert everything(half) == everything(tmp_path / "whole")
    assert len(read_release(half).clips) == 300
