"""Ends of drawn walks have the distribution of the powers of the transition matrix."""

import pytest
import torch
from scipy.sparse import csr_array

from graphcl.ops.graph_matrices.sparse import csr, from_scipy
from graphcl.ops.random_walks.walk_ends import MatrixWalk, draw_walk_ends

N, COUNT = 7, 6000


def transition() -> torch.Tensor:
    """Weighted, directed, with a self loop and a node (6) that no edge leaves."""
    draw = torch.Generator().manual_seed(0)
    p = torch.rand(N, N, generator=draw, dtype=torch.float64)
    p = p * (torch.rand(N, N, generator=draw) < 0.5)
    p[0, 0], p[5, 6], p[6] = 0.7, 0.2, 0.0
    return p / p.sum(1, keepdim=True).clamp(min=1e-12)


def expected(p: torch.Tensor, order: int, *, cumulative: bool) -> torch.Tensor:
    p = p.clone()
    p[6, 6] = 1.0  # it stays where it is
    powers = [torch.linalg.matrix_power(p, t) for t in range(1, order + 1)]
    return sum(powers) / order if cumulative else powers[-1]


def ends_of(start: torch.Tensor, seed: int = 0, **options) -> torch.Tensor:
    step = from_scipy(csr_array(transition().numpy())).to(torch.float32)
    return draw_walk_ends(MatrixWalk(step), start, generator=torch.Generator().manual_seed(seed), **options)


@pytest.mark.parametrize("cumulative", [False, True])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_distribution_of_ends(order, cumulative):
    ends = ends_of(torch.arange(N), count=COUNT, order=order, cumulative=cumulative)
    assert ends.shape == (N, COUNT)
    share = torch.stack([torch.bincount(row, minlength=N) for row in ends]).double() / COUNT
    p = expected(transition(), order, cumulative=cumulative)
    error = (p * (1 - p) / COUNT).sqrt()
    assert ((share - p).abs() <= 4.5 * error).all(), "also exactly 0 where there is no walk"


def test_starts_may_come_in_any_order_and_twice():
    ends = ends_of(torch.tensor([6, 3, 3]), count=50, order=2, cumulative=False)
    assert (ends[0] == 6).all()
    assert not torch.equal(ends[1], ends[2]), "walks are independent"


def test_draws_repeat_with_the_generator():
    options = {"count": 20, "order": 2, "cumulative": True}
    first, again, other = (ends_of(torch.arange(N), seed, **options) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_graph_without_edges():
    nothing = from_scipy(csr_array((3, 3)))
    ends = draw_walk_ends(MatrixWalk(nothing), torch.arange(3), count=2, order=2, cumulative=False)
    assert ends.tolist() == [[0, 0], [1, 1], [2, 2]]


def test_a_row_whose_entries_are_zeros_stays():
    ring = csr(torch.tensor([0, 2, 3]), torch.tensor([0, 1, 0]), torch.tensor([0.0, 0.0, 1.0]), (2, 2))
    assert MatrixWalk(ring).step(torch.tensor([0, 1]), torch.tensor([0.9, 0.9])).tolist() == [0, 0]
