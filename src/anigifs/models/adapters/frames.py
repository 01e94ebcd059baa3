"""A ResNet that sees one frame at a time, of the transformers library: no motion, only poses.

The clip's logits are the mean of its frames' (Wang et al. 2016, TSN, RGB stream). It is the frame
backbone of APN's authors (a ResNet-50), and a baseline that tells what motion is worth.
`model.options` are keys of `ResNetConfig`: `depths`, `hidden_sizes`, `layer_type`, ...; the
defaults are a ResNet-50. Our choice: colours are normalised as for the published ImageNet weights.
"""

from __future__ import annotations

from typing import final

from torch import Tensor, nn

from anigifs.models.adapters.huggingface import build_net
from anigifs.models.adapters.tap import Adapter
from anigifs.models.config import ModelConfig

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@final
class FrameResNet(Adapter):
    """Frames through one ResNet; `map` gives their maps out side by side in time."""

    def __init__(self, net: nn.Module, classes: tuple[str, ...]) -> None:
        super().__init__(net, classes, MEAN, STD)
        self.map = nn.Identity()

    def forward(self, clips: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W) in [-1, 1] to logits (B, K): the mean over frames."""
        logits: Tensor = self.head(self.features(clips).mean((2, 3, 4)))
        return logits

    def features(self, clips: Tensor) -> Tensor:
        """The last stage's map of every frame, (B, D, T, H / 32, W / 32)."""
        frames = self.normalised(clips).transpose(1, 2).flatten(0, 1)
        maps: Tensor = self.net.get_submodule("resnet")(frames).last_hidden_state
        shown: Tensor = self.map(maps.view(len(clips), -1, *maps.shape[1:]).transpose(1, 2))
        return shown

    @property
    def last_block(self) -> nn.Module:
        """Where the frames' maps stand side by side."""
        return self.map

    @property
    def head(self) -> nn.Module:
        """The classifier."""
        return self.net.get_submodule("classifier.1")


def build(config: ModelConfig, classes: tuple[str, ...]) -> FrameResNet:
    """The network that `config.options` describe, with new weights.

    Raises:
        InputError: transformers is absent; an option is unknown or impossible.
    """
    return FrameResNet(build_net(config, classes, "ResNet", "ForImageClassification"), classes)
