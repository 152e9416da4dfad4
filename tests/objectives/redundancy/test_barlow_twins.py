"""The loss of Barlow Twins against a loop, closed forms, gradients, invariances, and degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import BarlowTwinsTerms, barlow_twins, barlow_twins_terms
from tests.objectives.redundancy.degenerate import DEGENERATE
from tests.objectives.redundancy.test_cca import standardised, views
from tests.sizes import LargestTensor


def naive(h1, h2, weight: float) -> float:
    n, z1, z2 = len(h1), standardised(h1), standardised(h2)
    loss = 0.0
    for k, first in enumerate(z1):
        for j, second in enumerate(z2):
            correlation = sum(a * b for a, b in zip(first, second, strict=True)) / n
            loss += (1 - correlation) ** 2 if k == j else weight * correlation**2
    return loss


@pytest.mark.parametrize("weight", [0.0, 0.3, 2.0])
@pytest.mark.parametrize(("n", "d"), [(2, 1), (3, 5), (9, 4)])
def test_a_loop_over_columns_agrees(n, d, weight):
    h1, h2 = views(n, d)
    assert barlow_twins(h1, h2, redundancy_weight=weight).item() == pytest.approx(naive(h1, h2, weight), abs=1e-9)
    assert barlow_twins(h1, h2).item() == pytest.approx(naive(h1, h2, 1 / d), abs=1e-9)


def test_closed_forms():
    """Orthogonal columns: C = (n - 1) / n I. Equal columns in the first view, opposite ones in the second."""
    hadamard = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=torch.float64)
    terms = barlow_twins_terms(hadamard, 7 * hadamard + 1)
    assert isinstance(terms, BarlowTwinsTerms)
    assert [term.item() for term in terms] == pytest.approx([3 / 16, 0])
    equal = hadamard[:, :1].expand(4, 3)
    terms = barlow_twins_terms(equal, -equal)
    assert [term.item() for term in terms] == pytest.approx([3 * (7 / 4) ** 2, 6 * (3 / 4) ** 2])


def test_gradient():
    assert gradcheck(barlow_twins, tuple(h.requires_grad_() for h in views(5, 3)))


def test_what_does_not_matter():
    h1, h2 = views()
    loss = barlow_twins(h1, h2)
    scale, shift = torch.tensor([1e-3, 2.0, 50.0, 1e6]).double(), torch.tensor([5.0, -1.0, 0.0, 1e3]).double()
    for other in (
        (h2, h1),
        (h1.flip(0), h2.flip(0)),
        (h1.flip(1), h2.flip(1)),
        (scale * h1 + shift, h2),
        (-h1, -h2),
    ):
        torch.testing.assert_close(barlow_twins(*other), loss)
    assert barlow_twins(-h1, h2) > loss + 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_views_have_finite_losses_and_gradients(name, dtype):
    h1 = DEGENERATE[name].to(dtype).clone().requires_grad_()
    h2 = torch.randn(h1.shape, generator=torch.Generator().manual_seed(0)).to(dtype).requires_grad_()
    for first, second in ((h1, h2), (h1, h1)):
        loss = barlow_twins(first, second)
        loss.backward()
        assert loss.dtype == torch.float32
        assert math.isfinite(loss.item())
        assert torch.isfinite(h1.grad).all()
        assert torch.isfinite(h2.grad).all()
        assert h1.grad.abs().max() < 1e3


def test_constant_columns_count_one_each_without_a_gradient():
    h = DEGENERATE["one row"].clone().requires_grad_()
    loss = barlow_twins(h, h)
    loss.backward()
    assert loss.item() == 3
    assert not h.grad.any()


@pytest.mark.parametrize("scale", [1e-30, 1e-6, 1e6, 1e30])
def test_any_scale_in_single_precision(scale):
    h1, h2 = views(200)
    small = (scale * h1).float().requires_grad_()
    loss = barlow_twins(small, h2.float())
    loss.backward()
    assert loss.item() == pytest.approx(barlow_twins(h1, h2).item(), rel=1e-5)
    assert torch.isfinite(small.grad).all()


def test_half_precision_is_computed_in_float32():
    h1, h2 = (h.bfloat16() for h in views(300, 8))
    wide = barlow_twins(h1.double(), h2.double())
    assert barlow_twins(h1, h2).item() == pytest.approx(wide.item(), rel=1e-5)
    with torch.autocast("cpu", torch.bfloat16):
        assert barlow_twins(h1.float(), h2.float()) == barlow_twins(h1, h2)


def test_no_matrix_of_nodes_by_nodes():
    h1, h2 = (h.requires_grad_() for h in views(500, 8))
    with LargestTensor() as largest:
        barlow_twins(h1, h2).backward()
    assert largest.numel <= 500 * 8


def test_gradient_steps_reach_the_minimum():
    h1, h2 = (h.requires_grad_() for h in (views(40, 4)[0], views(40, 4, seed=1)[0]))
    optimizer = torch.optim.Adam([h1, h2], lr=0.1)
    first = barlow_twins(h1, h2).item()
    for _ in range(200):
        optimizer.zero_grad()
        barlow_twins(h1, h2).backward()
        optimizer.step()
    assert first > 3
    assert barlow_twins(h1, h2).item() == pytest.approx(4 / 40**2, abs=0.003)


def test_bad_input():
    h1, h2 = views()
    with pytest.raises(ValueError, match=r"views of the same nodes; got \(9, 4\) and \(8, 4\)"):
        barlow_twins_terms.__wrapped__(h1, h2[:8])
    with pytest.raises(ValueError, match=r"redundancy_weight must not be negative; got -0\.5"):
        barlow_twins(h1, h2, redundancy_weight=-0.5)
    with pytest.raises(ValueError, match="there must be a row to standardise; got none"):
        barlow_twins(h1[:0], h2[:0])
