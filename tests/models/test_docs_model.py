"""The model in docs/how-to-add-model.md keeps the promises that the page lists."""

import re
from pathlib import Path

import torch

from anigifs.models.config import ModelConfig

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to-add-model.md"


def test_the_model_of_the_page_works_as_written():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    space = {}
    exec(compile(code, str(PAGE), "exec"), space)
    model = space["build"](ModelConfig(options={"channels": 4}), ("a", "b"))
    clips = torch.rand(2, 3, 8, 32, 32)
    assert model(clips).shape == (2, 2)
    assert model.features(clips).shape == (2, 32, 1, 2, 2)
    assert len(model.head.weight) == len(model.classes)
