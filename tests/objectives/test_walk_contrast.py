"""The contrast along walks: against loops, closed forms, its gradient, and input that is degenerate."""

import math
from importlib import import_module

import pytest
import torch
import torch.nn.functional as F

from graphcl.objectives import walk_contrast

MODULE = import_module("graphcl.objectives.walk_contrast")


def drawn(b: int = 4, w: int = 3, p: int = 2, q: int = 2, n: int = 7):
    draws = torch.Generator().manual_seed(0)
    z = torch.randn(n, 3, dtype=torch.double, generator=draws)
    start = torch.randint(n, (b,), generator=draws)
    return F.normalize(z), start, *(torch.randint(n, (b, w, size), generator=draws) for size in (p, q))


def loop(z, start, positives, negatives) -> float:
    """Walk by walk, as the authors write it: a quotient of sums of exponentials."""
    total, walks = 0.0, 0
    for i, own in enumerate(start.tolist()):
        for walk in range(positives.size(1)):
            p, q = (sum(math.exp(z[own] @ z[j]) for j in ends[i, walk]) for ends in (positives, negatives))
            total, walks = total - p / (p + q), walks + 1
    return total / walks


def test_by_a_loop_over_walks():
    for shape in ({}, {"p": 1, "q": 4}, {"b": 1, "w": 1}):
        given = drawn(**shape)
        assert walk_contrast(*given).item() == pytest.approx(loop(*given), abs=1e-12)


def test_gradient(monkeypatch):
    z, *walks = drawn()
    assert torch.autograd.gradcheck(lambda z: walk_contrast(z, *walks), z.requires_grad_())
    (kept,) = torch.autograd.grad(walk_contrast(z, *walks), z)
    monkeypatch.setattr(MODULE, "ENTRIES", 0)  # rows are gathered anew
    (anew,) = torch.autograd.grad(walk_contrast(z, *walks), z)
    torch.testing.assert_close(anew, kept)


def test_closed_forms_and_bounds():
    z, *walks = drawn()
    assert walk_contrast(z[:1].expand(7, -1), *walks).item() == pytest.approx(-0.5)
    one, other = torch.zeros(1, 1, 1).long(), torch.ones(1, 1, 1).long()
    opposite = torch.tensor([[1.0], [-1.0]])
    best = 1 / (1 + math.exp(-2))
    assert walk_contrast(opposite, torch.tensor([0]), one, other).item() == pytest.approx(-best)
    assert walk_contrast(opposite, torch.tensor([0]), other, one).item() == pytest.approx(best - 1)
    assert -best <= walk_contrast(z, *walks) <= best - 1


def test_it_tells_walks_from_other_nodes():
    z = torch.eye(4).repeat_interleave(2, 0)
    start, partner = torch.arange(8), (torch.arange(8) ^ 1)[:, None, None]
    far = ((torch.arange(8) + 4) % 8)[:, None, None]
    assert walk_contrast(z, start, partner, far) < -0.7 < -0.3 < walk_contrast(z, start, far, partner)


@pytest.mark.parametrize("scale", [0.0, 1e-6, 1e6])
def test_rows_of_every_scale_and_type(scale):
    z, *walks = drawn()
    for dtype in (torch.bfloat16, torch.float32, torch.double):
        rows = (z * scale).to(dtype).requires_grad_()
        loss = walk_contrast(rows, *walks)
        loss.backward()
        assert loss.dtype == (torch.double if dtype == torch.double else torch.float32)
        assert -1 <= loss <= 0
        assert torch.isfinite(rows.grad).all()


def test_without_starts_and_without_walks():
    z, start, positives, negatives = drawn()
    rows = z.clone().requires_grad_()
    loss = walk_contrast(rows, start[:0], positives[:0], negatives[:0])
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(rows.grad, torch.zeros_like(z))
    ends, message = (
        (positives, negatives),
        "every start must have a walk, with a positive and a negative; got shapes",
    )
    for bad in ([e[:, :0] for e in ends], (positives[..., :0], negatives), (positives, negatives[..., :0])):
        with pytest.raises(ValueError, match=message):
            walk_contrast(z, start, *bad)
