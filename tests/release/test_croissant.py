"""`croissant.json`, read by mlcroissant, the format's own tool."""

from __future__ import annotations

import json
import os

import pytest

from anigifs.core import files
from anigifs.datasets.release import tables
from anigifs.release.croissant import licence_url, write_croissant
from tests.release.stats.made import release

ABOUT = {
    "name": "tiny", "version": "1.2.0", "description": "Five <b>clips</b>",
    "licences": ["CC-BY-4.0", "LicenseRef-CC-BY-4.0"], "creators": ("Ann",),
    "citation": "@misc{tiny}", "url": "https://example.org/tiny", "date": "2026-01-02",
}  # fmt: skip


@pytest.fixture
def mlcroissant():
    os.environ.setdefault("CROISSANT_CACHE", "/nonexistent")  # nothing is downloaded
    return pytest.importorskip("mlcroissant")


@pytest.fixture
def root(tmp_path):
    root = release(tmp_path / "r", {"clapping": 3, "juggling": 2}, width=128.0)
    further = root / "splits" / "da-40" / "train.csv"
    tables.write_csv(further, ("clip_id", "label"), [("c000", "clapping")])
    write_croissant(root, ABOUT)
    return root


@pytest.mark.filterwarnings("ignore")  # those of mlcroissant's own dependencies
def test_mlcroissant_finds_no_fault_and_reads_every_table(root, mlcroissant):
    found = mlcroissant.Dataset(jsonld=str(root / "croissant.json"))
    assert not found.metadata.ctx.issues.errors
    assert not found.metadata.ctx.issues.warnings
    assert str(found.metadata.version) == "1.2.0"
    clips = list(found.records("clips"))
    rows = tables.read_parquet(root / "clips.parquet")
    assert [one["clips/sha256"].decode() for one in clips] == [row["sha256"] for row in rows]
    assert {one["clips/width"] for one in clips} == {128.0}
    classes = [(one["classes/name"], one["classes/clips"]) for one in found.records("classes")]
    assert classes == [(b"clapping", 3), (b"juggling", 2)]
    names = [one["splits/name"] for one in found.records("splits")]
    assert names == ["da-40/train", "test"]
    (member,) = found.records("split/da-40/train")
    assert member["split/da-40/train/clip_id"] == b"c000"


def test_every_table_stands_with_its_size_and_sha256(root):
    told = json.loads((root / "croissant.json").read_text("utf-8"))
    assert told["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    objects = {one["@id"]: one for one in told["distribution"] if "sha256" in one}
    assert set(objects) == {
        "clips.parquet", "clips.csv", "classes.csv", "splits/test.csv", "splits/da-40/train.csv"
    }  # fmt: skip
    for name, one in objects.items():
        assert one["sha256"] == files.sha256(root / name)
        assert one["contentSize"] == f"{(root / name).stat().st_size} B"


def test_the_same_tables_give_the_same_bytes(root):
    first = (root / "croissant.json").read_bytes()
    write_croissant(root, ABOUT)
    assert (root / "croissant.json").read_bytes() == first


def test_what_is_not_known_is_left_out(root):
    write_croissant(root, {"name": "tiny", "version": "1", "description": "d"})
    told = json.loads((root / "croissant.json").read_text("utf-8"))
    assert not {"license", "creator", "citeAs", "url", "datePublished"} & told.keys()


def test_licences_of_the_spdx_list_get_their_address():
    assert licence_url("CC0-1.0") == "https://spdx.org/licenses/CC0-1.0.html"
    assert licence_url("LicenseRef-CC-BY-2.0-DE") == "LicenseRef-CC-BY-2.0-DE"
    assert licence_url("NOASSERTION") == "NOASSERTION"
