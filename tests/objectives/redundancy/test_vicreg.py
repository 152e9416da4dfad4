"""VICReg against a loop, closed forms, gradients, invariances, and degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import VICRegTerms, vicreg, vicreg_terms
from tests.objectives.redundancy.degenerate import DEGENERATE
from tests.objectives.redundancy.test_cca import views
from tests.sizes import LargestTensor


def naive(h1, h2, a: float = 25.0, b: float = 25.0, c: float = 1.0) -> float:
    n, d = h1.shape
    loss = (
        a * sum((x - y) ** 2 for x, y in zip(h1.flatten().tolist(), h2.flatten().tolist(), strict=True)) / (n * d)
    )
    for columns in (h1.T.tolist(), h2.T.tolist()):
        means = [sum(column) / n for column in columns]
        for k in range(d):
            for j in range(d):
                pairs = zip(columns[k], columns[j], strict=True)
                covariance = sum((x - means[k]) * (y - means[j]) for x, y in pairs) / (n - 1)
                if k == j:
                    loss += b / 2 * max(0, 1 - math.sqrt(covariance + 1e-4)) / d
                else:
                    loss += c * covariance**2 / d
    return loss


@pytest.mark.parametrize(
    "weights", [{}, {"invariance_weight": 0.0, "variance_weight": 3.0}, {"covariance_weight": 9.0}]
)
@pytest.mark.parametrize(("n", "d"), [(2, 1), (3, 5), (9, 4)])
def test_a_loop_over_columns_agrees(n, d, weights):
    h1, h2 = views(n, d)
    named = {name[0].replace("i", "a").replace("v", "b"): weight for name, weight in weights.items()}
    assert vicreg(h1, h2, **weights).item() == pytest.approx(naive(h1, h2, **named), rel=1e-9)


def test_closed_forms():
    """Orthogonal columns of variance s^2 4 / 3, shifted by 1 in the second view."""
    hadamard = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=torch.float64)
    terms = vicreg_terms(hadamard, hadamard + 1)
    assert isinstance(terms, VICRegTerms)
    assert [term.item() for term in terms] == pytest.approx([1, 0, 0])
    half = 1 - math.sqrt(1 / 3 + 1e-4)
    terms = vicreg_terms(hadamard, hadamard / 2)
    assert [term.item() for term in terms] == pytest.approx([1 / 4, half / 2, 0])
    equal = hadamard[:, :1].expand(4, 3)
    assert vicreg_terms(equal, 0 * equal).covariance.item() == pytest.approx(6 * (4 / 3) ** 2 / 3)


def test_gradient():
    h1, h2 = views(5, 3)
    scaled = (0.5 * h1).requires_grad_(), (0.5 * h2).requires_grad_()
    assert gradcheck(vicreg, scaled)


def test_what_does_not_matter():
    """The order of nodes, columns and views, and a shift of both; their scale counts."""
    h1, h2 = views()
    loss = vicreg(h1, h2)
    shift = torch.tensor([5.0, -1.0, 0.0, 1e3]).double()
    for other in ((h2, h1), (h1.flip(0), h2.flip(0)), (h1.flip(1), h2.flip(1)), (h1 + shift, h2 + shift)):
        torch.testing.assert_close(vicreg(*other), loss)
    assert vicreg(2 * h1, 2 * h2) > loss + 1
    assert vicreg(h1.flip(0), h2) > loss + 1


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", [name for name in DEGENERATE if name != "many equal rows"])
def test_degenerate_views_have_finite_losses_and_gradients(name, dtype, scale):
    h1 = (scale * DEGENERATE[name]).to(dtype).clone().requires_grad_()
    h2 = (scale * torch.randn(h1.shape, generator=torch.Generator().manual_seed(0))).to(dtype).requires_grad_()
    for first, second in ((h1, h2), (h1, h1)):
        loss = vicreg(first, second)
        loss.backward()
        assert loss.dtype == torch.float32
        assert math.isfinite(loss.item())
        assert torch.isfinite(h1.grad).all()
        assert torch.isfinite(h2.grad).all()


def test_collapsed_views_cost_their_variance_alone():
    h = DEGENERATE["two equal rows"].clone().requires_grad_()
    loss = vicreg(h, h)
    loss.backward()
    assert loss.item() == pytest.approx(25 * 0.99)
    assert vicreg(h[:1], h[:1]).item() == pytest.approx(25 * 0.99)
    assert not h.grad.any(), "the way out of a collapse is not seen from within"


def test_half_precision_is_computed_in_float32():
    h1, h2 = (h.bfloat16() for h in views(300, 8))
    wide = vicreg(h1.double(), h2.double())
    assert vicreg(h1, h2).item() == pytest.approx(wide.item(), rel=1e-5)
    with torch.autocast("cpu", torch.bfloat16):
        assert vicreg(h1.float(), h2.float()) == vicreg(h1, h2)


def test_no_matrix_of_nodes_by_nodes():
    h1, h2 = (h.requires_grad_() for h in views(500, 8))
    with LargestTensor() as largest:
        vicreg(h1, h2).backward()
    assert largest.numel <= 500 * 8


def test_gradient_steps_reach_the_minimum():
    h1, h2 = ((0.1 * h).requires_grad_() for h in views(40, 4))
    optimizer = torch.optim.Adam([h1, h2], lr=0.1)
    first = vicreg(h1, h2).item()
    for _ in range(200):
        optimizer.zero_grad()
        vicreg(h1, h2).backward()
        optimizer.step()
    assert first > 10
    assert vicreg(h1, h2).item() < 0.1


def test_bad_input():
    h1, h2 = views()
    with pytest.raises(ValueError, match=r"views of the same nodes; got \(9, 4\) and \(8, 4\)"):
        vicreg_terms.__wrapped__(h1, h2[:8])
    for name in ("invariance_weight", "variance_weight", "covariance_weight"):
        with pytest.raises(ValueError, match=rf"{name} must not be negative; got -0\.5"):
            vicreg(h1, h2, **{name: -0.5})
    with pytest.raises(ValueError, match="there must be a row to standardise; got none"):
        vicreg(h1[:0], h2[:0])
