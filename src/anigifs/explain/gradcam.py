"""Grad-CAM in space and time: which cells of the last feature map speak for a class.

Source: Selvaraju et al. 2017, equations 1 and 2, over (T', H', W') instead of (H', W'); the
Ani-GIFs paper, section 4.2, calls the maps saliency tubes.
Where they are silent: the pass runs in eval mode, so it leaves batch-norm statistics and random
streams alone; maps keep their sign (equation 2 without its ReLU), which the reader can cut off.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from anigifs.core.errors import InputError
from anigifs.models.base import VideoModel
from anigifs.models.hooks import evaluating, on_output


class Cam(NamedTuple):
    """The maps of a batch, and the logits that they explain.

    maps: float32 or float64 (B, T', H', W'); above 0 where a cell speaks for the class.
    logits: (B, K), of the model in eval mode.
    """

    maps: Tensor
    logits: Tensor


def grad_cam(
    model: nn.Module,
    clips: Tensor,
    targets: Tensor | None = None,
    layer: nn.Module | None = None,
    create_graph: bool = False,
) -> Cam:
    """Grad-CAM of one class per clip.

    Args:
        model: a `models.base.VideoModel`; its weights' gradients and its mode stay as they are.
        clips: float (B, 3, T, H, W) in [-1, 1].
        targets: int64 (B,), the class of each clip; None is the class with the highest logit.
        layer: where to look; None is `model.last_block`. Gives out (B, D, T', H', W').
        create_graph: maps and logits can be differentiated. Without it the trunk runs without a
            graph, so that a map costs little more memory than a prediction.

    Raises:
        InputError: the layer was not run, or gives out something else than such a map.
    """
    seen: list[Tensor] = []

    def tap(features: Tensor) -> Tensor:
        torch.set_grad_enabled(True)  # from here on; the block below sets it back
        seen[:] = [features if create_graph else features.detach().requires_grad_()]
        return seen[0].clone()  # a later in-place operation must not reach what was seen

    where = layer if layer is not None else cast(VideoModel, model).last_block
    with evaluating(model), torch.inference_mode(False):
        with torch.set_grad_enabled(create_graph), on_output(where, tap):
            logits: Tensor = model(clips.clone() if clips.is_inference() else clips)
        features = _checked(seen[0], where)
        with torch.enable_grad():
            chosen = logits.argmax(1) if targets is None else targets
            score = logits.gather(1, chosen[:, None]).sum()
            (slope,) = torch.autograd.grad(score, features, create_graph=create_graph)
        with torch.set_grad_enabled(create_graph):
            exact = torch.promote_types(features.dtype, torch.float32)
            weights = slope.to(exact).mean((2, 3, 4), keepdim=True)
            maps = (weights * features.to(exact)).sum(1)
    return Cam(maps, logits) if create_graph else Cam(maps.detach(), logits.detach())


def _checked(features: Tensor, layer: nn.Module) -> Tensor:
    if features.ndim != 5:
        raise InputError(
            f"Grad-CAM needs a map of shape (B, D, T', H', W'); the {type(layer).__name__} it "
            f"looks at gives {tuple(features.shape)}. Name another layer of the model"
        )
    return features
