import torch
from torch import nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.ada import ADA, ADAConfig
from anigifs.algorithms.adversary import ascend
from anigifs.algorithms.base import Batch, Context


class Small(nn.Module):
    classes = ("a", "b", "c")

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.last_block = nn.Sequential(nn.Conv3d(3, 6, 3, padding=1), nn.BatchNorm3d(6), nn.ReLU())
        self.head = nn.Linear(6, 3)
        self.seen = []

    def forward(self, clips):
        if self.training:
            self.seen.append(clips.detach().clone())
        return self.head(self.last_block(clips).mean((2, 3, 4)))


def build(**options):
    context = Context(Small.classes, torch.Generator(), torch.Generator().manual_seed(1))
    return ADA(Small(), ADAConfig(**{"every": 2, "pool": 4, "lr": 20.0, **options}), context)


def batch(seed=0, count=3):
    generator = torch.Generator().manual_seed(seed)
    clips = torch.rand(count, 3, 4, 8, 8, generator=generator) - 0.5
    return Batch(clips, torch.randint(3, (count,), generator=generator))


def run(algorithm, steps):
    for number in range(steps):
        algorithm.step(batch(number), number)


def losses(model, clips, labels):
    with torch.no_grad():
        return cross_entropy(model.eval()(clips), labels, reduction="none")


def test_ascent_follows_the_gradient_written_out():
    model, clips = nn.Identity(), torch.tensor([[0.1, -0.2], [0.3, 0.0]]).view(2, 1, 1, 1, 2)
    up = ascend(model, lambda x: x.square().flatten(1).sum(1), clips, steps=2, lr=0.25)
    assert torch.allclose(up, clips * 1.5 * 1.5)
    far = ascend(model, lambda x: x.flatten(1).sum(1), clips, steps=3, lr=1.0)
    assert torch.equal(far, torch.ones_like(clips)), "copies stay in the range of pixels"


def test_copies_raise_the_loss_of_their_clips():
    algorithm, given = build(), batch()
    copies = algorithm._copy(given)
    before = losses(algorithm.model, given.clips, given.labels)
    after = losses(algorithm.model, copies, given.labels)
    assert (after > before).all()


def test_gamma_holds_the_features_near():
    given = batch()
    moved = []
    for gamma in (0.0, 100.0):
        algorithm = build(gamma=gamma, lr=0.5)
        copies = algorithm._copy(given)
        algorithm.model.eval()
        with torch.no_grad():
            home, away = (algorithm._run(clips)[1] for clips in (given.clips, copies))
        moved.append((away - home).square().sum().item())
    assert moved[1] < 0.5 * moved[0]


def test_rounds_fill_the_pool_from_the_batches_that_follow():
    algorithm = build(rounds=2)
    kept = []
    for number in range(9):
        algorithm.step(batch(number), number)
        kept.append(0 if algorithm._copies is None else len(algorithm._copies.labels))
    assert kept == [0, 0, 3, 4, 7, 8, 8, 8, 8]
    expected = torch.cat(
        [batch(2).labels, batch(3).labels[:1], batch(4).labels, batch(5).labels[:1]]
    )
    assert torch.equal(algorithm._copies.labels, expected)


def test_later_batches_hold_the_share_of_copies_asked_for_with_their_labels():
    algorithm = build(rounds=1, every=1)
    run(algorithm, 3)
    algorithm.model.seen.clear()
    copies = algorithm._copies
    replaced = 0
    for number in range(10, 60):
        given = batch(number)
        shown = algorithm._with_copies(given)
        for clip, label, old, was in zip(
            shown.clips, shown.labels, given.clips, given.labels, strict=True
        ):
            if torch.equal(clip, old):
                assert label == was
            else:
                replaced += 1
                match = [torch.equal(clip, copy.float()) for copy in copies.clips]
                assert copies.labels[match.index(True)] == label
    assert 55 < replaced < 95


def test_the_model_is_trained_on_the_copies_with_their_labels():
    algorithm = build(rounds=1, every=1, share=1.0)
    run(algorithm, 3)
    given, copies = batch(10), algorithm._copies
    loss = algorithm.step(given, 10).loss
    shown = algorithm.model.seen[-1]
    which = [
        [torch.equal(clip, copy.float()) for copy in copies.clips].index(True) for clip in shown
    ]
    expected = cross_entropy(algorithm.model(shown), copies.labels[which])
    torch.testing.assert_close(loss, expected)


def test_the_log_tells_how_often_a_copy_was_shown_by_now():
    """Batches of three copies each: of the three that batch 1 makes, then of four."""
    algorithm = build(rounds=1, every=1, share=1.0)
    views = [algorithm.step(batch(number), number).logs.get("ada/views") for number in range(4)]
    assert views == [None, 3 / 3, 6 / 4, 9 / 4]
    other = build(rounds=1, every=1, share=1.0)
    other.restore(algorithm.state())
    assert other.step(batch(4), 4).logs["ada/views"] == 12 / 4


def test_before_the_first_round_it_trains_plainly():
    algorithm = build(every=5)
    run(algorithm, 5)
    assert all(torch.equal(clips, batch(n).clips) for n, clips in enumerate(algorithm.model.seen))


def test_the_state_holds_the_copies():
    algorithm, other = build(), build()
    run(algorithm, 4)
    other.restore(algorithm.state())
    assert torch.equal(other._copies.clips, algorithm._copies.clips)
    assert torch.equal(other._copies.labels, algorithm._copies.labels)
