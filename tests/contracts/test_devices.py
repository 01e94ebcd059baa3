"""Methods, edits and explanations on a device that is not the CPU, without one being there."""

import pytest
import torch

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.base import Batch, Context
from anigifs.explain.causal import curves
from anigifs.explain.gradcam import grad_cam
from anigifs.explain.tubes import energy_in_tube, peak_in_tube, tube
from anigifs.loader.batch import to_batch
from anigifs.loader.photometric import POOL, Edit, apply_tuple
from tests.contracts.elsewhere import OTHER, Elsewhere, Far, far_model
from tests.contracts.test_algorithms import BUSY, CLASSES, batches, method, tiny

REFUSED = {
    *("avg_pool3d_backward", "_adaptive_avg_pool2d_backward", "_adaptive_avg_pool3d_backward"),
    *("max_pool3d_with_indices_backward", "adaptive_max_pool2d_backward"),
    *("upsample_linear1d_backward", "upsample_bilinear2d_backward"),
    *("upsample_bicubic2d_backward", "upsample_trilinear3d_backward"),
    *("reflection_pad2d_backward", "reflection_pad3d_backward"),
    *("replication_pad2d_backward", "replication_pad3d_backward"),
    *("grid_sampler_2d_backward", "grid_sampler_3d_backward"),
    *("histc", "kthvalue", "median", "put_"),
}
"""What CUDA refuses under `train.deterministic`; source: the page of torch's
`use_deterministic_algorithms`."""


def far(batch):
    return Batch(Far(batch.clips), Far(batch.labels), batch.ids, Far(batch.boxes))


def test_the_stand_in_refuses_what_a_gpu_refuses():
    near, away = torch.ones(3), Far(torch.ones(3))
    with Elsewhere(), pytest.raises(RuntimeError, match="on the CPU, others are not"):
        away + near
    with pytest.raises((TypeError, RuntimeError)):
        away.numpy()
    assert (away + 1).device == OTHER
    assert away.cpu().numpy().tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", [*ALGORITHMS, *BUSY])
def test_a_method_keeps_to_the_clips_device_with_the_losses_it_has_on_a_cpu(name):
    kind, options = method(name)
    losses = {}
    for where in ("here", "there"):
        rng = [torch.Generator().manual_seed(seed) for seed in (0, 1)]
        algorithm = kind(tiny(), kind.Config(**options), Context(CLASSES, *rng))
        if where == "there":
            far_model(algorithm.model)
        with Elsewhere() as watch:
            given = [far(b) if where == "there" else b for b in batches(4)]
            steps = [algorithm.step(b, n).loss for n, b in enumerate(given)]
            sum(steps).backward()
        assert all(isinstance(loss, Far) == (where == "there") for loss in steps)
        assert not {f"aten::{op}" for op in REFUSED} & watch.seen
        losses[where] = [loss.item() for loss in steps]
    assert losses["here"] == pytest.approx(losses["there"], rel=1e-4)


@pytest.mark.parametrize("op", list(POOL))
def test_an_edit_keeps_to_the_pixels_device(op):
    pixels = torch.randint(0, 256, (2, 3, 2, 9, 8), dtype=torch.uint8)
    edits = [Edit("brightness", 1.3), Edit(op, POOL[op][0]), Edit("autocontrast", 0.3)]
    with Elsewhere():
        there = apply_tuple(Far(pixels), edits)
    assert isinstance(there, Far)
    assert torch.equal(there.near, apply_tuple(pixels, edits))


def test_batches_maps_tubes_and_curves_keep_to_the_device():
    item = {"pixels": torch.zeros(4, 16, 16, 3, dtype=torch.uint8).numpy(), "label": 1, "id": "a"}
    item["boxes"] = torch.tensor([0.2, 0.1, 0.7, 0.9]).expand(4, 4).numpy().copy()
    model = far_model(tiny())
    with Elsewhere():
        batch = to_batch([item], OTHER)
        cam = grad_cam(model, batch.clips, batch.labels)
        mask, known = tube(batch.boxes, tuple(cam.maps.shape[1:]))
        found = (peak_in_tube(cam.maps, mask), energy_in_tube(cam.maps, mask), known)
        found += tuple(curves(model, batch.clips, cam.maps, batch.labels, steps=2))
    assert all(isinstance(one, Far) for one in (*batch[:2], *cam, *found))
