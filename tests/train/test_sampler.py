from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from anigifs.train.sampler import Order

small = st.integers(1, 4)


def take(order, count, first=0):
    return list(islice(order.from_batch(first), count))


@given(small, small, small, st.integers(0, 50), st.integers(0, 9))
def test_ranks_and_parts_together_see_the_batch_of_one_process(micro, parts, ranks, more, seed):
    clips = micro * parts * ranks + more
    whole = take(Order(seed, clips, micro * parts * ranks), 5)
    shares = [
        take(Order(seed, clips, micro, parts, rank, ranks), 5 * parts) for rank in range(ranks)
    ]
    for step, batch in enumerate(whole):
        pieces = [
            shares[rank][step * parts + part] for part in range(parts) for rank in range(ranks)
        ]
        assert [place for piece in pieces for place in piece] == batch


@given(small, st.integers(4, 40), st.integers(0, 30))
def test_any_batch_can_be_the_first(micro, clips, first):
    order = Order(3, clips, micro)
    assert take(order, 3, first) == take(order, first + 3)[first:]


@given(st.integers(1, 6), st.integers(6, 40))
def test_an_epoch_holds_no_clip_twice_and_drops_less_than_a_batch(micro, clips):
    order = Order(0, clips, micro)
    per_epoch = clips // micro
    for epoch in range(2):
        batches = take(order, per_epoch, epoch * per_epoch)
        places = [place for batch in batches for place in batch]
        assert {place[0] for place in places} == {epoch}
        assert len({place[1] for place in places}) == len(places) > clips - micro


def test_epochs_and_seeds_have_orders_of_their_own():
    orders = [tuple(Order(seed, 50, 5).epoch(epoch)) for seed in (0, 1) for epoch in (0, 1)]
    assert len(set(orders)) == 4
    assert all(sorted(order) == list(range(50)) for order in orders)
