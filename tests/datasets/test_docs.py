"""The pages on datasets say what is there, and their examples run."""

import re
from pathlib import Path

import pytest

from anigifs.core.taxonomy.maps import known_maps
from anigifs.datasets import SOURCES
from anigifs.datasets.sources.base import SourceConfig
from anigifs.datasets.spec import open_clips
from tests.datasets.standins import fill

DOCS = Path(__file__).resolve().parents[2] / "docs"


def examples(page):
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_source_and_option_is_documented(name):
    page = (DOCS / "datasets.md").read_text("utf-8")
    assert f"### `{name}`" in page
    section = page.partition(f"### `{name}`")[2].partition("\n### ")[0]
    own = SOURCES[name].Config.model_fields.keys() - SourceConfig.model_fields.keys()
    assert not [option for option in own if f"{option}=" not in section]
    shared = page.partition("## Options of every source")[2].partition("\n## ")[0]
    assert not [option for option in SourceConfig.model_fields if f"`{option}=" not in shared
                and option != "path"]  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(known_maps()) - {"ucf101_to_ucf-hmdb"}))
def test_every_map_is_documented(name):
    assert f"`{name}`" in (DOCS / "datasets.md").read_text("utf-8")


def test_the_example_of_a_release_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fill(tmp_path / "drawings", ["a.gif", "b.gif"])
    exec(compile(examples("how-to-add-dataset.md")[0], "how-to", "exec"), {})
    assert [clip.id for clip in open_clips("waves-1.0.0").clips] == ["a", "b"]


def test_the_example_of_a_source_runs(tmp_path, monkeypatch):
    space = {}
    exec(compile(examples("how-to-add-dataset.md")[1], "how-to", "exec"), space)
    fill(tmp_path, ["wave-1.gif", "push-1.gif"])
    monkeypatch.setattr(SOURCES, "_plugins", lambda: {"waves": Plugin(space["Waves"])})
    found = open_clips(f"waves:{tmp_path}")
    assert [(clip.id, clip.label) for clip in found.clips] == [
        ("push-1", "push"),
        ("wave-1", "wave"),
    ]


class Plugin:
    """An entry point that is loaded already."""

    def __init__(self, found):
        self.load = lambda: found
