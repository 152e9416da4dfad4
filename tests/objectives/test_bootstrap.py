"""The bootstrap loss against a loop, closed forms, gradients and degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import bootstrap_cosine


def rows(n: int = 6, d: int = 3, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(2, n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).unbind()


def test_a_loop_over_rows_agrees():
    q, y = rows()
    cosines = [
        sum(a * b for a, b in zip(p, t, strict=True)) / math.hypot(*p) / math.hypot(*t)
        for p, t in zip(q.tolist(), y.tolist(), strict=True)
    ]
    assert bootstrap_cosine(q, y).item() == pytest.approx(1 - sum(cosines) / 6, rel=1e-12)


def test_closed_forms():
    q, _ = rows()
    assert bootstrap_cosine(q, 3 * q).item() == pytest.approx(0, abs=1e-12)
    assert bootstrap_cosine(q, -q).item() == pytest.approx(2)
    assert bootstrap_cosine(torch.eye(3), torch.eye(3).roll(1, 0)).item() == 1
    assert bootstrap_cosine(q[:0], q[:0]).item() == 0


def test_gradient_of_the_prediction_alone():
    q, y = (h.requires_grad_() for h in rows())
    assert gradcheck(lambda q: bootstrap_cosine(q, y), (q,))
    bootstrap_cosine(q, y).backward()
    assert y.grad is None
    assert bootstrap_cosine(q, q).requires_grad


@pytest.mark.parametrize("scale", [0.0, 1e-6, 1e6])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(1, 3), (4, 3), (2, 1)])
def test_any_scale_and_equal_rows(shape, dtype, scale):
    q = torch.full(shape, scale, dtype=dtype).requires_grad_()
    for y in (torch.ones(shape, dtype=dtype), torch.zeros(shape, dtype=dtype)):
        loss = bootstrap_cosine(q, y)
        loss.backward()
        assert loss.dtype == torch.float32
        assert loss.item() == pytest.approx(0 if scale and y.any() else 1, abs=1e-2)
        assert torch.isfinite(q.grad).all()
