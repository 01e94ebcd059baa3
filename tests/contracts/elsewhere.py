"""A device that is not the CPU, on the CPU: code that mixes the two fails as it would with a GPU.

`Far` tensors carry their numbers on the CPU under the name of another device ("meta", the one
torch asks no driver for). Inside `Elsewhere()` every operation is checked: tensors of both places
may meet only in copies, in scalars, and as the indices of a far tensor, which torch allows.
"""

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

OTHER = torch.device("meta")
ACROSS = {"aten::_to_copy", "aten::copy_", "aten::index"}


class Far(torch.Tensor):
    """Numbers kept on the CPU under the name of another device."""

    @staticmethod
    def __new__(cls, near):
        return torch.Tensor._make_wrapper_subclass(
            cls,
            near.shape,
            strides=near.stride(),
            storage_offset=near.storage_offset(),
            dtype=near.dtype,
            device=OTHER,
        )

    def __init__(self, near):
        self.near = near.detach()

    __torch_function__ = torch._C._disabled_torch_function_impl

    def __repr__(self):
        return f"Far({self.near})"

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return _run(func, args, kwargs or {})


class Elsewhere(TorchDispatchMode):
    """Checks every operation; `seen` are their names."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen.add(func._schema.name)
        return _run(func, args, kwargs or {})


def far_model(model: nn.Module) -> nn.Module:
    """The model moved there, in place."""
    for module in model.modules():
        for name, weight in module.named_parameters(recurse=False):
            module._parameters[name] = nn.Parameter(Far(weight.detach().clone()))
        for name, buffer in module.named_buffers(recurse=False):
            module._buffers[name] = Far(buffer.clone())
    return model


def _run(func, args, kwargs):
    tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
    far = any(isinstance(x, Far) for x in tensors)
    if far and func._schema.name not in ACROSS:
        _check(func._schema.name, tensors)
    if kwargs.get("device") is not None:
        far = torch.device(kwargs["device"]) == OTHER
        kwargs = {**kwargs, "device": torch.device("cpu")}
    elif func._schema.name in ("aten::copy_", "aten::index"):
        far = isinstance(args[0], Far)
    near_args, near_kwargs = tree_map_only(Far, lambda x: x.near, (args, kwargs))
    out = func(*near_args, **near_kwargs)
    if not far:
        return out
    same = {id(x.near): x for x in tensors if isinstance(x, Far)} if func._schema.is_mutable else {}
    return tree_map_only(torch.Tensor, lambda x: same[id(x)] if id(x) in same else Far(x), out)


def _check(name, tensors):
    for x in tensors:
        if not isinstance(x, Far) and x.ndim:
            raise RuntimeError(f"{name}: a tensor {tuple(x.shape)} is on the CPU, others are not")
