"""Video networks of torchvision: 3-D ResNets, S3D, Swin3D, MViT.

`model.options` are keyword arguments of torchvision's own builder. Its published weights are
files of `state_dict()`s: give one as `checkpoint`, with `labels = "kinetics-400"`.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, final

from torch import Tensor, nn

from anigifs.core.errors import InputError
from anigifs.models.adapters.tap import Adapter, Layout, Tap, checked
from anigifs.models.config import ModelConfig

RESNET = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)
GREY = (0.45, 0.45, 0.45), (0.225, 0.225, 0.225)
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Places(NamedTuple):
    """Where a network keeps its last map and its classes, by name; colours as it was trained.

    last: the layer that gives the map out, or takes it in if `enters`.
    tokens: `last` takes (tokens, (T', H', W')) with one class token in front.
    """

    last: str
    head: str
    colours: tuple[tuple[float, float, float], tuple[float, float, float]]
    enters: bool = False
    tokens: bool = False


NETWORKS = {
    "mvit_v2_s": Places("blocks.15", "head.1", GREY, enters=True, tokens=True),
    "r2plus1d_18": Places("layer4", "fc", RESNET),
    "r3d_18": Places("layer4", "fc", RESNET),
    "s3d": Places("features", "classifier.1", RESNET),
    "swin3d_t": Places("avgpool", "head", IMAGENET, enters=True),
}


@final
class TorchvisionVideo(Adapter):
    """One of them; a tap stands where the network has no module that gives the map out."""

    def __init__(self, net: nn.Module, classes: tuple[str, ...], places: Places) -> None:
        super().__init__(net, classes, *places.colours)
        self.places = places
        self.tap = Tap()
        if places.enters:
            through = self._tokens if places.tokens else self._map
            net.get_submodule(places.last).register_forward_pre_hook(through)

    def forward(self, clips: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W) in [-1, 1] to logits (B, K)."""
        logits: Tensor = self.net(self.normalised(clips))
        return logits

    @property
    def last_block(self) -> nn.Module:
        """The layer that gives the last map out, or the tap's map."""
        return self.tap.map if self.places.enters else self.net.get_submodule(self.places.last)

    @property
    def head(self) -> nn.Module:
        """The classifier."""
        return self.net.get_submodule(self.places.head)

    def _map(self, _layer: nn.Module, inputs: tuple[Tensor]) -> Tensor:
        shown: Tensor = self.tap.map(inputs[0])
        return shown

    def _tokens(self, _layer: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        tokens, grid = inputs
        return self.tap(tokens, Layout(tuple(grid), lead=1)), grid


def build(config: ModelConfig, classes: tuple[str, ...]) -> TorchvisionVideo:
    """The network that `config.name` and `config.options` describe, with new weights.

    Raises:
        InputError: torchvision is absent; an option is impossible.
    """
    try:
        from torchvision.models import get_model
    except (ImportError, RuntimeError) as error:  # RuntimeError: built for another torch
        advice = "pip install 'anigifs[torchvision]', of the release that fits this torch"
        raise InputError(f"{config.name} needs torchvision ({error}): {advice}") from None
    make = partial(get_model, config.name, weights=None, num_classes=len(classes))
    net = checked(config.options, list(config.options), make)
    return TorchvisionVideo(net, classes, NETWORKS[config.name])
