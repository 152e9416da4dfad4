"""The target distribution and its divergence: by hand, by loop, by gradient."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import clustering_divergence, target_distribution


def example(n: int = 6, k: int = 3) -> torch.Tensor:
    logits = torch.randn(n, k, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return logits.log_softmax(1)


def test_target_by_loop():
    q = example().exp()
    f = q.sum(0)
    expected = torch.zeros_like(q)
    for i in range(len(q)):
        total = sum(q[i, j] ** 2 / f[j] for j in range(3))
        for k in range(3):
            expected[i, k] = q[i, k] ** 2 / f[k] / total
    torch.testing.assert_close(target_distribution(q.log()).exp(), expected)


def test_global_frequencies_make_batches_agree():
    log_q = example()
    whole = target_distribution(log_q)
    frequency = log_q.logsumexp(0)
    torch.testing.assert_close(target_distribution(log_q[2:4], frequency), whole[2:4])


def test_divergence_by_hand_and_at_its_minimum():
    log_q, log_p = torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.75, 0.25]]).log()
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert clustering_divergence(log_q, log_p).item() == pytest.approx(expected, abs=1e-6)
    assert clustering_divergence(example(), example()).item() == 0


def test_gradient_flows_through_q_alone():
    log_p = target_distribution(example())
    assert gradcheck(lambda t: clustering_divergence(t.log_softmax(1), log_p), (example().requires_grad_(),))
    target = log_p.clone().requires_grad_()
    loss = clustering_divergence(example().requires_grad_(), target)
    loss.backward()
    assert target.grad is None


def test_one_cluster():
    log_q = torch.zeros(4, 1)
    assert clustering_divergence(log_q, target_distribution(log_q)).item() == 0
