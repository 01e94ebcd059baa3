import pytest
import torch
from torch import nn

from anigifs.core.errors import InputError
from anigifs.models.hooks import evaluating, on_output


def test_every_module_gets_its_own_mode_back_even_after_an_error():
    model = nn.Sequential(nn.Dropout(), nn.Sequential(nn.BatchNorm1d(2), nn.Dropout()))
    model[1][0].eval()
    with pytest.raises(KeyError), evaluating(model):
        assert not any(module.training for module in model.modules())
        raise KeyError
    assert [module.training for module in model.modules()] == [True, True, True, False, True]


def test_an_output_is_changed_inside_the_block_and_not_after_it():
    model = nn.Sequential(nn.Identity(), nn.ReLU())
    x = torch.tensor([1.0, -2.0])
    with pytest.raises(KeyError), on_output(model[0], lambda out: -3 * out):
        assert model(x).tolist() == [0, 6]
        raise KeyError
    assert model(x).tolist() == [1, 0]
    assert not model[0]._forward_hooks


def test_a_layer_that_never_runs_is_an_error():
    model = nn.Sequential(nn.ReLU())
    with pytest.raises(InputError, match="compile"), on_output(nn.ReLU(), torch.neg):
        model(torch.ones(2))
