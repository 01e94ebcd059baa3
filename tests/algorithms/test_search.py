import torch

from anigifs.algorithms.search import evolution_search, random_search
from anigifs.loader.photometric import POOL, draw_tuple


def stream(seed=0):
    return torch.Generator().manual_seed(seed)


def test_random_search_gives_the_fittest_of_the_tuples_that_its_stream_draws():
    drawn = [draw_tuple(rng, 4) for rng in [stream()] for _ in range(30)]

    def reds(edits):
        return sum(edit.level for edit in edits if edit.op == "red")

    found = random_search(reds, 30, 4, stream())
    assert found.score == max(map(reds, drawn))
    assert found.edits == max(drawn, key=reds)


def test_evolution_search_climbs_where_chance_does_not():
    """Fitness counts edits of one kind: four of them are rare among random tuples."""

    def solar(edits):
        return sum(edit.op == "solarize" for edit in edits)

    climbed = [evolution_search(solar, 0, 4, stream(seed)).score for seed in range(10)]
    first = [max(solar(draw_tuple(rng, 4)) for _ in range(10)) for rng in map(stream, range(10))]
    assert sum(climbed) > sum(first) + 5


def test_evolution_search_tries_a_hundred_tuples_of_the_pool_and_takes_negative_fitness():
    tried = []

    def fitness(edits):
        tried.append(edits)
        return -float(len(tried))

    found = evolution_search(fitness, 0, 3, stream(1))
    assert len(tried) == 100
    assert found.edits == tried[0]
    assert all(len(edits) == 3 and edit.level in POOL[edit.op] for edits in tried for edit in edits)
