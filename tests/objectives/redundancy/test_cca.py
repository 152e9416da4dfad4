"""CCA-SSG's loss against a loop, closed forms, gradients, invariances, and degenerate input."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import cca_ssg, cca_ssg_terms
from graphcl.objectives.redundancy import CCATerms, standardise_columns
from tests.objectives.redundancy.degenerate import DEGENERATE
from tests.sizes import LargestTensor


def views(n: int = 9, d: int = 4, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    first, second = torch.randn(2, n, d, dtype=torch.float64, generator=generator).unbind()
    return first, first + 0.5 * second


def standardised(h) -> list[list[float]]:
    """Columns of Z, entry by entry."""
    columns = []
    for column in h.T.tolist():
        mean = sum(column) / len(column)
        std = math.sqrt(sum((x - mean) ** 2 for x in column) / (len(column) - 1))
        columns.append([(x - mean) / std for x in column])
    return columns


def naive(h1, h2, weight: float) -> float:
    n, z1, z2 = len(h1), standardised(h1), standardised(h2)
    loss = 0.0
    for k in range(len(z1)):
        loss -= sum(a * b for a, b in zip(z1[k], z2[k], strict=True)) / n
        for j in range(len(z1)):
            for z in (z1, z2):
                covariance = sum(a * b for a, b in zip(z[k], z[j], strict=True)) / n
                loss += weight * ((k == j) - covariance) ** 2
    return loss


@settings(max_examples=30, deadline=None)
@given(n=st.integers(2, 9), d=st.integers(1, 5), weight=st.floats(0, 2), seed=st.integers(0, 99))
def test_a_loop_over_columns_agrees(n, d, weight, seed):
    h1, h2 = views(n, d, seed)
    loss = cca_ssg(h1, h2, decorrelation_weight=weight)
    assert loss.item() == pytest.approx(naive(h1, h2, weight), abs=1e-9)


def test_the_invariance_is_a_distance_up_to_a_constant():
    """The paper's form: -tr C = |Z_1 - Z_2|^2 / (2n) - d (n - 1) / n."""
    h1, h2 = views(9, 4)
    distance = (standardise_columns(h1) - standardise_columns(h2)).square().sum() / 18
    torch.testing.assert_close(cca_ssg_terms(h1, h2).invariance, distance - 4 * 8 / 9)


def test_closed_forms():
    """Orthogonal columns: C = G = (n - 1) / n I. Equal columns: every entry of them is that."""
    hadamard = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=torch.float64)
    terms = cca_ssg_terms(hadamard, hadamard)
    assert isinstance(terms, CCATerms)
    assert [term.item() for term in terms] == pytest.approx([-3 * 3 / 4, 3 / 16, 3 / 16])
    equal = hadamard[:, :1].expand(4, 3)
    terms = cca_ssg_terms(equal, -equal)
    off_diagonal = 6 * (3 / 4) ** 2
    assert [term.item() for term in terms] == pytest.approx([9 / 4, 3 / 16 + off_diagonal, 3 / 16 + off_diagonal])


@pytest.mark.parametrize("n", [2, 3, 9])
def test_gradient(n):
    h1, h2 = (h.requires_grad_() for h in views(n, 3))
    assert gradcheck(lambda h1, h2: cca_ssg(h1, h2, decorrelation_weight=0.7), (h1, h2))
    assert gradcheck(standardise_columns, (h1,))


def test_second_derivative():
    h1, h2 = (h.requires_grad_() for h in views(5, 2))
    assert torch.autograd.gradgradcheck(lambda h1, h2: cca_ssg(h1, h2, decorrelation_weight=0.7), (h1, h2))


def test_what_does_not_matter():
    """The order of the nodes, of the columns and of the views, and location and positive scale of any column."""
    h1, h2 = views()
    loss = cca_ssg(h1, h2, decorrelation_weight=0.3)
    scale, shift = torch.tensor([1e-3, 2.0, 50.0, 1e6]).double(), torch.tensor([5.0, -1.0, 0.0, 1e3]).double()
    for other in (
        (h2, h1),
        (h1.flip(0), h2.flip(0)),
        (h1.flip(1), h2.flip(1)),
        (scale * h1 + shift, h2),
        (-h1, -h2),
    ):
        torch.testing.assert_close(cca_ssg(*other, decorrelation_weight=0.3), loss)
    assert cca_ssg(-h1, h2, decorrelation_weight=0.3) > loss + 1


def test_standardised_columns():
    z = standardise_columns(views()[0])
    torch.testing.assert_close(z.mean(0), torch.zeros(4).double(), rtol=0, atol=1e-12)
    torch.testing.assert_close(z.std(0), torch.ones(4).double())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_views_have_finite_losses_and_gradients(name, dtype):
    h1 = DEGENERATE[name].to(dtype).clone().requires_grad_()
    generator = torch.Generator().manual_seed(0)
    h2 = torch.randn(h1.shape, dtype=torch.float64, generator=generator).to(dtype).requires_grad_()
    for first, second in ((h1, h2), (h1, h1)):
        loss = cca_ssg(first, second, decorrelation_weight=1.0)
        loss.backward()
        assert math.isfinite(loss.item())
        assert torch.isfinite(h1.grad).all()
        assert torch.isfinite(h2.grad).all()
        assert h1.grad.abs().max() < 1e3


def test_constant_columns_are_zero_without_a_gradient():
    """One row: Z = 0, so that the loss is 2 lambda d. A constant column counts 1 in its own decorrelation."""
    h = DEGENERATE["one row"].clone().requires_grad_()
    loss = cca_ssg(h, h, decorrelation_weight=0.5)
    loss.backward()
    assert loss.item() == 3.0
    assert not h.grad.any()
    for name in ("two equal rows", "many equal rows"):
        assert not standardise_columns(DEGENERATE[name]).any()
    h1 = DEGENERATE["half constant"].clone().requires_grad_()
    cca_ssg(h1, torch.randn(3, 2), decorrelation_weight=0.5).backward()
    assert not h1.grad[:, 0].any()
    assert h1.grad[:, 1].any()


@pytest.mark.parametrize("scale", [1e-37, 1e-30, 1e-10, 1e10, 1e30, 1e37])
def test_any_scale_in_single_precision(scale):
    h1, h2 = views(200)
    expected = cca_ssg(h1, h2, decorrelation_weight=0.3).item()
    small = (scale * h1).float().requires_grad_()
    loss = cca_ssg(small, h2.float(), decorrelation_weight=0.3)
    loss.backward()
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    assert torch.isfinite(small.grad).all()


def test_missing_values_are_not_hidden():
    h1, h2 = views()
    h1[0, 0] = math.nan
    assert math.isnan(cca_ssg(h1, h2, decorrelation_weight=0.3))


def test_half_precision_is_near_and_computed_in_float32():
    h1, h2 = views(300, 8)
    exact = cca_ssg(h1, h2, decorrelation_weight=0.1).item()
    half = cca_ssg(h1.bfloat16(), h2.bfloat16(), decorrelation_weight=0.1)
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(exact, rel=1e-2)
    wide = cca_ssg(h1.bfloat16().double(), h2.bfloat16().double(), decorrelation_weight=0.1)
    assert half.item() == pytest.approx(wide.item(), rel=1e-5)
    single = cca_ssg(h1.float(), h2.float(), decorrelation_weight=0.1)
    with torch.autocast("cpu", torch.bfloat16):
        assert cca_ssg(h1.float(), h2.float(), decorrelation_weight=0.1) == single
    assert single.item() == pytest.approx(exact, rel=1e-5)


def test_no_matrix_of_nodes_by_nodes():
    h1, h2 = (h.requires_grad_() for h in views(500, 8))
    with LargestTensor() as largest:
        cca_ssg(h1, h2, decorrelation_weight=0.1).backward()
    assert largest.numel <= 500 * 8


def test_gradient_steps_align_and_decorrelate():
    h1, h2 = (h.requires_grad_() for h in views(40, 4))
    optimizer = torch.optim.Adam([h1, h2], lr=0.1)
    first = cca_ssg(h1, h2, decorrelation_weight=1.0).item()
    for _ in range(200):
        optimizer.zero_grad()
        cca_ssg(h1, h2, decorrelation_weight=1.0).backward()
        optimizer.step()
    last = cca_ssg(h1, h2, decorrelation_weight=1.0).item()
    minimum = -4 * 39 / 40 + 2 * 4 / 40**2
    assert first > minimum + 0.5
    assert last == pytest.approx(minimum, abs=0.01)


def test_bad_input():
    h1, h2 = views()
    with pytest.raises(ValueError, match=r"views of the same nodes; got \(9, 4\) and \(8, 4\)"):
        cca_ssg_terms.__wrapped__(h1, h2[:8])
    with pytest.raises(ValueError, match=r"decorrelation_weight must not be negative; got -0\.5"):
        cca_ssg(h1, h2, decorrelation_weight=-0.5)
    with pytest.raises(ValueError, match="there must be a row to standardise; got none"):
        cca_ssg(h1[:0], h2[:0], decorrelation_weight=0.5)
