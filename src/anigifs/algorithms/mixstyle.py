"""MixStyle: clips of a batch lend one another the style of their early feature maps.

Source: Zhou et al. 2021 (MixStyle, random shuffle); Zhang et al. 2022 (EFDMix: `exact`).
Where they are silent: style is the mean and deviation of each channel over time, rows and columns
of a clip; in I3D it is mixed behind `Conv3d_2c_3x3` and `Mixed_3c` (strides 4 and 8, as the first
two stages of their ResNet), with one draw of partners and weights for each. At odds: whether to mix
is drawn once a batch for all layers, in their code anew at each.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import ClassVar, cast, final

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.augmentation import Augmented, Behind
from anigifs.algorithms.base import Batch, Context, Need, Step
from anigifs.algorithms.draws import numpy_stream
from anigifs.algorithms.edits import in_layout_of
from anigifs.core.errors import ConfigError, shorten
from anigifs.models.base import VideoModel
from anigifs.models.hooks import on_output

I3D_LAYERS = ("Conv3d_2c_3x3", "Mixed_3c")
EPS = 1e-6


class MixStyleConfig(Augmented):
    """Where, how often and how strongly styles are mixed."""

    chance: float = Field(0.5, ge=0, le=1)
    """Share of batches that are mixed. Source: Zhou et al., section 3.2."""
    alpha: float = Field(0.1, gt=0)
    """Weights are drawn from Beta(alpha, alpha): 0.1 mostly keeps a style or swaps it. Theirs."""
    exact: bool = False
    """Mix the whole sorted distribution (EFDMix) and not only mean and deviation."""
    layers: tuple[str, ...] = ()
    """Names of the model's modules to mix behind. Empty: those of I3D; in another model the last
    block, the only one known of it, where content goes away with the style: name earlier ones."""


@final
class MixStyle(Behind):
    """Mean cross-entropy; in some batches with styles mixed inside the model."""

    Config: ClassVar = MixStyleConfig
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LAYERS, Need.SEVERAL_CLIPS})

    def __init__(self, model: nn.Module, config: MixStyleConfig, context: Context) -> None:
        super().__init__(model, config, context)
        self._config, self._rng = config, context.local_rng
        self._layers = _layers(model, config.layers)

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch."""
        batch, logs = self.edited(batch, number)
        rng = numpy_stream(self._rng)
        with ExitStack() as stack:
            if rng.random() < self._config.chance:
                for layer in self._layers:
                    stack.enter_context(on_output(layer, self._mixer(len(batch.labels), rng)))
            return Step(cross_entropy(self.model(batch.clips), batch.labels), logs)

    def _mixer(self, size: int, rng: np.random.Generator) -> Callable[[Tensor], Tensor]:
        partner = torch.from_numpy(rng.permutation(size))
        own = torch.from_numpy(rng.beta(self._config.alpha, self._config.alpha, size))
        mix = mix_distribution if self._config.exact else mix_moments

        def change(features: Tensor) -> Tensor:
            weight = own.to(features.device).float().view(-1, 1, 1)
            mixed = mix(features.float().flatten(2), partner.to(features.device), weight)
            return in_layout_of(features, mixed.view_as(features).to(features))

        return change


def mix_moments(features: Tensor, partner: Tensor, own: Tensor) -> Tensor:
    """Features (B, D, N) with mean and deviation of each channel between its own and its partner's.

    own: (B, 1, 1), the weight of the own style. No gradient flows through the styles.
    """
    mean = features.detach().mean(2, keepdim=True)
    deviation = (features.detach().var(2, keepdim=True) + EPS).sqrt()
    new_mean = torch.lerp(mean[partner], mean, own)
    new_deviation = torch.lerp(deviation[partner], deviation, own)
    return (features - mean) / deviation * new_deviation + new_mean


def mix_distribution(features: Tensor, partner: Tensor, own: Tensor) -> Tensor:
    """The same with all sorted values of a channel: the k-th smallest is mixed with the k-th."""
    values, order = features.detach().sort(2)
    change = (values[partner] - values) * (1 - own)
    return features + torch.zeros_like(values).scatter_(2, order, change)


def _layers(model: nn.Module, names: tuple[str, ...]) -> list[nn.Module]:
    modules = dict(model.named_modules())
    wanted = names or tuple(name for name in I3D_LAYERS if name in modules)
    if unknown := [name for name in wanted if name not in modules]:
        raise ConfigError(
            f"mixstyle.layers: the model has no module {shorten(unknown)}; it has "
            f"{shorten([name for name in modules if name])}"
        )
    return [modules[name] for name in wanted] or [cast(VideoModel, model).last_block]
