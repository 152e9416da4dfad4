"""The loss over pairs of positives: against a loop, closed forms, its gradient, degenerate input."""

import pytest
import torch
import torch.nn.functional as F

from graphcl.objectives import paired_bootstrap

PAIRS = torch.tensor([[0, 0, 1, 3], [0, 2, 4, 1]])


def drawn() -> torch.Tensor:
    return torch.randn(2, 5, 3, dtype=torch.double, generator=torch.Generator().manual_seed(0))


def test_by_a_loop_over_pairs():
    q, t = drawn()
    total = 0.0
    for i, j in PAIRS.T.tolist():
        total += 4 - 2 * float(F.cosine_similarity(q[i], t[j], dim=0) + F.cosine_similarity(q[j], t[i], dim=0))
    assert paired_bootstrap(q, t, PAIRS).item() == pytest.approx(total / 4, abs=1e-12)


def test_gradient_reaches_predictions_alone():
    q, t = drawn()
    assert torch.autograd.gradcheck(lambda q: paired_bootstrap(q, t, PAIRS), q.requires_grad_())
    t.requires_grad_()
    paired_bootstrap(q, t, PAIRS).backward()
    assert t.grad is None


def test_closed_forms_at_any_scale():
    q, _ = drawn()
    own = torch.arange(5).expand(2, -1)
    for scale in (1e-6, 1.0, 1e6):
        assert paired_bootstrap(q * scale, q, own).item() == pytest.approx(0, abs=1e-12)
        assert paired_bootstrap(q * scale, -q, own).item() == pytest.approx(8)
    equal = torch.ones(5, 3)
    assert paired_bootstrap(equal, equal, PAIRS).item() == pytest.approx(0, abs=1e-6)


def test_degenerate_input():
    q, t = drawn()
    assert paired_bootstrap(torch.zeros(5, 3), t, PAIRS).item() == 4
    assert paired_bootstrap(q[:1], t[:1], torch.zeros(2, 1).long()) <= 8
    none = paired_bootstrap(q.requires_grad_(), t, PAIRS[:, :0])
    none.backward()
    assert none == 0
    assert paired_bootstrap(q.bfloat16(), t.bfloat16(), PAIRS).dtype == torch.float32
    with pytest.raises(ValueError, match=r"one shape; got \(5, 3\) and \(4, 3\); give a row of each node"):
        paired_bootstrap(q, t[:4], PAIRS)
