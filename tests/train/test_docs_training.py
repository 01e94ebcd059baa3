"""docs/training.md and docs/how-to-add-algorithm.md say what the code does."""

import re
from pathlib import Path

import torch

from anigifs.algorithms.base import Batch, Context
from anigifs.train.config import TrainConfig
from tests.train.synthetic import net

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_keys_is_complete_and_states_the_defaults():
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", (DOCS / "training.md").read_text(), re.M)
    fields = TrainConfig.model_fields
    assert [key for key, _ in rows] == list(fields)
    for key, shown in rows:
        shown, value = shown.strip(), fields[key].default
        if isinstance(value, str) and value:
            assert shown == f'`"{value}"`', key
        elif isinstance(value, bool):
            assert shown == str(value).lower(), key
        elif isinstance(value, int | float):
            assert float(shown) == value, key


def test_the_python_example_runs_as_written(tmp_path, monkeypatch):
    from tests.train.synthetic import Clips

    (example,) = re.findall(r"```python\n(.*?)```", (DOCS / "training.md").read_text(), re.S)
    monkeypatch.chdir(tmp_path)
    names = {"model": net(), "clips": Clips()}
    exec(compile(example.replace("steps=100", "steps=2"), "training.md", "exec"), names)
    assert (tmp_path / "runs" / "mine" / "checkpoints" / "last.pt").exists()


def test_the_example_of_an_algorithm_is_one():
    page = (DOCS / "how-to-add-algorithm.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.S)
    names = {}
    exec(compile(example, "how-to-add-algorithm.md", "exec"), names)
    kind = names["LabelSmoothing"]
    context = Context(("a", "b", "c"), torch.Generator(), torch.Generator())
    algorithm = kind(net(norm=False), kind.Config(), context)
    clips = torch.rand(2, 3, 3, 6, 6) * 2 - 1
    loss, logs = algorithm.step(Batch(clips, torch.tensor([0, 2])), 0)
    log_p = algorithm.predict(clips).log_softmax(1)
    target = torch.full((2, 3), 0.1 / 3)
    target[0, 0] += 0.9
    target[1, 2] += 0.9
    torch.testing.assert_close(loss, -(target * log_p).sum(1).mean())
    assert set(logs) == {"label-smoothing/plain"}
    algorithm.restore(algorithm.state())
    algorithm.after_step(0)
