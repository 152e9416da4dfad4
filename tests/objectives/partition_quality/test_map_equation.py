"""The map equation against a loop over modules, closed forms, gradients and degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from graphcl.objectives import map_equation, walk_flow
from graphcl.objectives.partition_quality import WalkFlow
from tests.objectives.partition_quality.graphs import dense, random_graph, soft, triangles


def x_lg_x(x: float) -> float:
    return x * math.log2(x) if x > 0 else 0.0


def naive_flow(edges, weight, n: int, alpha: float):
    """1000 steps of the power iteration on dense matrices."""
    a = dense(edges, weight, n)
    t = a / torch.where(a.sum(1) > 0, a.sum(1), 1)[:, None]
    e = a.sum(0) / a.sum()
    p = e
    for _ in range(1000):
        p = alpha * e + (1 - alpha) * p @ t
    return p, alpha * a / a.sum() + (1 - alpha) * p[:, None] * t


def naive(assign, p, flow) -> float:
    c = assign.T @ flow @ assign
    length = x_lg_x(1 - c.trace().item()) - sum(x_lg_x(rate) for rate in p.tolist())
    for m in range(len(c)):
        exits, entries = (c[m].sum() - c[m, m]).item(), (c[:, m].sum() - c[m, m]).item()
        length += x_lg_x(exits + c[:, m].sum().item()) - x_lg_x(exits) - x_lg_x(entries)
    return length


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("alpha", [0.15, 0.6])
def test_a_loop_over_modules_agrees(directed, alpha):
    edges, weight = random_graph(directed=directed)
    p, flow = naive_flow(edges, weight, 9, alpha)
    own = walk_flow(edges, 9, weight, teleport=alpha)
    assert isinstance(own, WalkFlow)
    torch.testing.assert_close(own.visits, p)
    torch.testing.assert_close(dense(edges, own.edges, 9), flow)
    value = map_equation(soft(), edges, weight, teleport=alpha)
    assert value.item() == pytest.approx(naive(soft(), p, flow), abs=1e-9)


def test_an_undirected_graph_has_its_degrees_as_visit_rates():
    edges, weight = random_graph()
    degree = dense(edges, weight, 9).sum(1)
    for alpha in (0.0, 0.15, 1.0):
        torch.testing.assert_close(walk_flow(edges, 9, weight, teleport=alpha).visits, degree / degree.sum())
    p, _ = naive_flow(edges, weight, 9, 0.15)
    torch.testing.assert_close(walk_flow(edges, 9, weight).visits, p)


def test_dangling_nodes_lose_their_flow_as_in_the_authors_code():
    edges = torch.tensor([[0, 1], [1, 2]])
    p, flow = naive_flow(edges, None, 3, 0.15)
    own = walk_flow(edges, 3)
    torch.testing.assert_close(own.visits, p)
    torch.testing.assert_close(dense(edges, own.edges, 3), flow)
    assert own.edges.sum() < 1
    assert torch.isfinite(map_equation(soft(3), edges))


def test_closed_forms():
    edges = triangles()
    degree = [2 / 14, 2 / 14, 3 / 14, 3 / 14, 2 / 14, 2 / 14]
    entropy = -sum(map(x_lg_x, degree))
    assert map_equation(torch.ones(6, 1), edges).item() == pytest.approx(entropy)
    assert map_equation(torch.eye(6), edges).item() == pytest.approx(entropy + 2)
    assert map_equation(torch.full((6, 2), 0.5), edges).item() == pytest.approx(entropy + 0.8774437511)
    split = torch.eye(2)[[0, 0, 0, 1, 1, 1]]
    assert map_equation(split, edges).item() == pytest.approx(2.3207303568)
    assert map_equation(torch.eye(5)[[0, 0, 0, 3, 3, 3]], edges).item() == pytest.approx(
        2.3207303568
    )  # empty ones


@pytest.mark.parametrize("directed", [False, True])
def test_gradients(directed):
    edges, weight = random_graph(6, directed=directed)
    assign = soft(6, 3).requires_grad_()
    assert gradcheck(lambda c: map_equation(c, edges, weight), (assign,))
    assert gradgradcheck(lambda c: map_equation(c, edges, weight), (assign,))


def test_degenerate_input_has_finite_gradients():
    none = torch.empty(2, 0).long()
    hard = torch.eye(3)[[0, 0, 0, 1, 1, 1]]  # the third module is empty, no link leaves a triangle
    apart = triangles()[:, [0, 1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13]]
    for assign, edges in ((torch.ones(1, 1), none), (hard, none), (hard, apart), (torch.ones(6, 1), apart)):
        value = map_equation(assign.clone().requires_grad_(), edges)
        (gradient,) = torch.autograd.grad(map_equation(c := assign.clone().requires_grad_(), edges), c)
        assert torch.isfinite(value)
        assert torch.isfinite(gradient).all()
    assert map_equation(hard, none) == 0
    assert walk_flow(none, 2).visits.tolist() == [0.0, 0.0]
    edges, weight = random_graph(directed=True)
    whole = map_equation(soft().float(), edges, weight)
    for scale in (1e-30, 1e-6, 1e6, 1e30):
        assert map_equation(soft().float(), edges, weight * scale).item() == pytest.approx(whole.item(), abs=1e-5)
    assert map_equation(soft().bfloat16(), edges).dtype == torch.float32


def test_bad_input():
    with pytest.raises(ValueError, match=r"teleport must lie in \[0, 1\]; got 1.5"):
        map_equation(torch.ones(2, 1), torch.tensor([[0], [1]]), teleport=1.5)
    with pytest.raises(ValueError, match=r"edge_index must name nodes in \[0, 2\)"):
        walk_flow(torch.tensor([[0], [2]]), 2)
