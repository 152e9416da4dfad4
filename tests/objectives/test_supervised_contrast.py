"""The supervised contrast of Core-tuning: against loops over pairs, closed forms, gradients, degenerate input."""

import math

import pytest
import torch

from graphcl.objectives import supervised_contrast


def naive(u, y, t):
    n = len(u)
    unit = [row / row.norm() if row.norm() > 0 else row for row in u]
    total, rows = 0.0, 0
    for i in range(n):
        every = sum(math.exp(float(unit[i] @ unit[k]) / t) for k in range(n) if k != i)
        alike = [j for j in range(n) if j != i and torch.equal(y[i], y[j])]
        rows += bool(alike)
        for j in alike:
            p = math.exp(float(unit[i] @ unit[j]) / t) / every
            total -= (1 - p) * math.log(p) / n
    return total / max(rows, 1)


def drawn(n=9, d=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    u = torch.randn(n, d, dtype=torch.float64, generator=generator)
    return u, torch.randint(3, (n, 1), generator=generator).double() / 2


@pytest.mark.parametrize("temperature", [0.07, 0.5, 5.0])
@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_it_is_the_sum_over_pairs(temperature, scale):
    u, y = drawn()
    u[4] = 0
    found = supervised_contrast(scale * u, y, temperature=temperature)
    assert found.item() == pytest.approx(naive(u, y, temperature), rel=1e-12)


def test_equal_rows_have_the_closed_form():
    """Of n equal rows in two classes of n / 2, every p is 1 / (n - 1)."""
    n, y = 8, (torch.arange(8) % 2)[:, None].double()
    p = 1 / (n - 1)
    expected = -(n / 2 - 1) / n * (1 - p) * math.log(p)
    for rows in (torch.zeros(n, 3), torch.ones(n, 3), torch.full((n, 1), 1e30)):
        assert supervised_contrast(rows.double(), y).item() == pytest.approx(expected)


def test_a_pair_that_is_told_apart_perfectly_costs_nothing():
    u = torch.tensor([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    y = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    assert 0 <= supervised_contrast(u, y).item() < 1e-20
    assert supervised_contrast(u, y.flip(0).roll(1, 0)).item() > 1


def test_gradients():
    u, y = drawn(6, 3)
    u.requires_grad_()
    assert torch.autograd.gradcheck(lambda u: supervised_contrast(u, y, temperature=0.5), (u,))


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_without_a_positive_the_loss_and_its_gradients_are_0(n):
    u = torch.randn(n, 2, generator=torch.Generator().manual_seed(0)).requires_grad_()
    loss = supervised_contrast(u, torch.arange(n, dtype=torch.float32)[:, None])
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(u.grad, torch.zeros_like(u))


def test_half_precision_is_computed_in_float32():
    u, y = drawn()
    half = supervised_contrast(u.bfloat16(), y)
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, supervised_contrast(u.bfloat16().float(), y))


def test_labels_that_differ_by_rounding_are_equal():
    u, _ = drawn(2)
    assert supervised_contrast(u[:, :1].abs(), torch.tensor([[1.0], [1 - 1e-7]])).item() == 0  # alone, so p = 1
    three = torch.zeros(3, 1)
    assert supervised_contrast(three, torch.tensor([[1.0], [1 - 1e-7], [0.5]])).item() > 0
    assert supervised_contrast(three, torch.tensor([[1.0], [0.99], [0.5]])).item() == 0


def test_bad_input():
    with pytest.raises(ValueError, match=r"y must have a row for each of u's 3; got 2"):
        supervised_contrast(torch.zeros(3, 2), torch.zeros(2, 1))
    with pytest.raises(ValueError, match=r"temperature must be positive; got 0.0"):
        supervised_contrast(torch.zeros(3, 2), torch.zeros(3, 1), temperature=0.0)
