"""The loss of MAGI: against loops over anchors, closed forms, InfoNCE with one positive, degenerate input."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch.autograd import gradcheck

from graphcl.objectives import modular_contrast
from graphcl.ops.random_walks.walk_positives import mean_of_positives

PAIRS = torch.tensor([[0, 0, 1, 2, 4, 4, 5], [1, 2, 0, 5, 4, 3, 5]])
"""Node 3 is no anchor, 5 its own positive."""


def rows(n: int = 6, d: int = 3, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def positives(pairs=PAIRS, n: int = 6, dtype=torch.float64):
    return mean_of_positives(pairs, n, dtype)


def naive(z, pairs, t) -> float:
    unit = F.normalize(z.detach(), dim=1)
    c = (unit @ unit.T / t).tolist()
    terms = []
    for i in range(len(z)):
        mine = [j for a, j in pairs.T.tolist() if a == i]
        others = math.log(sum(math.exp(c[i][k]) for k in range(len(z)) if k != i))
        if mine:
            terms.append(-sum(c[i][j] - others for j in mine) / len(mine))
    return t * sum(terms) / len(terms)


@pytest.mark.parametrize("temperature", [0.1, 0.3, 0.9])
@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_a_loop_over_anchors_agrees(temperature, scale):
    found = modular_contrast(scale * rows(), positives(), temperature=temperature)
    assert found.item() == pytest.approx(naive(rows(), PAIRS, temperature), rel=1e-12)


def test_equal_rows_cost_the_log_of_the_others():
    found = modular_contrast(torch.ones(6, 2).double(), positives(), temperature=0.3)
    assert found.item() == pytest.approx(0.3 * math.log(5), abs=1e-12)
    assert 0.3 * math.log(5) == pytest.approx(0.4828313737, abs=1e-10)


def test_with_one_positive_each_it_is_a_cross_entropy_times_the_temperature():
    z, target = rows(), torch.tensor([1, 0, 4, 5, 2, 3])
    unit = F.normalize(z, dim=1)
    logits = (unit @ unit.T / 0.5).fill_diagonal_(-torch.inf)
    pairs = torch.stack([torch.arange(6), target])
    torch.testing.assert_close(
        modular_contrast(z, positives(pairs), temperature=0.5), 0.5 * F.cross_entropy(logits, target)
    )


def test_an_own_positive_may_make_the_loss_negative():
    itself = torch.arange(6).expand(2, -1)
    apart = torch.cat([torch.eye(3), -torch.eye(3)]).double()
    assert modular_contrast(apart, positives(itself), temperature=0.1).item() < 0


def test_gradient():
    assert gradcheck(lambda z: modular_contrast(z, positives(), temperature=0.5), rows())


def test_the_order_of_positives_does_not_matter():
    shuffled = PAIRS[:, torch.tensor([6, 2, 0, 5, 1, 3, 4])]
    losses = (modular_contrast(rows(), positives(pairs), temperature=0.3) for pairs in (PAIRS, shuffled))
    torch.testing.assert_close(*losses)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("temperature", [1e-3, 0.3])
@pytest.mark.parametrize(
    "z",
    [torch.zeros(6, 3), torch.ones(6, 3), torch.eye(6) * 1e-6, torch.eye(6) * 1e6],
    ids=["zeros", "equal", "small", "large"],
)
def test_degenerate_rows_have_finite_losses_and_gradients(z, temperature, dtype):
    z = z.detach().clone().to(dtype).requires_grad_()
    loss = modular_contrast(z, positives(dtype=torch.float32), temperature=temperature)
    loss.backward()
    assert loss.dtype == torch.float32
    assert torch.isfinite(loss)
    assert torch.isfinite(z.grad).all()


def test_no_anchors_and_one_row_cost_nothing():
    none = positives(torch.empty(2, 0, dtype=torch.long))
    z = rows()
    modular_contrast(z, none, temperature=0.3).backward()
    assert not z.grad.any()
    one = positives(torch.zeros(2, 1, dtype=torch.long), 1)
    assert modular_contrast(rows(1), one, temperature=0.3).item() == 0


def test_bad_input():
    with pytest.raises(ValueError, match="temperature must be positive; got 0"):
        modular_contrast(rows(), positives(), temperature=0.0)
    with pytest.raises(ValueError, match=r"positives must be of shape \(5, 5\), as z has rows; got \(6, 6\)"):
        modular_contrast.__wrapped__(rows(5), positives(), temperature=0.3)
