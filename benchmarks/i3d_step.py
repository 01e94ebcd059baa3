"""What a training step of I3D costs. Run: python -m benchmarks.i3d_step [--full] [--threads 2]

Answers one question: how many clips a second does one optimiser step take (forward, cross-entropy,
backward, Adam), ours beside a plain loop: the network as its PyTorch port pads it, contiguous
float32 (no TF32)? Both hold the same weights and take turns in one process. On a CPU: the small
network (width 0.125) on 16x64x64 and 16x112x112, with --full also the published one on one clip
of 40x224x224. With a CUDA device: 40x224x224 in bfloat16, channels last, and its share of the
matrix-product rate measured here (3 x 69.5 GMAC a clip: forward, and twice that backward).
On one thread the clock is that of the process, so other programs disturb less.
"""

from __future__ import annotations

import argparse
import copy
import json
import platform
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter, process_time

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from anigifs.models.i3d import I3D, Shape
from anigifs.models.same import SameConv3d, SameMaxPool3d, same_padding

FULL_GMAC = 69.5
CLASSES = tuple(f"class {n}" for n in range(600))


@dataclass(frozen=True)
class Case:
    """One setting: which network on which clips, how often."""

    shape: Shape
    batch: int
    frames: int
    side: int
    classes: int
    rounds: int

    @property
    def name(self) -> str:
        """How the results call it."""
        clip = f"{self.frames}x{self.side}x{self.side}"
        return f"width {self.shape.width}, {clip}, batch {self.batch}"


SMALL = [
    Case(Shape(0.125, 16), 16, 16, 64, 8, 7),
    Case(Shape(0.125, 16), 16, 16, 112, 8, 5),
]
FULL = Case(Shape(), 1, 40, 224, 600, 2)
CUDA = [Case(Shape(), batch, 40, 224, 600, 10) for batch in (8, 16, 32)]


def padded(x: Tensor, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    pads: list[int] = []
    for size, k, s in zip(x.shape[2:], kernel, stride, strict=True):
        pads = [*same_padding(size, k, s), *pads]
    return F.pad(x, pads)


def plain(model: nn.Module) -> nn.Module:
    """A copy that pads every map by hand, as the port does."""
    twin = copy.deepcopy(model)
    for module in twin.modules():
        if isinstance(module, SameConv3d):
            module.forward = lambda x, m=module: F.conv3d(  # type: ignore[method-assign]
                padded(x, m.kernel_size, m.stride), m.weight, m.bias, m.stride
            )
        elif isinstance(module, SameMaxPool3d):
            module.forward = lambda x, m=module: F.max_pool3d(  # type: ignore[method-assign]
                padded(x, m.kernel, m.stride), m.kernel, m.stride
            )
    return twin


def stepper(
    model: nn.Module, case: Case, device: str, last: bool, dtype: torch.dtype
) -> Callable[[], None]:
    """A function that does one optimiser step."""
    layout = torch.channels_last_3d if last else torch.contiguous_format
    model = model.to(device).to(memory_format=layout).train()
    size = (case.batch, 3, case.frames, case.side, case.side)
    clips = (torch.rand(size) * 2 - 1).to(device).contiguous(memory_format=layout)
    labels = torch.arange(case.batch, device=device) % case.classes
    optimiser = torch.optim.Adam(model.parameters(), 1e-4)

    def step() -> None:
        optimiser.zero_grad()
        with torch.autocast(device, dtype, enabled=dtype != torch.float32):
            loss = F.cross_entropy(model(clips), labels)
        loss.backward()
        optimiser.step()
        if device == "cuda":
            torch.cuda.synchronize()

    return step


def timed(steps: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each step in each round; the steps take turns."""
    clock = process_time if torch.get_num_threads() == 1 else perf_counter
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(rounds + 1):  # the first round warms up
        for name, step in steps.items():
            start = clock()
            step()
            if number:
                times[name].append(clock() - start)
    return times


def compare(case: Case, device: str, dtype: torch.dtype) -> dict[str, object]:
    torch.manual_seed(0)
    model = I3D(CLASSES[: case.classes], case.shape)
    steps = {
        "plain": stepper(plain(model), case, device, False, torch.float32),
        "ours": stepper(model, case, device, True, dtype),
    }
    times = timed(steps, case.rounds)
    rates = {name: sorted(case.batch / second for second in times[name]) for name in times}
    middle = {name: statistics.median(rate) for name, rate in rates.items()}
    return {
        "case": case.name,
        **{f"{name}_clips_per_s": round(rate, 2) for name, rate in middle.items()},
        **{
            f"{name}_spread": [round(r, 2) for r in (rate[0], rate[-1])]
            for name, rate in rates.items()
        },
        "times_faster": round(middle["ours"] / middle["plain"], 2),
    }


def matmul_rate(dtype: torch.dtype) -> float:
    """Multiplications a second of the device's own matrix product, 8192 x 8192."""
    n, rounds = 8192, 20
    a, b = (torch.randn(n, n, device="cuda", dtype=dtype) for _ in range(2))
    for _ in range(5):
        a @ b
    torch.cuda.synchronize()
    start = perf_counter()
    for _ in range(rounds):
        a @ b
    torch.cuda.synchronize()
    return rounds * n**3 / (perf_counter() - start)


def on_cuda() -> Iterator[dict[str, object]]:
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    peak = matmul_rate(torch.bfloat16)
    for case in CUDA:
        row = compare(case, "cuda", torch.bfloat16)
        used = float(str(row["ours_clips_per_s"])) * 3 * FULL_GMAC * 1e9
        yield row | {
            "peak_tmac_per_s": round(peak / 1e12, 1),
            "share_of_peak": round(used / peak, 3),
        }
        torch.cuda.empty_cache()


def on_cpu(full: bool) -> Iterator[dict[str, object]]:
    for case in [*SMALL, *([FULL] if full else [])]:
        yield compare(case, "cpu", torch.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the published size on a CPU too")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="leave a CUDA device alone")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cuda = torch.cuda.is_available() and not arguments.cpu
    result = {
        "benchmark": "one training step of I3D",
        "rows": list(on_cuda() if cuda else on_cpu(arguments.full)),
        "device": torch.cuda.get_device_name() if cuda else f"CPU, {arguments.threads} thread(s)",
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
