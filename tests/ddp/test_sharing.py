"""What ranks do for one another: seeds divided, results of rank 0, turns, decisions, batch normalisation."""

import pytest
import torch
from torch import nn

from graphcl.training import NodeBatches, Stage, adam
from graphcl.training.batching.rank_seeds import rank_parts
from tests.ddp import collectives
from tests.ddp.test_collectives import parts
from tests.training.recorder import data


@pytest.mark.parametrize(("seeds", "batch_size"), [(12, 4), (13, 4), (10, 4), (9, 3), (7, 100), (4, 2), (11, 5)])
def test_every_seed_once_and_no_rank_without_one(pool, seeds, batch_size):
    first, second = pool.run(collectives.divided, seeds, batch_size)
    single = [part.tolist() for part, _ in rank_parts(torch.arange(seeds), batch_size)]
    assert len(first) == len(second) == len(single)
    order = []
    for (a, joint), (b, _) in zip(first, second, strict=True):
        assert joint == len(a) + len(b) <= batch_size
        assert 0 <= len(a) - len(b) <= 1 <= len(b)
        order += a + b
    assert order == list(range(seeds)), "in the same order as on one process"
    unlike = [i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a[0] + b[0] != single[i]]
    assert all(i >= len(single) - 2 for i in unlike), "but for a seed that the last step needs"


def test_one_process_takes_the_seeds_as_they_come():
    order = torch.randperm(23)
    for size in (1, 4, 22, 23, 50):
        ours = [part for part, _ in rank_parts(order, size)]
        assert all(map(torch.equal, ours, order.split(size)))
        assert NodeBatches(data(23)).steps(Stage("one", 1, adam(0.1), batch_size=size)) == len(ours)


def test_too_few_seeds_are_refused(pool):
    expected = "batch_size must give each of 2 processes a seed in each step; got batch_size=2 for 5 seeds; set"
    assert all(expected in text for text in pool.run(collectives.message, collectives.divided, 5, 2))


def test_rank_0_does_it_for_all(pool):
    (result, error), (theirs, other) = pool.run(collectives.alone)
    assert result == theirs == 7
    assert error == "FileNotFoundError: no file on rank 0"
    assert other == "RankZeroError: FileNotFoundError: no file on rank 0"


def test_the_first_of_a_machine_goes_first(pool, tmp_path):
    assert pool.run(collectives.turns, tmp_path / "cache") == [False, True]


def test_decisions_are_those_of_all(pool):
    assert pool.run(collectives.largest_numbers) == [(5, 3)] * 2


def joint_norm(z: torch.Tensor, weight: torch.Tensor | float) -> tuple[torch.Tensor, ...]:
    norm, z = nn.BatchNorm1d(z.size(1)).double(), z.clone().requires_grad_()
    rows = norm(z)
    (rows**3 * weight).sum().backward()
    return rows.detach(), z.grad, norm.running_mean, norm.running_var


@pytest.mark.parametrize("sizes", [(4, 4), (5, 2), (6, 1)], ids=str)
def test_batch_normalisation_of_the_rows_of_all_ranks(pool, sizes):
    z = parts(*sizes)
    answers = pool.run(collectives.normalised, z, None)
    weights = [torch.arange(t.numel(), dtype=t.dtype).view_as(t).sin() for t in z]
    rows, gradient, *statistics = joint_norm(torch.cat(z), torch.cat(weights))
    torch.testing.assert_close(torch.cat([answer[0] for answer in answers]), rows)
    torch.testing.assert_close(torch.cat([answer[1] for answer in answers]), gradient)
    for answer in answers:
        torch.testing.assert_close(list(answer[2:]), statistics)


def test_batch_normalisation_of_rows_with_multiplicities(pool):
    z, times = parts(3, 2), [torch.tensor([2, 1, 1]), torch.tensor([1, 3])]
    rows, _, *statistics = joint_norm(torch.cat(z).repeat_interleave(torch.cat(times), 0), 1.0)
    answers = pool.run(collectives.normalised, z, times)
    ours = torch.cat([answer[0] for answer in answers]).repeat_interleave(torch.cat(times), 0)
    torch.testing.assert_close(ours, rows)
    torch.testing.assert_close(list(answers[1][2:]), statistics)
