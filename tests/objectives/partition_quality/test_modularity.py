"""Soft modularity and collapse against loops, networkx, PyG, closed forms, gradients and degenerate input."""

import networkx as nx
import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck
from torch_geometric.nn import DMoNPooling

from graphcl.evaluation import structure_scores
from graphcl.objectives import cluster_collapse, cluster_orthogonality, soft_modularity
from graphcl.objectives.partition_quality.link_shares import checked_weight
from graphcl.objectives.partition_quality.partition_sums import check_assignment
from tests.objectives.partition_quality.graphs import dense, random_graph, soft, triangles
from tests.sizes import LargestTensor


def naive(assign, edges, weight, resolution: float) -> float:
    a = dense(edges, weight, len(assign))
    total, value = a.sum().item(), 0.0
    for i in range(len(a)):
        for j in range(len(a)):
            expected = a[i].sum().item() * a[:, j].sum().item() / total
            value += (a[i, j].item() - resolution * expected) * float(assign[i] @ assign[j]) / total
    return value


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("resolution", [1.0, 0.3])
def test_a_loop_over_pairs_agrees(directed, resolution):
    edges, weight = random_graph(directed=directed)
    assign = soft()
    value = soft_modularity(assign, edges, weight, resolution=resolution, scale=0.7)
    assert value.item() == pytest.approx(0.7 * naive(assign, edges, weight, resolution), abs=1e-12)


@pytest.mark.parametrize("directed", [False, True])
def test_hard_clusters_have_networkx_modularity(directed):
    edges, weight = random_graph(directed=directed)
    keep = edges[0] != edges[1]  # networkx counts an undirected self loop twice
    edges, weight = edges[:, keep], weight[keep]
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_weighted_edges_from(zip(*edges.tolist(), weight.tolist(), strict=True))
    labels = torch.arange(9) % 3
    parts = [set(labels.eq(c).nonzero()[:, 0].tolist()) for c in range(3)]
    hard = torch.eye(3, dtype=torch.float64)[labels]
    for resolution in (1.0, 0.5):
        value = soft_modularity(hard, edges, weight, resolution=resolution)
        assert value.item() == pytest.approx(nx.community.modularity(graph, parts, resolution=resolution))
    if not directed:
        known = structure_scores(edges, labels)["modularity"]
        assert soft_modularity(hard, edges).item() == pytest.approx(known)


def test_pyg_has_the_same_for_dense_adjacencies():
    edges, weight = random_graph()
    pool = DMoNPooling([4], 3, dropout=0.0)
    pool.mlp = torch.nn.Identity()
    logits = soft().log()
    _, _, _, spectral, orthogonality, collapse = pool(logits, dense(edges, weight, 9))
    assert soft_modularity(soft(), edges, weight).item() == pytest.approx(-spectral.item())
    assert cluster_orthogonality(soft()).item() == pytest.approx(orthogonality.item())
    assert cluster_collapse(soft()).item() == pytest.approx(collapse.item())


def test_closed_forms():
    edges, split = triangles(), torch.eye(2)[[0, 0, 0, 1, 1, 1]]
    assert soft_modularity(split, edges).item() == pytest.approx(12 / 14 - 1 / 2)
    released = {"resolution": 0.5, "scale": 0.5}
    uniform = torch.full((6, 4), 0.25)
    assert soft_modularity(uniform, edges).item() == pytest.approx(0.0, abs=1e-7)
    assert soft_modularity(uniform, edges, **released).item() == pytest.approx(1 / 16)
    assert cluster_collapse(uniform).item() == pytest.approx(0.0, abs=1e-6)
    assert cluster_collapse(torch.eye(4)[[2, 2, 2]]).item() == pytest.approx(1.0)


def test_gradients():
    edges, weight = random_graph(6)
    assign = soft(6, 3).requires_grad_()

    def loss(c):
        return cluster_collapse(c) - soft_modularity(c, edges, weight, resolution=0.8)

    assert gradcheck(loss, (assign,))
    assert gradgradcheck(loss, (assign,))


def test_degenerate_input():
    none = torch.empty(2, 0).long()
    for assign in (torch.ones(1, 3) / 3, soft(5).float(), torch.zeros(4, 2)):
        value = soft_modularity(assign.requires_grad_(), none) + cluster_collapse(assign)
        value.backward()
        assert torch.isfinite(value)
        assert torch.isfinite(assign.grad).all()
        assert soft_modularity(assign, none) == 0
    edges, weight = random_graph()
    whole = soft_modularity(soft().float(), edges, weight.float())
    for scale in (1e-30, 1e-6, 1e6, 1e30):
        assert soft_modularity(soft().float(), edges, weight.float() * scale).item() == pytest.approx(whole.item())
    half = soft_modularity(soft().bfloat16(), edges)
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(soft_modularity(soft(), edges).item(), abs=1e-2)
    repeated = soft_modularity(soft(), edges.repeat(1, 2))
    assert repeated.item() == pytest.approx(soft_modularity(soft(), edges).item())


def test_autocast_leaves_it_alone():
    edges, weight = random_graph()
    with torch.autocast("cpu", torch.bfloat16):
        value = soft_modularity(soft().float(), edges, weight)
    assert value.item() == pytest.approx(soft_modularity(soft(), edges, weight).item(), abs=1e-6)


def test_nothing_of_size_n_by_n_or_of_edges_by_k():
    n, k = 3000, 8
    ends = torch.arange(n)
    edges = torch.stack([torch.cat([ends, ends.roll(1)]), torch.cat([ends.roll(1), ends])])
    assign = torch.rand(n, k, generator=torch.Generator().manual_seed(0)).softmax(1).requires_grad_()
    with LargestTensor() as largest:
        soft_modularity(assign, edges).backward()
    assert largest.numel <= n * k


@pytest.mark.parametrize(
    ("assign", "edges", "weight", "message"),
    [
        (torch.ones(0, 2), torch.zeros(2, 0).long(), None, r"assign must have the shape .*; got \(0, 2\)"),
        (
            torch.ones(2, 2),
            torch.tensor([[0], [2]]),
            None,
            r"edge_index must name nodes in \[0, 2\).*; got 0 to 2",
        ),
        (torch.ones(2, 2), torch.zeros(2, 1).long(), -torch.ones(1), "finite and not negative; got 1 invalid"),
        (
            torch.ones(2, 2),
            torch.zeros(2, 1).long(),
            torch.full((1,), torch.nan),
            "finite and not negative; got 1",
        ),
    ],
)
def test_bad_input(assign, edges, weight, message):
    with pytest.raises(ValueError, match=message):
        soft_modularity(assign, edges, weight)


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"assign must have the shape \(n, k\), one row per node; got \(3,\)"):
        check_assignment(torch.ones(3))
    with pytest.raises(ValueError, match="assign must have a row for each of the graph's 2 nodes; got 3"):
        check_assignment(torch.ones(3, 2), 2)
    with pytest.raises(ValueError, match=r"edge_weight must have one value per edge, \(1,\); got shape \(2,\)"):
        checked_weight(torch.zeros(2, 1).long(), 2, torch.ones(2))
