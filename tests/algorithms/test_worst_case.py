import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.draws import side_stream
from anigifs.algorithms.edits import edit
from anigifs.algorithms.search import evolution_search
from anigifs.algorithms.worst_case import WorstCase, WorstCaseConfig
from anigifs.loader.photometric import draw_tuple, from_levels

COUNT = 12


class ByRedness(nn.Module):
    """Calls a clip 'a' by how red it is: tuples that take the red away are the worst for 'a'."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(5.0))
        self.norm = nn.BatchNorm3d(3, affine=False)
        self.seen = []

    def forward(self, clips):
        self.norm(clips)
        self.seen.append((self.training, torch.is_grad_enabled(), clips.clone()))
        red = clips[:, 0].mean((1, 2, 3)) - clips[:, 1].mean((1, 2, 3))
        return torch.stack([red * self.gain, -red * self.gain], 1)


def build(**options):
    rng, local = torch.Generator().manual_seed(3), torch.Generator().manual_seed(4)
    config = WorstCaseConfig(**{"every": 3, "trials": COUNT, **options})
    return WorstCase(ByRedness(), config, Context(("a", "b"), rng, local))


def batch(seed=1, size=2):
    generator = torch.Generator().manual_seed(seed)
    levels = torch.randint(0, 256, (size, 3, 2, 8, 8), generator=generator, dtype=torch.uint8)
    levels[:, 0] = levels[:, 0] // 2 + 100
    return Batch(from_levels(levels), torch.zeros(size, dtype=torch.int64))


def candidates(number, length=4):
    rng = side_stream(torch.Generator().manual_seed(3), "search", number)
    return [draw_tuple(rng, length) for _ in range(COUNT)]


def loss_of(model, given, edits):
    return cross_entropy(model(edit(given.clips, edits)), given.labels).item()


def test_the_set_starts_as_identity_and_the_clips_pass_untouched():
    algorithm, given = build(), batch()
    for number in range(2):
        algorithm.step(given, number)
    assert all(torch.equal(clips, given.clips) for _, _, clips in algorithm.model.seen)
    assert len(algorithm.members) == 1


def test_the_last_step_of_every_period_adds_the_tuple_with_the_highest_loss():
    algorithm, given = build(), batch()
    for number in range(6):
        algorithm.step(given, number)
    assert [member.step for member in algorithm.members] == [0, 2, 5]
    for member in algorithm.members[1:]:
        tried = candidates(member.step)
        worst = max(tried, key=lambda edits: loss_of(algorithm.model, given, edits))
        assert member.edits == worst
        assert member.score == pytest.approx(loss_of(algorithm.model, given, worst))
    assert algorithm.members[1].score > loss_of(algorithm.model, given, ())


def test_by_evolution_the_fittest_of_its_hundred_tuples_wins():
    algorithm, given = build(search="evolution"), batch()
    for number in range(3):
        algorithm.step(given, number)
    tried = [clips for training, _, clips in algorithm.model.seen if not training]
    assert len(tried) == 100
    stream = side_stream(torch.Generator().manual_seed(3), "search", 2)
    found = evolution_search(lambda edits: loss_of(algorithm.model, given, edits), 0, 4, stream)
    assert algorithm.members[1].edits == found.edits


def test_by_accuracy_the_tuple_with_the_most_mistakes_wins():
    algorithm, given = build(fitness="accuracy"), batch(size=6)
    for number in range(3):
        algorithm.step(given, number)
    assert algorithm.members[1].score == max(
        (algorithm.model(edit(given.clips, edits)).argmax(1) != 0).float().mean().item()
        for edits in candidates(2)
    )


def test_on_a_pool_the_search_sees_the_first_clips_of_the_run():
    algorithm = build(search_on="pool", pool=3)
    batches = [batch(seed) for seed in range(3)]
    for number, given in enumerate(batches):
        algorithm.step(given, number)
    first = torch.cat([batches[0].clips, batches[1].clips])[:3]
    best = max(
        loss_of(algorithm.model, Batch(first, torch.zeros(3, dtype=torch.int64)), edits)
        for edits in candidates(2)
    )
    assert algorithm.members[1].score == pytest.approx(best, rel=1e-5)


def test_members_are_drawn_uniformly_and_applied_to_the_whole_batch():
    algorithm, given = build(every=1000), batch()
    other = draw_tuple(torch.Generator().manual_seed(9), 4)
    algorithm.members.append(algorithm.members[0]._replace(edits=other))
    for number in range(200):
        algorithm.step(given, number)
    edited = edit(given.clips, other)
    shown = [clips for _, _, clips in algorithm.model.seen]
    share = sum(torch.equal(clips, edited) for clips in shown) / 200
    plain = sum(torch.equal(clips, given.clips) for clips in shown) / 200
    assert share + plain == 1
    assert 0.38 < share < 0.62


def test_the_search_runs_in_eval_mode_without_a_graph_and_ends_when_it_should():
    algorithm, given = build(every=1, searches=2), batch()
    for number in range(5):
        algorithm.step(given, number)
    side = [(train, graph) for train, graph, _ in algorithm.model.seen if not train]
    assert side == [(False, False)] * (2 * COUNT)
    assert algorithm.model.norm.num_batches_tracked == 5
    assert len(algorithm.members) == 3


def test_with_searches_0_it_searches_on():
    algorithm, given = build(every=1, trials=1, searches=0), batch(size=1)
    for number in range(20):
        algorithm.augment(given, number)
    assert len(algorithm.members) == 1 + 20


@pytest.mark.parametrize(("steps", "searches"), [(2400, 12), (600, 3)])
def test_the_stated_readings_of_the_paper_get_their_number_of_searches(steps, searches):
    algorithm, given = build(every=200, trials=1), batch(size=1)
    for number in range(199, steps, 200):  # the steps between search nothing
        algorithm.augment(given, number)
    assert len(algorithm.members) == 1 + searches


def test_a_search_does_not_shift_what_the_shared_generator_draws():
    searching, plain = build(every=1), build(every=1000)
    for number in range(3):
        searching.step(batch(), number)
        plain.step(batch(), number)
    assert torch.equal(searching._rng.get_state(), plain._rng.get_state())


def test_the_set_with_scores_and_steps_is_in_the_state():
    algorithm, given = build(every=1, searches=2, search_on="pool"), batch()
    for number in range(4):
        algorithm.step(given, number)
    other = build()
    other.restore(algorithm.state())
    assert other.members == algorithm.members
    assert torch.equal(other._pool.clips, algorithm._pool.clips)


def test_the_normalised_reading_edits_each_channel_spread_over_its_range():
    """By hand: a channel over [-0.5, 0.5] has its lowest value at level 0 and highest at 255."""
    ramp = torch.linspace(-0.5, 0.5, 256).view(1, 1, 1, 16, 16).repeat(1, 3, 1, 1, 1)
    inverted = edit(ramp, (("solarize", 0.0),), "normalised")
    assert torch.allclose(inverted, ramp.flip(3, 4), atol=1e-6)
    assert torch.equal(edit(ramp, (), "normalised"), ramp)
