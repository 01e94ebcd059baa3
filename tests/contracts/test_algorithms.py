"""What every algorithm promises. A new entry in ALGORITHMS is tested here unasked.

What happens only every so many steps by default stands in BUSY too, so that it happens here.
"""

import io

import pytest
import torch
from torch import nn

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.base import Batch, Context

CLASSES = tuple("abcde")
WORST = {"every": 2, "trials": 3}
BUSY = {
    "worst-case (often)": ("worst-case", WORST),
    "worst-case (pool)": ("worst-case", WORST | {"search_on": "pool", "fitness": "accuracy"}),
    "worst-case (evolution)": ("worst-case", WORST | {"search": "evolution"}),
    "worst-case (normalised)": ("worst-case", WORST | {"space": "normalised"}),
    "saliency (always)": ("saliency", {"every": 1, "mask": "all"}),
    "saliency (held)": ("saliency", {"every": 3, "hold": 2, "propagate": "interpolate"}),
    "ada (often)": ("ada", {"every": 2, "rounds": 2, "steps": 2, "pool": 6, "lr": 10.0}),
    "rada (always)": ("rada", {"every": 1, "steps": 2, "hidden": 16, "segments": 3, "lr": 1e3}),
    "mixstyle (always)": ("mixstyle", {"chance": 1.0}),
    "mixstyle (exact)": ("mixstyle", {"chance": 1.0, "exact": True}),
    "mixstyle + gifify-augment": ("mixstyle", {"augment": {"name": "gifify-augment"}}),
    "randconv (one pass)": ("randconv", {"chance": 1.0, "consistency": 0.0}),
    "saliency + worst-case": ("saliency", {"every": 2, "augment": {"name": "worst-case", **WORST}}),
}
"""Methods with other options than their defaults, by the name of the test."""
SIGNS = {
    "worst-case": "worst-case/score",
    "saliency": "saliency/masked",
    "ada": "ada/moved",
    "rada": "rada/moved",
}
"""What a method logs only in a step in which its rare thing happens."""
STEPS = 3
"""So many steps hold the rare thing of every method in BUSY."""


def method(name):
    kind, options = BUSY.get(name, (name, {}))
    return ALGORITHMS[kind], options


class Tiny(nn.Module):
    """A backbone as models/base describes it, small enough for a matrix of tests."""

    def __init__(self):
        super().__init__()
        self.classes = CLASSES
        self.body = nn.Sequential(nn.Conv3d(3, 4, 3, padding=1), nn.BatchNorm3d(4), nn.ReLU())
        self.head = nn.Linear(4, len(CLASSES))

    @property
    def last_block(self):
        return self.body

    def features(self, clips):
        return self.body(clips)

    def forward(self, clips):
        return self.head(self.features(clips).mean((2, 3, 4)))


def tiny():
    torch.manual_seed(0)
    return Tiny()


def batches(count):
    generator = torch.Generator().manual_seed(1)
    boxes = torch.tensor([0.2, 0.1, 0.7, 0.9]).expand(4, 4, 4).clone()
    boxes[3] = float("nan")
    return [
        Batch(
            clips=torch.randint(0, 256, (4, 3, 4, 16, 16), generator=generator) / 127.5 - 1,
            labels=torch.tensor([0, 4, 2, 1]),
            ids=("w", "x", "y", "z"),
            boxes=boxes,
        )
        for _ in range(count)
    ]


class Run:
    """One algorithm, its generators and an optimiser, as the loop would hold them."""

    def __init__(self, name):
        self.rng = torch.Generator().manual_seed(7)
        self.local_rng = torch.Generator().manual_seed(8)
        kind, options = method(name)
        context = Context(CLASSES, self.rng, self.local_rng)
        self.algorithm = kind(tiny(), kind.Config(**options), context)
        self.optimiser = torch.optim.SGD(self.algorithm.model.parameters(), lr=0.1, momentum=0.9)

    def losses(self, data, start=0):
        return [self.one(batch, number) for number, batch in enumerate(data, start)]

    def one(self, batch, number):
        self.optimiser.zero_grad()
        loss = self.algorithm.step(batch, number).loss
        loss.backward()
        self.optimiser.step()
        self.algorithm.after_step(number)
        return loss.item()

    def saved(self):
        file = io.BytesIO()
        generators = [self.rng.get_state(), self.local_rng.get_state(), torch.get_rng_state()]
        torch.save(
            {
                "model": self.algorithm.model.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "algorithm": self.algorithm.state(),
                "generators": generators,
            },
            file,
        )
        file.seek(0)
        return file

    def load(self, file):
        saved = torch.load(file, weights_only=True)
        self.algorithm.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.algorithm.restore(saved["algorithm"])
        self.rng.set_state(saved["generators"][0])
        self.local_rng.set_state(saved["generators"][1])
        torch.set_rng_state(saved["generators"][2])


@pytest.fixture(params=[*ALGORITHMS, *BUSY])
def name(request):
    return request.param


@pytest.mark.parametrize("busy", [name for name, (kind, _) in BUSY.items() if kind in SIGNS])
def test_the_rare_thing_happens_within_the_steps_of_these_tests(busy):
    kind, options = BUSY[busy]
    wanted = {SIGNS[kind]} | ({SIGNS["worst-case"]} if "augment" in options else set())
    algorithm, seen = Run(busy).algorithm, {}
    for number, batch in enumerate(batches(STEPS)):
        seen |= algorithm.step(batch, number).logs
    assert wanted <= seen.keys()
    if "/moved" in SIGNS[kind]:
        assert seen[SIGNS[kind]] > 0.001
    if busy == "saliency (always)":
        assert seen[SIGNS[kind]] > 0


def test_the_loss_is_a_finite_scalar_that_reaches_every_weight(name):
    algorithm = Run(name).algorithm
    for number, batch in enumerate(batches(STEPS)):
        algorithm.model.zero_grad()
        loss, logs = algorithm.step(batch, number)
        loss.backward()
        assert loss.shape == ()
        assert loss.isfinite()
        for weight in algorithm.model.parameters():
            assert weight.grad is not None
            assert weight.grad.isfinite().all()
        assert all(isinstance(value, float) for value in logs.values())


def test_the_batch_is_left_as_it_was(name):
    algorithm = Run(name).algorithm
    for number, (batch, twin) in enumerate(zip(batches(STEPS), batches(STEPS), strict=True)):
        algorithm.step(batch, number)
        assert torch.equal(batch.clips, twin.clips)
        assert torch.equal(batch.labels, twin.labels)
        assert torch.equal(batch.boxes.isnan(), twin.boxes.isnan())
        assert torch.equal(batch.boxes.nan_to_num(), twin.boxes.nan_to_num())


def test_the_same_seed_gives_the_same_losses_whatever_the_global_stream_holds(name):
    torch.manual_seed(1)
    first = Run(name).losses(batches(3))
    torch.manual_seed(2)
    assert Run(name).losses(batches(3)) == first


def test_a_run_resumed_from_its_file_is_the_run_never_stopped(name):
    data = batches(6)
    whole = Run(name)
    expected = whole.losses(data)
    first = Run(name)
    head = first.losses(data[:3])
    second = Run(name)
    second.load(first.saved())
    assert head + second.losses(data[3:], start=3) == expected
    for key, value in whole.algorithm.model.state_dict().items():
        assert torch.equal(value, second.algorithm.model.state_dict()[key]), key


def test_a_step_draws_from_the_handed_in_generators_alone(name):
    algorithm = Run(name).algorithm
    before = torch.get_rng_state()
    for number, batch in enumerate(batches(STEPS)):
        algorithm.step(batch, number)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_step_counts_one_batch_in_batch_norm_and_leaves_the_mode(name):
    """Searches, maps and other passes of a method's own must not move the statistics."""
    algorithm = Run(name).algorithm
    norm = next(m for m in algorithm.model.modules() if isinstance(m, nn.BatchNorm3d))
    for number, batch in enumerate(batches(3)):
        algorithm.step(batch, number)
    assert norm.num_batches_tracked == 3
    assert all(module.training for module in algorithm.model.modules())


def test_predicting_changes_nothing_and_gives_a_logit_per_class(name):
    algorithm = Run(name).algorithm
    algorithm.model.eval()
    (batch,) = batches(1)
    before = {key: value.clone() for key, value in algorithm.model.state_dict().items()}
    with torch.no_grad():
        logits = algorithm.predict(batch.clips)
        again = algorithm.predict(batch.clips)
    assert logits.shape == (4, len(CLASSES))
    assert torch.equal(logits, again)
    for key, value in algorithm.model.state_dict().items():
        assert torch.equal(value, before[key]), key
    assert not algorithm.model.training


def test_the_state_is_plain(name):
    run = Run(name)
    run.losses(batches(2))
    saved = torch.load(run.saved(), weights_only=True)
    assert saved["algorithm"].keys() == run.algorithm.state().keys()


def test_needs_and_config_stand_on_the_class(name):
    kind, _ = method(name)
    assert isinstance(kind.needs, frozenset)
    kind.Config()
    assert kind.__doc__
