import pickle

import pytest
import torch

from anigifs.core.errors import IntegrityError, TrainingError
from anigifs.train import checkpoint


def test_a_checkpoint_comes_back(tmp_path):
    saved = {"model": {"w": torch.ones(2)}, "step": 3, "best": None, "classes": ["a"]}
    checkpoint.write(tmp_path / "sub" / "last.pt", saved)
    loaded = checkpoint.read(tmp_path / "sub" / "last.pt")
    assert torch.equal(loaded["model"]["w"], torch.ones(2))
    assert {key: loaded[key] for key in ("step", "best", "classes")} == {
        "step": 3, "best": None, "classes": ["a"],
    }  # fmt: skip
    assert [file.name for file in (tmp_path / "sub").iterdir()] == ["last.pt"]


def test_the_average_counts_where_one_was_kept():
    model, average = {"w": torch.zeros(1)}, {"w": torch.ones(1)}
    assert checkpoint.weights({"model": model}) is model
    assert checkpoint.weights({"model": model, "average": average}) is average


class Evil:
    def __reduce__(self):
        return print, ("code ran",)


@pytest.mark.parametrize("how", ["cut", "empty", "pickle", "code"])
def test_damage_and_code_are_refused_and_nothing_runs(tmp_path, how, capsys):
    path = tmp_path / "last.pt"
    checkpoint.write(path, {"model": {"w": torch.ones(1000)}})
    whole = path.read_bytes()
    if how == "code":
        torch.save({"format": 1, "model": Evil()}, path)
    else:
        content = {"cut": whole[: len(whole) // 2], "empty": b"", "pickle": pickle.dumps(Evil())}
        path.write_bytes(content[how])
    with pytest.raises(IntegrityError, match=r"last\.pt is damaged or not a checkpoint"):
        checkpoint.read(path)
    assert "code ran" not in capsys.readouterr().out


def test_a_checkpoint_of_other_code_is_refused_with_the_way_to_read_it(tmp_path):
    torch.save({"state_dict": {}}, tmp_path / "other.pt")
    with pytest.raises(TrainingError, match=r"model\.checkpoint"):
        checkpoint.read(tmp_path / "other.pt")
