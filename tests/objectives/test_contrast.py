"""The influence contrast against a loop, closed forms, gradients, and degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import influence_contrast
from graphcl.objectives.contrast import EPSILON
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.ops.random_walks.walk_matrices import cumulative_influence, transition_matrix


def example(n: int = 8, order: int = 2, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    edges = torch.randint(n, (2, 2 * n), generator=generator)
    M = from_scipy(cumulative_influence(transition_matrix(edges, n), order), torch.float64)
    return torch.randn(n, 3, dtype=torch.float64, generator=generator), M


def naive(z, M, tau: float) -> float:
    total = 0.0
    dense = M.to_dense().tolist()
    for i in range(len(z)):
        numerator = denominator = 0.0
        for j in range(len(z)):
            cosine = 0.0 if i == j else float(torch.cosine_similarity(z[i], z[j], dim=0))
            numerator += dense[i][j] * math.exp(tau * cosine)
            denominator += math.exp(tau * cosine)
        total -= math.log(numerator / denominator + EPSILON)
    return total / len(z)


@pytest.mark.parametrize("tau", [0.25, 1.0, 2.25])
@pytest.mark.parametrize("order", [1, 3])
def test_a_loop_over_pairs_agrees(tau, order):
    z, M = example(order=order)
    assert influence_contrast(z, M, tau=tau).item() == pytest.approx(naive(z, M, tau), abs=1e-12)


def test_gradient():
    z, M = example()
    assert gradcheck(lambda z: influence_contrast(z, M, tau=1.5), (z.requires_grad_(),))


def test_closed_form_of_equal_rows():
    """All cosines 1: n_i = M_ii + (R - M_ii) e^tau, d_i = 1 + (n - 1) e^tau."""
    _, M = example(order=1)
    own = M.to_dense().diagonal()
    e = math.exp(0.5)
    expected = -torch.log((own + (1 - own) * e) / (1 + 7 * e) + EPSILON).mean()
    z = torch.ones(8, 3, dtype=torch.float64)
    torch.testing.assert_close(influence_contrast(z, M, tau=0.5), expected)


def test_scaling_the_positives_shifts_the_value_alone():
    z, M = example()
    z.requires_grad_()
    first = torch.autograd.grad(influence_contrast(z, M, tau=1.0), z)[0]
    second = torch.autograd.grad(influence_contrast(z, M * 2, tau=1.0), z)[0]
    torch.testing.assert_close(first, second, rtol=1e-6, atol=1e-9)
    shift = influence_contrast(z, M, tau=1.0) - influence_contrast(z, M * 2, tau=1.0)
    assert shift.item() == pytest.approx(math.log(2), abs=1e-6)


def test_renumbering_the_nodes_changes_nothing():
    z, M = example()
    order = torch.randperm(8, generator=torch.Generator().manual_seed(1))
    moved = M.to_dense()[order][:, order].to_sparse_csr()
    torch.testing.assert_close(influence_contrast(z[order], moved, tau=1.0), influence_contrast(z, M, tau=1.0))


def test_rows_of_zeros_and_a_single_node():
    z, M = example()
    z[0] = 0
    z.requires_grad_()
    loss = influence_contrast(z, M, tau=1.0)
    loss.backward()
    assert loss.item() == pytest.approx(naive_with_zero_row(z, M), abs=1e-12)
    assert torch.isfinite(z.grad).all()
    alone, own = example(n=1, order=2)
    assert influence_contrast(alone, own, tau=1.0).item() == pytest.approx(-math.log(2), abs=1e-7)


def naive_with_zero_row(z, M) -> float:
    return naive(z.detach(), M, 1.0)  # torch's cosine of a row of zeros is 0


def test_positives_of_another_size():
    z, M = example()
    with pytest.raises(ValueError, match=r"positives must be of size \(5, 5\), .* got \(8, 8\)"):
        influence_contrast.__wrapped__(z[:5], M, tau=1.0)


def test_bfloat16_is_near():
    z, M = example(n=64)
    exact = influence_contrast(z, M, tau=0.25)
    half = influence_contrast(z.bfloat16(), M.float(), tau=0.25)
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(exact.item(), abs=1e-3)
