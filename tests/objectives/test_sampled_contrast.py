"""SCGC's contrast from samples: both sums without bias, closed forms, gradients, and what is degenerate."""

import math

import pytest
import torch
from scipy.sparse import csr_array

from graphcl.objectives import influence_contrast, sampled_influence_contrast
from graphcl.ops.graph_matrices.sparse import from_scipy, unit_rows
from graphcl.ops.random_walks.walk_ends import MatrixWalk, draw_walk_ends

N, TAU = 12, 0.7


def rows(n: int = N, d: int = 3) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def weights(z: torch.Tensor) -> torch.Tensor:
    """w_ij = exp(tau cos), 1 on the diagonal."""
    u = torch.nn.functional.normalize(z, dim=1)
    return torch.exp(TAU * (u @ u.T)).fill_diagonal_(1.0)


def transition() -> torch.Tensor:
    p = (torch.rand(N, N, generator=torch.Generator().manual_seed(1)) < 0.3).double()
    p = ((p + p.T) > 0).double().fill_diagonal_(0)
    p[0, 1] = p[1, 0] = 1
    return p / p.sum(1, keepdim=True)


def naive(z, places, *, seeds, visits, num_nodes) -> float:
    """The formula in loops; places are those of walk ends among the rows, the seeds first."""
    w, total = weights(z), 0.0
    for i in range(seeds):
        first = visits / places.size(1) * sum(w[i, j].item() for j in places[i].tolist())
        second = 1 + (num_nodes - 1) / (seeds - 1) * sum(w[i, j].item() for j in range(seeds) if j != i)
        total -= math.log(first / second + 1e-8)
    return total / seeds


def ours(z, places, *, seeds, **options):
    own = places == torch.arange(seeds)[:, None]
    return sampled_influence_contrast(z[:seeds], z[places], own, tau=TAU, **options)


def test_it_is_the_formula():
    z, seeds = rows(), 5
    places = torch.randint(N, (seeds, 4), generator=torch.Generator().manual_seed(2))
    places[0, 0] = 0  # a walk that comes back
    for visits, num_nodes in ((1.0, 12), (2.0, 500)):
        options = {"seeds": seeds, "visits": visits, "num_nodes": num_nodes}
        assert ours(z, places, **options).item() == pytest.approx(naive(z, places, **options))


def walk_of(p: torch.Tensor) -> MatrixWalk:
    return MatrixWalk(from_scipy(csr_array(p.numpy())))


@pytest.mark.parametrize("cumulative", [False, True])
def test_both_sums_under_the_log_are_without_bias(cumulative):
    """Of one node: over draws of walks, and over draws of the other seeds."""
    z, p, order, draws = rows(), transition(), 2, 4000
    w = weights(z)
    m = p @ p + cumulative * p
    generator = torch.Generator().manual_seed(3)
    ends = draw_walk_ends(
        walk_of(p), torch.arange(1), count=draws, order=order, cumulative=cumulative,
        generator=generator,
    )[0]  # fmt: skip
    visits = order if cumulative else 1
    sample = visits * w[0, ends]
    assert (sample.mean() - m[0] @ w[0]).abs() < 4.5 * sample.std() / draws**0.5
    others = torch.stack([1 + torch.randperm(N - 1, generator=generator)[:4] for _ in range(draws)])
    sample = 1 + (N - 1) / 4 * w[0, others].sum(1)
    assert (sample.mean() - w[0].sum()).abs() < 4.5 * sample.std() / draws**0.5


@pytest.mark.parametrize("cumulative", [False, True])
def test_with_all_seeds_and_many_walks_it_is_the_loss_on_the_full_graph(cumulative):
    z, p = rows(), transition()
    m = p @ p + cumulative * p
    full = influence_contrast(
        z, from_scipy(csr_array(m.numpy())), tau=TAU, volume=torch.ones(N).double(), summation="dense"
    )
    ends = draw_walk_ends(
        walk_of(p), torch.arange(N), count=20_000, order=2, cumulative=cumulative,
        generator=torch.Generator().manual_seed(0),
    )  # fmt: skip
    found = ours(z, ends, seeds=N, visits=float(1 + cumulative), num_nodes=N)
    assert found.item() == pytest.approx(full.item(), abs=3e-3)


def test_closed_forms():
    """Equal rows: log N less tau's share; walks that all come back have weight 1."""
    z, own = torch.ones(4, 2, dtype=torch.float64), torch.zeros(4, 3).bool()
    loss = sampled_influence_contrast(z, z[:, None].expand(-1, 3, -1), own, tau=TAU, visits=1.0, num_nodes=9)
    assert loss.item() == pytest.approx(math.log(1 + 8 * math.exp(TAU)) - TAU)
    back = sampled_influence_contrast(z, z[:, None].expand(-1, 3, -1), ~own, tau=TAU, visits=2.0, num_nodes=9)
    assert back.item() == pytest.approx(math.log((1 + 8 * math.exp(TAU)) / 2))


def test_gradients():
    z = rows(7).requires_grad_()
    places = torch.tensor([[0, 5, 6], [2, 2, 4], [1, 0, 6]])

    def loss(z):
        return ours(z, places, seeds=3, visits=1.0, num_nodes=20)

    assert torch.autograd.gradcheck(loss, (z,))
    loss(z).backward()
    assert (z.grad[[3]] == 0).all(), "of a row that nobody asked for"
    assert (z.grad[[0, 1, 2, 4, 5, 6]].abs().sum(1) > 0).all()


def test_one_seed_has_its_walks_alone():
    """No other seed stands for all nodes: the sum over all pairs is that of the node itself."""
    z = rows(3)
    loss = ours(z, torch.tensor([[1, 2]]), seeds=1, visits=1.0, num_nodes=50)
    cosines = (unit_rows(z)[:1] @ unit_rows(z).T)[0, 1:]
    assert loss.item() == pytest.approx(-torch.log(torch.exp(TAU * cosines).mean() + 1e-8).item())


def test_rows_of_zeros_and_half_precision():
    z = torch.zeros(3, 2, requires_grad=True)
    loss = sampled_influence_contrast(
        z, z[:, None].expand(-1, 2, -1), torch.zeros(3, 2).bool(), tau=TAU, visits=1.0, num_nodes=3
    )
    assert loss.item() == pytest.approx(math.log(3))
    loss.backward()
    assert torch.isfinite(z.grad).all()
    half = rows().bfloat16()
    places = torch.tensor([[3, 4], [5, 6], [7, 8]])
    options = {"seeds": 3, "visits": 1.0, "num_nodes": 30}
    found = ours(half, places, **options)
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(ours(rows(), places, **options).item(), abs=0.02)


def test_for_both_ends_the_value_is_the_same_and_positives_pull_twice():
    """On a ring whose rows are evenly spread all nodes are alike: the doubled gradient is that of live ends."""
    angle = torch.arange(N).double() * (2 * math.pi / N)
    z = torch.stack([angle.cos(), angle.sin(), torch.ones(N).double()], dim=1).requires_grad_()
    ends = (torch.arange(N)[:, None] + torch.tensor([-1, 0, 1])) % N  # each end of a step once
    own = ends == torch.arange(N)[:, None]
    options = {"tau": TAU, "visits": 1.0, "num_nodes": N}
    live = sampled_influence_contrast(z, z[ends], own, **options)
    doubled = sampled_influence_contrast(z, z.detach()[ends], own, for_both_ends=True, **options)
    single = sampled_influence_contrast(z, z.detach()[ends], own, **options)
    assert live.item() == doubled.item() == single.item()
    expected, found, half = (torch.autograd.grad(loss, z)[0] for loss in (live, doubled, single))
    torch.testing.assert_close(found, expected)
    assert not torch.allclose(half, expected, atol=1e-3)
