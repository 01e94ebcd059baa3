"""From a run folder back to its model."""

import pytest
import torch

from anigifs.core.errors import ConfigError, TrainingError
from anigifs.core.files import sha256
from anigifs.core.runs import RunFolder
from anigifs.study.load import load_run_model
from tests.study.small import COLOURS, write_run


@pytest.mark.parametrize(("selection", "file"), [("source-val", "best.pt"), ("last", "last.pt")])
def test_the_checkpoint_is_the_one_that_selection_chose(tmp_path, selection, file):
    run = write_run(tmp_path / "erm-seed4", tmp_path, seed=4, selection=selection)
    found = load_run_model(run, "cpu")
    assert found.classes == tuple(COLOURS)
    assert (found.method, found.run, found.seed) == ("erm", "erm-seed4", 4)
    assert found.selection == selection
    assert found.checkpoint == sha256(run.checkpoints / file)
    assert found.view.side_px == 32
    assert not found.model.training


def test_the_weights_are_those_that_were_saved(tmp_path):
    run = write_run(tmp_path / "r", tmp_path)
    clips = torch.rand(1, 3, 8, 32, 32)
    one, two = (load_run_model(run, "cpu").model for _ in range(2))
    with torch.no_grad():
        assert torch.equal(one(clips), two(clips))


def test_a_run_without_config_or_checkpoint_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot read the config"):
        load_run_model(RunFolder(tmp_path / "absent"))
    run = write_run(tmp_path / "r", tmp_path)
    (run.checkpoints / "best.pt").unlink()
    with pytest.raises(TrainingError, match="there is no checkpoint"):
        load_run_model(run)
