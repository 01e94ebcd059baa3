"""Explainability training: where the model looks is brought back to where the person is.

Source: Ani-GIFs paper, section 4.2; Zunino et al. 2020 (images).
Where they are silent: a clip whose peak already lies in its tube is left alone; the mask acts on
the batch that its map was made of, the last one of every period; the map is made in eval mode;
the masked features are not rescaled; a clip without a box in its picture is never masked.
"""

from __future__ import annotations

from typing import ClassVar, Literal, cast, final

from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.augmentation import Augmented, Behind
from anigifs.algorithms.base import Batch, Context, Need, Step
from anigifs.core.errors import ConfigError
from anigifs.explain.gradcam import grad_cam
from anigifs.explain.tubes import Propagate, energy_in_tube, fill, peak_in_tube, tube
from anigifs.models.base import VideoModel
from anigifs.models.hooks import on_output


class SaliencyConfig(Augmented):
    """When to look, and what to do about it."""

    every: int = Field(200, ge=1)
    """Batches from one look to the next. Source: section 4.2."""
    hold: int = Field(1, ge=1)
    """Batches in a row that are looked at, the last of every period; at most `every`."""
    mask: Literal["failing", "all"] = "failing"
    """Mask the clips whose peak lies outside their tube (the paper), or all that have a box."""
    propagate: Propagate = "constant"
    """Boxes between key frames: the nearest one's, or on the line between two. AVA has one key
    frame a clip, for which both are the same; the simulator and boxes.csv may have several."""

    @model_validator(mode="after")
    def _within(self) -> SaliencyConfig:
        if self.hold > self.every:
            raise ConfigError(f"hold = {self.hold} batches do not fit into every = {self.every}")
        return self


@final
class Saliency(Behind):
    """Mean cross-entropy; every so often with features outside the person's tube set to zero."""

    Config: ClassVar = SaliencyConfig
    needs: ClassVar[frozenset[Need]] = frozenset({Need.BOXES, Need.LAYERS})

    def __init__(self, model: nn.Module, config: SaliencyConfig, context: Context) -> None:
        super().__init__(model, config, context)
        self._config = config
        self._bare = model  # maps go around the loop's wrapper: they synchronise nothing
        self._layer = cast(VideoModel, model).last_block

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch, masked where a look is due and finds fault."""
        if batch.boxes is not None:  # in the clip's own time, which an edit may change
            batch = batch._replace(boxes=fill(batch.boxes, self._config.propagate))
        batch, logs = self.edited(batch, number)
        period = self._config.every
        if batch.boxes is None or number % period < period - self._config.hold:
            return Step(cross_entropy(self.model(batch.clips), batch.labels), logs)
        keep, seen = self._look(batch, batch.boxes)
        with on_output(self._layer, lambda features: features * keep[:, None].to(features)):
            return Step(cross_entropy(self.model(batch.clips), batch.labels), logs | seen)

    def _look(self, batch: Batch, boxes: Tensor) -> tuple[Tensor, dict[str, float]]:
        """What to keep of the feature map, bool (B, T', H', W'), and how the maps met the tubes."""
        maps = grad_cam(self._bare, batch.clips, batch.labels, self._layer).maps
        mask, known = tube(boxes, _grid(maps))
        inside, energy = peak_in_tube(maps, mask), energy_in_tube(maps, mask)
        masked = known & ~inside if self._config.mask == "failing" else known
        logs = {"saliency/masked": masked.float().mean().item()}
        if known.any():
            logs["saliency/peak-in-tube"] = inside[known].float().mean().item()
        if (seen := known & ~energy.isnan()).any():
            logs["saliency/energy-in-tube"] = energy[seen].mean().item()
        return mask | ~masked[:, None, None, None], logs


def _grid(maps: Tensor) -> tuple[int, int, int]:
    steps, rows, columns = maps.shape[1:]
    return steps, rows, columns
