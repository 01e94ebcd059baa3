"""What processes agree on, on two of them over gloo that hold unequal values."""

import pytest
import torch
from torch import distributed
from torch.multiprocessing import start_processes

from anigifs.algorithms.ranks import count_ranks, gather_over_ranks, mean_over_ranks

VALUES = torch.tensor([[1.0, 2.0], [5.0, 8.0]])


def ask(rank, folder):
    meet = f"file://{folder}/meet"
    distributed.init_process_group("gloo", init_method=meet, rank=rank, world_size=2)
    own = VALUES[rank].clone()
    answers = [count_ranks(), mean_over_ranks(own), gather_over_ranks(own[:, None]), own]
    torch.save(answers, folder / f"{rank}.pt")
    distributed.destroy_process_group()


@pytest.mark.slow
def test_both_processes_get_the_mean_and_all_values_and_keep_their_own(tmp_path):
    start_processes(ask, (tmp_path,), nprocs=2, start_method="fork")
    for rank in (0, 1):
        count, mean, gathered, own = torch.load(tmp_path / f"{rank}.pt")
        assert count == 2
        assert mean.tolist() == [3, 5]
        assert gathered.tolist() == [[1], [2], [5], [8]]
        assert own.tolist() == VALUES[rank].tolist()


def test_a_single_process_keeps_its_own():
    assert count_ranks() == 1
    assert mean_over_ranks(VALUES) is VALUES
    assert gather_over_ranks(VALUES) is VALUES
