"""The code of the tutorial for people with their own model runs as written."""

import re
from pathlib import Path

import numpy as np
import pytest

from anigifs.core.files import write_bytes
from anigifs.evaluate.foreign import open_predictions
from anigifs.media.encode import encode_gif

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial-own-model.md"
BLOCKS = re.findall(r"```(python|csv)\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name in ("squat", "lunge"):
        pixels = np.zeros((3, 40, 40, 3), np.uint8)
        write_bytes(tmp_path / "data/gifs" / name / "a.gif", encode_gif(pixels, np.full(3, 100.0)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_python_of_the_tutorial_runs_in_order(here, capsys):
    names = {}
    for kind, block in BLOCKS:
        if kind == "python":
            exec(block, names)
    assert "this run only" in capsys.readouterr().out
    assert open_predictions(here / "gifs.parquet").method == "my model"
    assert open_predictions(here / "my-model-seed0.parquet").seed == 0


def test_the_table_of_the_tutorial_is_read(here):
    (table,) = [block for kind, block in BLOCKS if kind == "csv"]
    (here / "mine.csv").write_text(table)
    found = open_predictions(here / "mine.csv")
    assert found.classes == ("squat", "lunge", "clapping")
    assert found.groups == ("drawing-7", "drawing-7")


def test_the_bound_that_the_protocol_names_is_right():
    from scipy.stats import binomtest

    assert round(100 * binomtest(9, 9).proportion_ci(0.95, "exact").low, 1) == 66.4
