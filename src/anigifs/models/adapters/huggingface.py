"""VideoMAE, TimeSformer and ViViT of the transformers library, built from a config.

`model.options` are keys of the network's own config class (`num_frames`, `image_size`,
`hidden_size`, ...); with a `checkpoint` folder the config comes from there, and only from there
on this disk: nothing is downloaded and no code of the folder is run.
Our choice: the colour normalisation is that of the published checkpoints.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, final

from torch import Tensor, nn

from anigifs.core.errors import InputError
from anigifs.models.adapters.tap import Adapter, Layout, Tap, checked
from anigifs.models.config import ModelConfig


class Family(NamedTuple):
    """One architecture of the library.

    stem: the prefix of its classes.
    time_last, class_token: how its tokens are laid out, see `Layout`.
    """

    stem: str
    time_last: bool
    class_token: bool
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


FAMILIES = {
    "videomae": Family("VideoMAE", False, False, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "timesformer": Family("Timesformer", True, True, (0.45, 0.45, 0.45), (0.225, 0.225, 0.225)),
    "vivit": Family("Vivit", False, True, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
}


@final
class HuggingFaceVideo(Adapter):
    """One of them, with a tap in front of its last layer."""

    def __init__(self, net: nn.Module, classes: tuple[str, ...], family: Family) -> None:
        super().__init__(net, classes, family.mean, family.std)
        config: Any = net.config
        self.frames, self.side = int(config.num_frames), _side(config.image_size)
        frames, pixels = _cell(config)
        grid = self.frames // frames, self.side // pixels, self.side // pixels
        self.layout = Layout(grid, int(family.class_token), family.time_last)
        self.tap = Tap()
        _last_layer(net).register_forward_pre_hook(self._through)

    def forward(self, clips: Tensor) -> Tensor:
        """Clips (B, 3, frames, side, side) in [-1, 1] to logits (B, K).

        Raises `InputError` for clips of another size: the positions are fixed.
        """
        wanted = self.frames, self.side, self.side
        if clips.shape[2:] != wanted:
            raise InputError(
                f"this network reads clips of {wanted} (frames, height, width), got "
                f"{tuple(clips.shape[2:])}: set the view to it, or model.options num_frames "
                "and image_size"
            )
        logits: Tensor = self.net(pixel_values=self.normalised(clips).transpose(1, 2)).logits
        return logits

    @property
    def last_block(self) -> nn.Module:
        """The tap's map: what enters the last layer."""
        return self.tap.map

    @property
    def head(self) -> nn.Module:
        """The classifier."""
        return self.net.get_submodule("classifier")

    def _through(self, _layer: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        return self.tap(inputs[0], self.layout), *inputs[1:]


def build(config: ModelConfig, classes: tuple[str, ...]) -> HuggingFaceVideo:
    """The network that `config.name` and `config.options` describe, with new weights.

    Raises:
        InputError: transformers is absent; an option is unknown or impossible.
    """
    family = FAMILIES[config.name]
    net = build_net(config, classes, family.stem, "ForVideoClassification")
    return HuggingFaceVideo(net, classes, family)


def build_net(config: ModelConfig, classes: tuple[str, ...], stem: str, task: str) -> nn.Module:
    """The library's own `<stem><task>` with new weights; raises as `build` does."""
    library = _library()
    kind = getattr(library, f"{stem}Config")
    names = {
        "id2label": dict(enumerate(classes)),
        "label2id": {n: k for k, n in enumerate(classes)},
    }
    start = kind
    if config.checkpoint and Path(config.checkpoint).is_dir():
        start = partial(kind.from_pretrained, config.checkpoint, local_files_only=True)

    def make(**options: Any) -> nn.Module:
        net_kind: type[nn.Module] = getattr(library, f"{stem}{task}")
        return net_kind(start(**options, **names))

    net: nn.Module = checked(config.options, list(kind().to_dict()), make)
    return net


def _library() -> ModuleType:
    try:
        import transformers
    except ImportError:
        raise InputError("this model needs transformers: pip install 'anigifs[hf]'") from None
    library: ModuleType = transformers
    return library


def _side(size: Any) -> int:
    """One side of a square given as n or (n, n)."""
    sides = {size} if isinstance(size, int) else set(size)
    if len(sides) != 1:
        raise InputError(f"model.options: only square pictures and patches are read, got {size}")
    return int(sides.pop())


def _cell(config: Any) -> tuple[int, int]:
    """The frames and the pixels of a side that one token stands for."""
    tubelet = getattr(config, "tubelet_size", 1)
    if isinstance(tubelet, int):
        return tubelet, _side(config.patch_size)
    return int(tubelet[0]), _side(tubelet[1:])


def _last_layer(net: nn.Module) -> nn.Module:
    """The last of the first list of layers: where it hangs differs from release to release."""
    stacks = (module for module in net.modules() if isinstance(module, nn.ModuleList))
    last: nn.Module = next(stacks)[-1]
    return last
