"""Dense community aggregation against a dense loop, closed forms, gradients, and degenerate input."""

import networkx as nx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torch.nn.functional import one_hot

from graphcl.datasets import load
from graphcl.objectives import community_edges, dense_community_aggregation, edge_density
from tests.sizes import LargestTensor

FORMS = ["reference", "null_model"]
every_form = pytest.mark.parametrize("form", FORMS)


def example(n: int = 9, k: int = 3, edges: int = 30, seed: int = 0):
    """A soft assignment, and edges in any direction with duplicates and self loops."""
    generator = torch.Generator().manual_seed(seed)
    assign = torch.softmax(torch.randn(n, k, dtype=torch.float64, generator=generator), dim=1)
    return assign, torch.randint(n, (2, edges), generator=generator)


def naive(assign, edge_index, weight: float, form: str) -> float:
    """The formulas of the docstring, term by term over pairs of nodes and communities."""
    n, k = assign.shape
    pairs = max(n * (n - 1), 1)
    arcs = set(zip(*edge_index.tolist(), strict=True))
    E = [[sum(float(assign[u, a] * assign[v, b]) for u, v in arcs) for b in range(k)] for a in range(k)]
    inside, total = sum(E[a][a] for a in range(k)), sum(map(sum, E))
    if form == "reference":
        return (weight * total - (n - 1 + weight) * inside) / pairs + float((assign**2).sum()) / (2 * n)
    expected = len(arcs) / pairs * sum(float(assign[:, a].sum()) ** 2 for a in range(k))
    return weight * (len(arcs) - inside) / pairs - (inside - expected) / n


@every_form
@pytest.mark.parametrize("weight", [0.0, 0.7, 3.0])
def test_a_dense_loop_agrees(form, weight):
    assign, edge_index = example()
    loss = dense_community_aggregation(assign, edge_index, inter_weight=weight, form=form)
    assert loss.item() == pytest.approx(naive(assign, edge_index, weight, form), abs=1e-12)


@every_form
def test_gradient(form):
    assign, edge_index = example()
    assert gradcheck(
        lambda r: dense_community_aggregation(r, edge_index, inter_weight=0.7, form=form),
        (assign.requires_grad_(),),
    )


def test_gradient_in_closed_form():
    assign, edge_index = example()
    dense_community_aggregation(assign.requires_grad_(), edge_index, inter_weight=0.7).backward()
    A = torch.zeros(9, 9, dtype=torch.float64)
    A[edge_index[0], edge_index[1]] = 1
    with torch.no_grad():
        both = (A + A.T) @ assign
        links = (0.7 * both.sum(1, keepdim=True) - (9 - 1 + 0.7) * both) / (9 * 8)
        torch.testing.assert_close(assign.grad, links + assign / 9)


def test_karate_club():
    """One community, the two factions, and uniform assignments: the published form prefers the first."""
    karate = load("karate").graph
    one, factions, even = one_hot(0 * karate.y, 2).double(), one_hot(karate.y).double(), torch.full((34, 2), 0.5)

    def value(assign, **form):
        return dense_community_aggregation(assign, karate.edge_index, inter_weight=0.1, **form).item()

    published = [value(assign) for assign in (one, factions, even)]
    assert published == pytest.approx([-4.088, -3.439, -2.037], abs=1e-3)
    ours = [value(assign, form="null_model") for assign in (one, factions, even)]
    assert ours == pytest.approx([0.139, -1.576, 0.077], abs=1e-3)


def test_edges_between_communities_add_up():
    assign, edge_index = example()
    distinct = len(set(zip(*edge_index.tolist(), strict=True)))
    assert community_edges(assign, edge_index).sum().item() == pytest.approx(distinct, abs=1e-12)
    density = edge_density(one_hot(torch.tensor([0, 0, 1, 1])).double(), torch.tensor([[0, 1, 1], [1, 0, 2]]))
    torch.testing.assert_close(density, torch.tensor([[0.5, 0.25], [0.0, 0.0]]).double())


def test_densities_inside_are_those_of_networkx():
    graph = nx.gnp_random_graph(12, 0.4, seed=1, directed=True)
    labels = torch.arange(12) % 3
    density = edge_density(one_hot(labels).double(), torch.tensor(list(graph.edges)).T)
    for k in range(3):
        part = graph.subgraph([node for node in graph if node % 3 == k])
        assert density[k, k].item() == pytest.approx(nx.density(part) * 3 / 4)  # of 4 * 4 pairs, not of 4 * 3


@every_form
@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 8), k=st.integers(1, 4), edges=st.integers(0, 20), seed=st.integers(0, 99))
def test_renumbering_communities_and_nodes_changes_nothing(form, n, k, edges, seed):
    assign, edge_index = example(n, k, edges, seed)
    expected = dense_community_aggregation(assign, edge_index, form=form)
    assert expected.item() == pytest.approx(naive(assign, edge_index, 1.0, form), abs=1e-12)
    torch.testing.assert_close(dense_community_aggregation(assign.flip(1), edge_index, form=form), expected)
    reverse = dense_community_aggregation(assign.flip(0), n - 1 - edge_index, form=form)
    torch.testing.assert_close(reverse, expected)
    doubled = torch.cat([edge_index, edge_index.flip(1)], dim=1)
    torch.testing.assert_close(dense_community_aggregation(assign, doubled, form=form), expected)


@every_form
def test_no_edges_one_node_and_an_empty_community(form):
    assign, edge_index = example()
    none = edge_index[:, :0]
    expected = {"reference": assign.square().sum().item() / 18, "null_model": 0.0}[form]
    assert dense_community_aggregation(assign, none, form=form).item() == pytest.approx(expected, abs=1e-12)
    alone = assign[:1].clone().requires_grad_()
    loop = torch.zeros(2, 1, dtype=torch.long)
    for edges in (none, loop):
        dense_community_aggregation(alone, edges, form=form).backward()
        assert torch.isfinite(alone.grad).all()
    empty = torch.cat([assign, torch.zeros(9, 1, dtype=torch.float64)], dim=1)
    torch.testing.assert_close(
        dense_community_aggregation(empty, edge_index, form=form),
        dense_community_aggregation(assign, edge_index, form=form),
    )
    assert torch.isfinite(edge_density(empty, edge_index)).all()


def test_no_matrix_of_pairs_is_formed():
    assign, edge_index = example(n=500, k=4, edges=800)
    with LargestTensor() as largest:
        dense_community_aggregation(assign.requires_grad_(), edge_index, form="null_model").backward()
    assert largest.numel <= 4 * 800


def test_half_precision_is_near():
    assign, edge_index = example(n=60, edges=200)
    half = dense_community_aggregation(assign.bfloat16(), edge_index)
    assert half.dtype == torch.float32
    with torch.autocast("cpu", torch.bfloat16):
        layers = dense_community_aggregation(assign.float(), edge_index)
    assert layers == dense_community_aggregation(assign.float(), edge_index)
    assert half.item() == pytest.approx(dense_community_aggregation(assign, edge_index).item(), abs=0.02)


@pytest.mark.parametrize("function", [community_edges, edge_density, dense_community_aggregation])
@pytest.mark.parametrize("edge", [(0, 4), (-1, 0), (3, 3)])
def test_edges_with_nodes_out_of_range(function, edge):
    with pytest.raises(ValueError, match=r"edge_index must name nodes in \[0, 3\)"):
        function(torch.eye(3), torch.tensor(edge)[:, None])


def test_a_negative_weight():
    with pytest.raises(ValueError, match="inter_weight must not be negative; got -5"):
        dense_community_aggregation(torch.eye(3), torch.tensor([[0], [1]]), inter_weight=-5.0)


def test_edges_in_32_bits():
    n = 60_000  # whose pairs do not fit into them
    edge_index = torch.tensor([[59_999, 59_998, 1], [59_997, 59_999, 0]])
    assign = torch.eye(3).repeat(n // 3, 1)
    wide = dense_community_aggregation(assign, edge_index)
    assert torch.equal(dense_community_aggregation(assign, edge_index.int()), wide)


def test_unknown_form():
    assign, edge_index = example()
    with pytest.raises(ValueError, match="form must be reference or null_model; got 'modularity'"):
        dense_community_aggregation.__wrapped__(assign, edge_index, form="modularity")
