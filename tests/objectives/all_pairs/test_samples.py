"""Sampled sums: unbiased, exact when everything is drawn, and by an explicit generator alone."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import all_pairs_logsumexp
from graphcl.ops.graph_matrices.sparse import unit_rows


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def rows(n: int, d: int = 4, seed: int = 0) -> torch.Tensor:
    return unit_rows(torch.randn(n, d, dtype=torch.float64, generator=seeded(seed)))


@pytest.mark.parametrize("sides", ["one", "two"])
def test_the_mean_over_many_samples_is_the_sum(sides):
    u, v = rows(30), None if sides == "one" else rows(20, seed=1)
    exact = all_pairs_logsumexp(u, v, scale=2.0, method="dense").exp()
    generator = seeded()
    draws = torch.stack(
        [
            all_pairs_logsumexp(u, v, scale=2.0, method="sampled", samples=6, generator=generator).exp()
            for _ in range(3000)
        ]
    )
    standard_error = draws.std(0) / math.sqrt(len(draws))
    assert ((draws.mean(0) - exact).abs() < 5 * standard_error).all()
    assert (draws.std(0) > 0).all()


def test_the_spread_falls_with_the_sample_and_ends_at_the_exact_sum():
    u = rows(100)
    exact = all_pairs_logsumexp(u, scale=1.0, method="dense")

    def error(samples: int) -> float:
        drawn = [
            all_pairs_logsumexp(u, scale=1.0, method="sampled", samples=samples, generator=seeded(seed))
            for seed in range(20)
        ]
        return (torch.stack(drawn) - exact).square().mean().sqrt().item()

    assert error(5) > 2 * error(50) > 0
    assert error(99) < error(50)
    torch.testing.assert_close(
        all_pairs_logsumexp(u, scale=1.0, method="sampled", samples=100, generator=seeded()), exact
    )


def test_by_hand():
    """Three rows, two drawn: a drawn row has one other in the sample, the row left out has both."""
    u = rows(3)
    left_out = int(torch.randperm(3, generator=seeded())[2])
    pairs = torch.exp(u @ u.T)
    ours = all_pairs_logsumexp(u, scale=1.0, method="sampled", samples=2, generator=seeded()).exp()
    for i in range(3):
        others = [j for j in range(3) if j not in (i, left_out)]
        expected = pairs[i, i] + 2 * pairs[i, others].mean()
        torch.testing.assert_close(ours[i], expected)


def test_gradients():
    u, v = rows(6).requires_grad_(), rows(5, seed=1).requires_grad_()
    options = {"scale": 0.8, "method": "sampled", "samples": 3}
    assert gradcheck(lambda u: all_pairs_logsumexp(u, **options, generator=seeded()), (u,))
    assert gradcheck(lambda u, v: all_pairs_logsumexp(u, v, **options, generator=seeded()), (u, v))


def test_the_generator_decides():
    u = rows(50)

    def draw(seed: int) -> torch.Tensor:
        return all_pairs_logsumexp(u, scale=1.0, method="sampled", samples=5, generator=seeded(seed))

    assert torch.equal(draw(0), draw(0))
    assert not torch.equal(draw(0), draw(1))
    with pytest.raises(ValueError, match="needs a generator"):
        all_pairs_logsumexp(u, scale=1.0, method="sampled")
    with pytest.raises(ValueError, match="samples must be at least 2; got 1"):
        all_pairs_logsumexp(u, scale=1.0, method="sampled", samples=1, generator=seeded())
    assert all_pairs_logsumexp(u[:1], scale=1.0, method="sampled", generator=seeded()).item() == pytest.approx(1.0)
