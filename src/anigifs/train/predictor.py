"""A trained method as an ordinary module: what validation, evaluation and explaining take."""

from __future__ import annotations

from pathlib import Path
from typing import cast, final

from torch import Tensor, nn

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.base import Algorithm
from anigifs.core.errors import TrainingError
from anigifs.models.base import VideoModel
from anigifs.train import checkpoint
from anigifs.train.config import TrainConfig
from anigifs.train.streams import Streams


@final
class Predictor(nn.Module):
    """Clips (B, 3, T, H, W) in [-1, 1] to logits (B, K), by the method's own `predict`."""

    def __init__(self, algorithm: Algorithm, classes: tuple[str, ...]) -> None:
        super().__init__()
        self.model, self.classes = algorithm.model, classes
        self._predict = algorithm.predict

    def forward(self, clips: Tensor) -> Tensor:
        """Logits in float32."""
        return self._predict(clips).float()

    @property
    def last_block(self) -> nn.Module:
        """The network's, where Grad-CAM looks."""
        return cast(VideoModel, self.model).last_block


def load_trained(
    config: TrainConfig, model: nn.Module, classes: tuple[str, ...], path: Path
) -> Predictor:
    """The trained network of a checkpoint of `train`, in eval mode on the model's device.

    Args:
        config: of the run.
        model: a fresh backbone of the run's architecture; its weights are replaced.
        classes: of the head, in order.
        path: `last.pt` or `best.pt`; see `checkpoint.chosen_file`.

    Raises:
        TrainingError: the checkpoint is absent or does not fit. IntegrityError: damaged.
    """
    saved = checkpoint.read(path)
    if tuple(saved["classes"]) != classes:
        raise TrainingError(f"{path} was trained on other classes than the ones asked for")
    context = Streams(config.seed, rank=0).context(classes)
    kind = ALGORITHMS[config.algorithm.name]
    algorithm = kind(model, config.algorithm.options(), context)
    checkpoint.load_weights(algorithm.model, saved, path)
    return Predictor(algorithm, classes).eval()
