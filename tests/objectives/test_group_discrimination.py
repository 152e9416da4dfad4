"""Group discrimination against a loop, closed forms, gradients, and degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import group_discrimination


def logits(n: int, seed: int = 0) -> torch.Tensor:
    return 3 * torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("n", "m"), [(5, 5), (1, 1), (4, 2), (0, 3), (3, 0)])
def test_a_loop_over_nodes_agrees(n, m):
    real, corrupted = logits(n), logits(m, 1)
    total = sum(-math.log(1 / (1 + math.exp(-s))) for s in real.tolist())
    total += sum(-math.log(1 - 1 / (1 + math.exp(-t))) for t in corrupted.tolist())
    assert group_discrimination(real, corrupted).item() == pytest.approx(total / (n + m), rel=1e-12)


def test_closed_forms():
    zero = torch.zeros(4, dtype=torch.float64)
    assert group_discrimination(zero, zero).item() == pytest.approx(math.log(2))
    s = logits(6)
    torch.testing.assert_close(group_discrimination(s, -s), torch.nn.functional.softplus(-s).mean())
    mirrored = group_discrimination(-logits(3, 1), -s)  # groups swapped and signs turned
    torch.testing.assert_close(mirrored, group_discrimination(s, logits(3, 1)))


def test_gradients_and_their_closed_form():
    real, corrupted = logits(4).requires_grad_(), logits(3, 1).requires_grad_()
    assert gradcheck(group_discrimination, (real, corrupted))
    group_discrimination(real, corrupted).backward()
    torch.testing.assert_close(real.grad, -torch.sigmoid(-real.detach()) / 7)
    torch.testing.assert_close(corrupted.grad, torch.sigmoid(corrupted.detach()) / 7)


@pytest.mark.parametrize("scale", [0.0, 1e-6, 1e6])
def test_logits_of_any_size(scale):
    real = (scale * torch.tensor([1.0, -1.0])).requires_grad_()
    loss = group_discrimination(real, -real)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(2) if scale < 1 else scale / 2, rel=1e-5)
    assert torch.isfinite(real.grad).all()
    assert group_discrimination(real.bfloat16(), real.bfloat16()).dtype == torch.float32


def test_no_logit_is_refused():
    with pytest.raises(ValueError, match="there must be a logit; got none"):
        group_discrimination(torch.empty(0), torch.empty(0))
