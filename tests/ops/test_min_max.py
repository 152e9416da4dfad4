"""Min-max scaling of rows."""

import torch
from torch.autograd import gradcheck

from graphcl.ops.min_max import min_max_rows


def test_rows_span_zero_to_one_at_any_scale():
    z = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
    for scale in (1e-30, 1e-6, 1.0, 1e6, 1e30):
        scaled = min_max_rows(scale * z)
        torch.testing.assert_close(scaled, min_max_rows(z))
        assert torch.equal(scaled.amin(1), torch.zeros(6))
        assert torch.equal(scaled.amax(1), torch.ones(6))


def test_constant_rows_become_zero_without_a_gradient():
    z = torch.tensor([[2.0, 2.0], [1.0, 3.0], [0.0, 0.0]], requires_grad=True)
    scaled = min_max_rows(z)
    scaled.square().sum().backward()
    assert scaled.tolist() == [[0, 0], [0, 1], [0, 0]]
    assert torch.isfinite(z.grad).all()
    assert not z.grad[0].any()


def test_gradient_and_half_precision():
    z = torch.randn(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1), requires_grad=True)
    assert gradcheck(min_max_rows, z)
    assert min_max_rows(z.detach().bfloat16()).dtype == torch.float32
