"""Tokens as a map, and back."""

import pytest
import torch

from anigifs.core.errors import InputError
from anigifs.models.adapters.tap import Layout, Tap, checked


@pytest.mark.parametrize(("lead", "time_last"), [(0, False), (1, False), (1, True), (2, True)])
def test_tokens_pass_unchanged_and_each_cell_is_where_it_belongs(lead, time_last):
    grid = (2, 3, 4)
    layout = Layout(grid, lead, time_last)
    tokens = torch.arange(2 * (lead + 24) * 5.0).reshape(2, lead + 24, 5)
    tap, seen = Tap(), []
    tap.map.register_forward_hook(lambda _, __, out: seen.append(out))
    assert torch.equal(tap(tokens, layout), tokens)
    assert seen[0].shape == (2, 5, *grid)
    t, h, w = 1, 2, 3
    place = lead + ((h * 4 + w) * 2 + t if time_last else (t * 3 + h) * 4 + w)
    assert torch.equal(seen[0][:, :, t, h, w], tokens[:, place])


def test_a_change_of_the_map_reaches_the_tokens_but_not_the_class_token():
    tap = Tap()
    tap.map.register_forward_hook(lambda _, __, out: out * 0)
    out = tap(torch.ones(1, 7, 3), Layout((1, 2, 3), lead=1))
    assert out[0, 0].tolist() == [1, 1, 1]
    assert out[0, 1:].abs().sum() == 0


def test_an_option_that_is_unknown_or_impossible_is_named():
    with pytest.raises(InputError, match=r"unknown \['heigth'\]; known: height"):
        checked({"heigth": 3}, ["height"], dict)
    with pytest.raises(InputError, match="is not possible"):
        checked({"height": "x"}, ["height"], lambda height: int(height))
