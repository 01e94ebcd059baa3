import torch
from torch import nn

from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.random_augment import RandomAugment, RandomAugmentConfig
from anigifs.loader.photometric import apply_tuple, draw_tuple, from_levels, to_levels


class Recorder(nn.Module):
    """Keeps what it was shown."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(5))
        self.seen = []

    def forward(self, clips):
        self.seen.append(clips.clone())
        return clips.mean((1, 2, 3, 4))[:, None] * self.weight


def build(seed=3, **options):
    rng = torch.Generator().manual_seed(seed)
    config = RandomAugmentConfig(**options)
    return RandomAugment(Recorder(), config, Context(("a",), rng, torch.Generator()))


def batch():
    generator = torch.Generator().manual_seed(1)
    levels = torch.randint(0, 256, (2, 3, 2, 8, 8), generator=generator, dtype=torch.uint8)
    return Batch(from_levels(levels), torch.tensor([0, 1]))


def test_the_model_sees_the_batch_after_the_tuple_that_the_shared_generator_gives():
    algorithm, given = build(), batch()
    rng = torch.Generator().manual_seed(3)
    for number in range(3):
        algorithm.step(given, number)
        edited = apply_tuple(to_levels(given.clips), draw_tuple(rng, 4))
        assert torch.equal(to_levels(algorithm.model.seen[number]), edited)
        assert algorithm.model.seen[number].dtype == torch.float32


def test_every_batch_gets_a_fresh_tuple():
    algorithm, given = build(), batch()
    for number in range(4):
        algorithm.step(given, number)
    first, *rest = algorithm.model.seen
    assert not any(torch.equal(first, other) for other in rest)


def test_prediction_sees_the_clips_as_they_are():
    algorithm, given = build(), batch()
    algorithm.predict(given.clips)
    assert torch.equal(algorithm.model.seen[0], given.clips)


def test_ranks_with_the_same_shared_generator_edit_alike_whatever_their_own():
    first, second = build(seed=5), build(seed=5)
    for algorithm in (first, second):
        algorithm.step(batch(), 0)
    assert torch.equal(first.model.seen[0], second.model.seen[0])
