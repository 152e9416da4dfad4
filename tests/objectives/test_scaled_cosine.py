"""The scaled cosine error against a loop, closed forms, gradients, invariances, and degenerate input."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import scaled_cosine_error


def rows(m: int, d: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(2, m, d, dtype=torch.float64, generator=generator).unbind())


def naive(prediction, target, alpha: float) -> float:
    total = 0.0
    for p, t in zip(prediction.tolist(), target.tolist(), strict=True):
        lengths = math.hypot(*p) * math.hypot(*t)
        cosine = sum(a * b for a, b in zip(p, t, strict=True)) / lengths if lengths else 0.0
        total += max(1 - cosine, 0.0) ** alpha
    return total / len(prediction)


@settings(max_examples=30, deadline=None)
@given(m=st.integers(1, 8), d=st.integers(1, 5), alpha=st.floats(1, 4), seed=st.integers(0, 99))
def test_a_loop_over_rows_agrees(m, d, alpha, seed):
    prediction, target = rows(m, d, seed)
    target[0] = 0
    loss = scaled_cosine_error(prediction, target, alpha=alpha)
    assert loss.item() == pytest.approx(naive(prediction, target, alpha), abs=1e-12)


def test_closed_forms():
    """Equal rows 0, orthogonal ones 1, opposite ones 2^alpha, at an angle of 60 degrees 2^-alpha."""
    eye = torch.eye(3, dtype=torch.float64)
    sixty = torch.tensor([[1.0, math.sqrt(3)]], dtype=torch.float64)
    for alpha in (1.0, 1.5, 3.0):
        for prediction, target, expected in (
            (eye, eye, 0.0),
            (eye, eye.roll(1, 0), 1.0),
            (eye, -eye, 2**alpha),
            (sixty, torch.tensor([[2.0, 0.0]]).double(), 0.5**alpha),
        ):
            loss = scaled_cosine_error(prediction, target, alpha=alpha)
            assert loss.item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("alpha", [1.0, 1.5, 2.0, 3.0])
def test_gradient(alpha):
    prediction, target = (part.requires_grad_() for part in rows(4, 3))
    assert gradcheck(lambda *z: scaled_cosine_error(*z, alpha=alpha), (prediction, target))


def test_any_scale_of_any_row():
    prediction, target = rows(6, 4)
    loss = scaled_cosine_error(prediction, target, alpha=2.0)
    scale = torch.tensor([1e-150, 1e-30, 1e-3, 7.0, 1e30, 1e150], dtype=torch.float64)[:, None]
    torch.testing.assert_close(scaled_cosine_error(scale * prediction, target, alpha=2.0), loss)
    torch.testing.assert_close(scaled_cosine_error(prediction, scale * target, alpha=2.0), loss)


def test_rounding_makes_no_nan_of_a_fractional_exponent():
    """1 - cosine of equal rows is below 0 for some of these."""
    z = torch.randn(2000, 7, generator=torch.Generator().manual_seed(0)).requires_grad_()
    unit = z / z.norm(dim=1, keepdim=True)
    assert bool((1 - (unit * unit).sum(1) < 0).any())
    loss = scaled_cosine_error(z, z.detach() * 3, alpha=1.5)
    loss.backward()
    assert 0 <= loss.item() < 1e-8
    assert torch.isfinite(z.grad).all()


def test_a_row_of_zeros_counts_one_and_a_target_of_zeros_gives_no_gradient():
    prediction, target = rows(3, 4)
    prediction[2], target[1] = 0, 0
    prediction.requires_grad_()
    loss = scaled_cosine_error(prediction, target, alpha=2.0)
    loss.backward()
    assert loss.item() == pytest.approx((naive(prediction[:1], target[:1], 2.0) + 2) / 3)
    assert torch.isfinite(prediction.grad).all()
    assert not prediction.grad[1].any()
    assert prediction.grad[0].any()


def test_no_rows_are_no_loss():
    z = torch.zeros(0, 4, requires_grad=True)
    loss = scaled_cosine_error(z, z, alpha=1.0)
    loss.backward()
    assert loss.item() == 0


def test_half_precision_is_computed_in_float32():
    prediction, target = (part.bfloat16() for part in rows(5, 3))
    loss = scaled_cosine_error(prediction, target, alpha=1.0)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, scaled_cosine_error(prediction.float(), target.float(), alpha=1.0))
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(scaled_cosine_error(prediction, target, alpha=1.0), loss, rtol=0, atol=0)


def test_what_is_refused():
    z = torch.eye(2)
    with pytest.raises(ValueError, match=r"must have one shape; got \(2, 2\) and \(1, 2\); give a row of each"):
        scaled_cosine_error.__wrapped__(z, z[:1], alpha=1.0)
    for alpha in (0.5, float("nan")):
        with pytest.raises(ValueError, match="alpha must be at least 1; got"):
            scaled_cosine_error(z, z, alpha=alpha)
