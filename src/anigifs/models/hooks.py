"""Look into a model, or change it, for the length of a `with` block; nothing stays behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from anigifs.core.errors import InputError


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Eval mode; afterwards, also on an error, every module has its own mode back.

    A pass inside moves no batch-norm statistics and draws nothing for dropout.
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


@contextmanager
def on_output(module: nn.Module, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Whatever `module` gives out goes through `change`; released at the end, also on an error.

    Raises:
        InputError: the block ended and `module` never ran, so nothing was seen or changed.
    """
    calls = []

    def hook(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
        calls.append(1)
        return change(output)

    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()
    if not calls:
        raise InputError(
            f"a {type(module).__name__} was to be looked at, but the model did not run it. Name "
            "a layer of this model; a compiled model hides its layers, so set compile = false"
        )
