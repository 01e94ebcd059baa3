"""Is 3-D convolution right on this computer? It was not, silently, in some releases.

Known: torch 2.9 with cuDNN 9.8 to 9.14 is slow or wrong in bfloat16.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from anigifs.core.errors import TrainingError
from anigifs.core.machine import Finding, State

TOLERANCE = {torch.float32: 2e-3, torch.bfloat16: 2e-2, torch.float16: 4e-3}
"""Largest error, relative to the largest value. Our choice: about three roundings of the type;
for float32, of TF32, which a GPU may use in its place."""

SHAPE = (2, 48, 6, 14, 14)
KERNEL = (64, 48, 3, 3, 3)

Convolution = Callable[..., Tensor]


def conv3d_error(
    device: torch.device | str, dtype: torch.dtype, convolution: Convolution = F.conv3d
) -> float:
    """The error of one `conv3d` and its two gradients against float32 on the CPU.

    The inputs are the same numbers, already rounded to `dtype`; contiguous and channels-last
    memory are both tried. Returns the largest difference divided by the largest value, NaN if
    anything is NaN.
    """
    numbers = torch.Generator().manual_seed(0)
    clip = torch.randn(SHAPE, generator=numbers).to(dtype)
    weight = (torch.randn(KERNEL, generator=numbers) / 36).to(dtype)
    pull = torch.randn((SHAPE[0], KERNEL[0], *SHAPE[2:]), generator=numbers).to(dtype)
    exact = _pass(clip.float(), weight.float(), pull.float(), F.conv3d)
    worst = torch.zeros(())
    for layout in (torch.contiguous_format, torch.channels_last_3d):
        a, b, c = (x.to(device).contiguous(memory_format=layout) for x in (clip, weight, pull))
        for got, right in zip(_pass(a, b, c, convolution), exact, strict=True):
            error = (got.float().cpu() - right).abs().max() / right.abs().max()
            worst = torch.maximum(worst, error)  # keeps a NaN, unlike max()
    return float(worst)


def require_conv3d(device: torch.device | str, dtype: torch.dtype) -> None:
    """Raise `TrainingError` when `conv3d` is wrong here; a training run asks before it starts."""
    error = conv3d_error(device, dtype)
    if not error <= TOLERANCE[dtype]:
        raise TrainingError(
            f"conv3d in {dtype} on {device} is wrong by {error:.2g} of the largest value, where "
            f"{TOLERANCE[dtype]} is allowed ({versions()}). Train in another precision, or "
            "install another torch; torch 2.9 with cuDNN 9.8 to 9.14 is known to be broken."
        )


def versions() -> str:
    """torch, CUDA and cuDNN in one line."""
    cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    return f"torch {torch.__version__}, CUDA {torch.version.cuda}, cuDNN {cudnn}"


def devices() -> list[Finding]:
    """What torch computes on, and the numeric test of each device and precision."""
    found = [Finding("torch", "version", versions())]
    places = ["cpu", *(f"cuda:{n}" for n in range(torch.cuda.device_count()))]
    for place in places:
        found.append(Finding("torch", place, _describe(place)))
        found.extend(_finding(place, dtype) for dtype in _precisions(place))
    if len(places) == 1:
        remedy = "none is needed for the demo; a CUDA build of torch for full-size training"
        found.append(Finding("torch", "cuda", "no GPU", State.ABSENT, remedy))
    return found


def _pass(clip: Tensor, weight: Tensor, pull: Tensor, convolution: Convolution) -> list[Tensor]:
    """The output and the gradients of both inputs, pulled by `pull`."""
    clip, weight = clip.requires_grad_(), weight.requires_grad_()
    out = convolution(clip, weight, padding=1)
    return [out.detach(), *torch.autograd.grad(out, (clip, weight), pull)]


def _precisions(place: str) -> list[torch.dtype]:
    return [torch.float32, torch.bfloat16, *([] if place == "cpu" else [torch.float16])]


def _describe(place: str) -> str:
    if place == "cpu":
        return f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"
    facts = torch.cuda.get_device_properties(place)
    return f"{facts.name}, {facts.total_memory / 2**30:.0f} GiB"


def _finding(place: str, dtype: torch.dtype) -> Finding:
    name = f"conv3d {str(dtype).removeprefix('torch.')} on {place}"
    try:
        error = conv3d_error(place, dtype)
    except RuntimeError as fault:
        return Finding("torch", name, f"does not run: {fault}", State.ABSENT, "another precision")
    found = f"error {error:.1e} of the largest value, {TOLERANCE[dtype]:.0e} allowed"
    if error <= TOLERANCE[dtype]:
        return Finding("torch", name, found)
    return Finding("torch", name, found, State.BAD, "another precision, or another torch")
