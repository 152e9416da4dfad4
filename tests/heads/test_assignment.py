"""Softmax head and DGCluster's output map against their definitions, and what is refused."""

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.heads import AssignmentHead, SoftmaxHead, SquaredUnitHead


def rows(n: int = 5, d: int = 4) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_softmax_head_is_a_softmax_of_a_linear_layer():
    for logits in ("orthogonal", "centres"):
        torch.manual_seed(0)
        head = SoftmaxHead(3, 4, logits=logits, temperature=0.5).double()
        assert (head.linear.bias is None) is (logits == "centres")
        torch.testing.assert_close(head.assign(rows()), (head.linear(rows()) / 0.5).softmax(1))
    torch.manual_seed(0)
    kernel = SoftmaxHead(3, 4).linear.weight
    torch.testing.assert_close(kernel @ kernel.T, torch.eye(3))


def test_dropout_is_on_the_logits_and_in_training_alone():
    head = SoftmaxHead(50, 4, dropout=0.5)
    z = torch.ones(20, 4)
    torch.manual_seed(0)
    noisy = head(z)
    assert not torch.allclose(noisy, head(z))
    head.eval()
    assert torch.equal(head(z), head(z))


def test_squared_unit_rows():
    z = rows()
    head = SquaredUnitHead(4).double()
    o = head.assign(z)
    s = torch.tanh(z / z.sum()).square()
    torch.testing.assert_close(o, s / s.norm(dim=1, keepdim=True))
    assert head.total == z.sum()
    head.eval()
    torch.testing.assert_close(head.assign(z[:2]), o[:2])  # by the sum that training saw
    torch.testing.assert_close(head(z).exp(), o)
    assert gradcheck(SquaredUnitHead(4).double().assign, (z.clone().requires_grad_(),))


def test_for_many_rows_the_sum_does_not_matter():
    z = rows(4000) + 0.3
    scaled, limit = SquaredUnitHead(4).double().assign(z), SquaredUnitHead(4, scaled=False).assign(z)
    torch.testing.assert_close(scaled, limit, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("scaled", [True, False])
def test_squared_unit_rows_of_degenerate_input(scaled):
    for z in (
        torch.zeros(3, 2),
        torch.ones(1, 2),
        torch.tensor([[1.0, -1.0]]),
        torch.full((2, 2), 1e-6),
        1e6 * torch.ones(2, 2),
    ):
        o = SquaredUnitHead(2, scaled=scaled).assign(z.requires_grad_())
        o.sum().backward()
        assert torch.isfinite(o).all()
        assert torch.isfinite(z.grad).all()
    assert SquaredUnitHead(2, scaled=scaled).assign(torch.ones(2, 2).bfloat16()).dtype == torch.float32


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"temperature must be positive; got 0.0"):
        SoftmaxHead(2, 2, temperature=0.0)
    with pytest.raises(ValueError, match=r"dropout must lie in \[0, 1\]; got 2.0"):
        SoftmaxHead(2, 2, dropout=2.0)
    with pytest.raises(TypeError, match="AssignmentHead must define n_clusters"):
        _ = AssignmentHead().n_clusters
