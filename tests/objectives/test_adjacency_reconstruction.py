"""Reconstruction of the adjacency: loops over pairs, closed forms, gradients, degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import adjacency_cross_entropy, adjacency_squared_error

EDGES = torch.tensor([[0, 1, 1, 2, 2, 3, 4], [1, 0, 2, 1, 2, 3, 0]])
NONE = torch.empty(2, 0, dtype=torch.long)


def rows(*widths, n=5):
    draws = torch.Generator().manual_seed(0)
    return [torch.randn(n, d, dtype=torch.float64, generator=draws, requires_grad=True) for d in widths]


def cross_entropy_by_loop(z, edges):
    pairs = {(int(i), int(j)) for i, j in edges.T}
    total = 0.0
    for i in range(len(z)):
        for j in range(len(z)):
            p = 1 / (1 + math.exp(-float(z[i] @ z[j])))
            total -= math.log(p if (i, j) in pairs else 1 - p)
    return total / len(z) ** 2


def squared_error_by_loop(a, b, edges, weight):
    target = {(int(i), int(j)): float(w) for (i, j), w in zip(edges.T, weight, strict=True)}
    total = 0.0
    for i in range(len(a)):
        for j in range(len(a)):
            entry = sum(1 / (1 + math.exp(-float(z[i] @ z[j]))) for z in (a, b))
            total += (entry - target.get((i, j), 0.0)) ** 2
    return total / len(a) ** 2


def test_cross_entropy_against_a_loop_and_closed_forms():
    [z] = rows(3)
    assert adjacency_cross_entropy(z, EDGES).item() == pytest.approx(
        cross_entropy_by_loop(z.detach(), EDGES), rel=1e-12
    )
    same = torch.eye(1, 4, dtype=torch.float64).expand(5, 4)  # all rows equal: softplus(1) - mean(a)
    expected = math.log1p(math.e) - EDGES.size(1) / 25
    assert adjacency_cross_entropy(same, EDGES).item() == pytest.approx(expected, rel=1e-12)
    assert gradcheck(lambda z: adjacency_cross_entropy(z, EDGES), [z])


def test_squared_error_against_a_loop_and_a_closed_form():
    a, b = rows(3, 2)
    weight = torch.rand(EDGES.size(1), dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    ours = adjacency_squared_error([a, b], EDGES, weight)
    assert ours.item() == pytest.approx(squared_error_by_loop(a.detach(), b.detach(), EDGES, weight), rel=1e-12)
    zero = torch.zeros(5, 1, dtype=torch.float64)  # every entry is 1/2 + 1/2
    expected = ((1 - weight).square().sum() + 25 - len(weight)) / 25
    torch.testing.assert_close(adjacency_squared_error([zero, zero], EDGES, weight), expected)
    assert gradcheck(lambda a, b: adjacency_squared_error([a, b], EDGES, weight), [a, b])


LOSSES = {
    "cross-entropy": adjacency_cross_entropy,
    "squared error": lambda z, edges: adjacency_squared_error([z, z], edges, torch.ones(edges.size(1))),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize(
    ("z", "edges"),
    [
        (torch.zeros(5, 3), EDGES),
        (torch.ones(5, 3), EDGES),
        (rows(3)[0].detach().float() * 1e-6, EDGES),
        (rows(3)[0].detach().float() * 1e6, EDGES),
        (rows(3)[0].detach().float(), NONE),
        (torch.ones(1, 3), NONE),
        (rows(3)[0].detach().bfloat16(), EDGES),
    ],
    ids=["zero rows", "equal rows", "tiny", "huge", "no edges", "one row", "bfloat16"],
)
def test_degenerate_input(loss, z, edges):
    z = z.clone().requires_grad_()
    value = loss(z, edges)
    value.backward()
    assert value.dtype == torch.float32
    assert torch.isfinite(value)
    assert torch.isfinite(z.grad).all()


@pytest.mark.parametrize("columns", [3, 5, 99])
def test_drawn_columns(columns):
    [z] = rows(3)
    drawn = adjacency_cross_entropy(z, EDGES, columns=columns, generator=torch.Generator().manual_seed(0))
    assert (drawn == adjacency_cross_entropy(z, EDGES)) == (columns >= 5)
    weight = torch.ones(EDGES.size(1), dtype=torch.float64)
    draws = torch.Generator().manual_seed(0)
    error = adjacency_squared_error([z], EDGES, weight, columns=columns, generator=draws)
    assert (error == adjacency_squared_error([z], EDGES, weight)) == (columns >= 5)
