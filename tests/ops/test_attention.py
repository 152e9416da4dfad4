"""Attention weights and weighted sums over edges: against loops, closed forms, gradients, degenerate input."""

import math

import pytest
import torch

from graphcl.ops.graph_matrices.attention import AttentionEdges, attended_sums, attention_weights

N, HEADS = 7, 2


def drawn() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Edges with a repeat and self loops; node 6 has neither in-edges nor out-edges."""
    draws = torch.Generator().manual_seed(0)
    edges = torch.randint(N - 1, (2, 15), generator=draws)
    edges = torch.cat([edges, edges[:, :1], torch.tensor([[2], [2]])], dim=1)
    own, other = torch.randn(2, N, HEADS, dtype=torch.double, generator=draws)
    return edges, own, other, torch.randn(N, HEADS, 3, dtype=torch.double, generator=draws)


def loop(edges, own, other, values, slope):
    """Node by node and head by head, with one self loop for each."""
    out = torch.zeros_like(values)
    for i in range(N):
        near = [j for j, target in edges.T.tolist() if target == i and j != i] + [i]
        for h in range(HEADS):
            scores = [float(own[i, h] + other[j, h]) for j in near]
            exps = [math.exp(score if score > 0 else slope * score) for score in scores]
            for j, share in zip(near, exps, strict=True):
                out[i, h] += share / sum(exps) * values[j, h]
    return out


def attend(edges: AttentionEdges, own, other, values):
    return attended_sums(edges, attention_weights(edges, own, other, slope=0.2), values)


def test_by_a_loop_over_nodes():
    edges, *given = drawn()
    torch.testing.assert_close(attend(AttentionEdges.of(edges, N), *given), loop(edges, *given, 0.2))


def test_some_targets_have_the_rows_of_all():
    edges, own, other, values = drawn()
    whole = AttentionEdges.of(edges, N)
    for targets in (torch.arange(N) % 2 == 0, torch.ones(N, dtype=torch.bool), torch.zeros(N, dtype=torch.bool)):
        rows = attend(whole.into(targets), own[targets], other, values)
        assert torch.equal(rows, attend(whole, own, other, values)[targets])


@pytest.mark.parametrize("some", [False, True])
def test_gradients(some):
    edges, own, other, values = drawn()
    chosen = AttentionEdges.of(edges, N)
    if some:
        targets = torch.arange(N) % 3 != 1
        chosen, own = chosen.into(targets), own[targets]
    inputs = [tensor.clone().requires_grad_() for tensor in (own, other, values)]
    assert torch.autograd.gradcheck(lambda *given: attend(chosen, *given), inputs)
    fixed = torch.rand(len(chosen.source), HEADS, dtype=torch.double)
    assert torch.autograd.gradcheck(lambda v: attended_sums(chosen, fixed, v), inputs[2:])
    with pytest.raises(RuntimeError, match="no second derivative"):
        torch.autograd.grad(attend(chosen, *inputs).sum(), inputs, create_graph=True)


def test_weights_are_shares_at_any_scale():
    edges, own, other, _ = drawn()
    chosen = AttentionEdges.of(edges, N)
    for scale in (1e-6, 1.0, 1e6):
        weight = attention_weights(chosen, own * scale, other * scale, slope=0.2)
        sums = torch.zeros(N, HEADS, dtype=torch.double).index_add(0, chosen.target, weight)
        torch.testing.assert_close(sums, torch.ones_like(sums))
    equal = attention_weights(chosen, torch.zeros(N, 1), torch.zeros(N, 1), slope=0.2)[:, 0]
    torch.testing.assert_close(equal, 1 / chosen.indptr.diff()[chosen.target].float())


def test_degenerate_input():
    none = AttentionEdges.of(torch.empty(2, 0, dtype=torch.long), 3)
    values = torch.randn(3, 1, 2)
    assert torch.equal(attend(none, torch.randn(3, 1), torch.randn(3, 1), values), values)
    alone = AttentionEdges.of(torch.empty(2, 0, dtype=torch.long), 1)
    assert attend(alone, *torch.ones(2, 1, 1), torch.full((1, 1, 2), 3.0)).flatten().tolist() == [3.0, 3.0]
    half = attend(none, *torch.ones(2, 3, 1).bfloat16(), values.bfloat16())
    assert half.dtype == torch.float32
