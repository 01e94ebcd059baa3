"""Two ways to search for the photometric tuple that a fitness is highest for.

Source: Volpi & Murino 2019: random search, and evolution search (their ESDA). Population 10, ten
generations, mutation 0.1, one-point crossover and choice in proportion to fitness as in theirs.
Where they are silent: fitness is shifted to be at least 0 before the choice; ties go to the
tuple met first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch

from anigifs.loader.photometric import Edit, draw_tuple

Tuple = tuple[Edit, ...]
Fitness = Callable[[Tuple], float]

POPULATION, GENERATIONS, MUTATION = 10, 10, 0.1


class Found(NamedTuple):
    """The best tuple of a search and its fitness."""

    edits: Tuple
    score: float


def random_search(fitness: Fitness, trials: int, length: int, rng: torch.Generator) -> Found:
    """The fittest of `trials` tuples of `length` edits."""
    return _best([_try(fitness, draw_tuple(rng, length)) for _ in range(trials)])


def evolution_search(fitness: Fitness, trials: int, length: int, rng: torch.Generator) -> Found:
    """The fittest tuple of all generations. `trials` is not used: it is always 10 x 10."""
    members = [_try(fitness, draw_tuple(rng, length)) for _ in range(POPULATION)]
    seen = list(members)
    for _ in range(GENERATIONS - 1):
        members = [_try(fitness, _child(members, rng)) for _ in range(POPULATION)]
        seen += members
    return _best(seen)


def _try(fitness: Fitness, edits: Tuple) -> Found:
    return Found(edits, fitness(edits))


def _best(found: list[Found]) -> Found:
    return max(found, key=lambda member: member.score)


def _child(members: list[Found], rng: torch.Generator) -> Tuple:
    """Two parents cut at one point, then each edit replaced with the chance of a mutation."""
    scores = torch.tensor([member.score for member in members], dtype=torch.float64)
    weights = scores - scores.min().clamp(max=0) + 1e-12
    first, second = torch.multinomial(weights, 2, replacement=True, generator=rng).tolist()
    length = len(members[first].edits)
    cut = int(torch.randint(length + 1, (), generator=rng))
    mixed = members[first].edits[:cut] + members[second].edits[cut:]
    fresh = draw_tuple(rng, length)
    mutate = torch.rand(length, generator=rng) < MUTATION
    return tuple(new if m else old for new, old, m in zip(fresh, mixed, mutate, strict=True))
