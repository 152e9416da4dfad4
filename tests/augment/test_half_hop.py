"""Half-Hop against a loop over edges; what goes along nodes; sparse features; samples; refusals."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from torch_geometric.data import Batch, Data
from torch_geometric.transforms import Compose
from torch_geometric.transforms import HalfHop as PyGHalfHop

from graphcl.attachments import attach
from graphcl.augment import DropEdges, Dropping, HalfHop, append_mixed_rows, half_hop, prepare
from graphcl.encoders import GNN
from graphcl.encoders.calling import encode
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.training import NodeBatches
from tests.augment.graphs import NO_EDGES, cycle, graphs, numbered, often, seeded, star


def naive(edges: list[list[int]], n: int, drawn: list[bool]) -> tuple[list[list[int]], list[list[int]]]:
    """The edges in the authors' order, and the ends of those that slow nodes replace."""
    kept = [[u, v] for u, v in edges if u != v and not drawn[v]] + [[u, v] for u, v in edges if u == v]
    replaced = [[u, v] for u, v in edges if u != v and drawn[v]]
    in_ = [[u, n + i] for i, (u, _) in enumerate(replaced)]
    out = [[n + i, v] for i, (_, v) in enumerate(replaced)]
    back = [[v, n + i] for i, (_, v) in enumerate(replaced)]
    return kept + in_ + out + back, replaced


@often
@given(graph=graphs(undirected=False), share=st.sampled_from([0.0, 0.3, 0.7, 1.0]), seed=st.integers(0, 99))
def test_a_loop_over_edges_agrees(graph, share, seed):
    edge_index, n = graph
    drawn = torch.rand(n, generator=seeded(seed)) < share
    found = half_hop(edge_index, n, drawn.float(), generator=seeded())
    expected, replaced = naive(edge_index.T.tolist(), n, drawn.tolist())
    assert found.edge_index.T.tolist() == expected
    assert torch.stack([found.source, found.target]).T.tolist() == replaced


def test_shares_of_nodes():
    """A cycle has two edges into each node."""
    sizes = [len(half_hop(cycle(200), 200, 0.3, generator=seeded(seed)).source) for seed in range(40)]
    assert sum(sizes) / 40 / 400 == pytest.approx(0.3, abs=0.02)
    assert all(size % 2 == 0 for size in sizes), "all edges into a node, or none"
    nothing = HalfHop(0.5, 0.0)(Data(x=torch.eye(5), edge_index=cycle(5)), seeded())
    assert torch.equal(nothing.x, torch.eye(5))
    assert {tuple(edge) for edge in nothing.edge_index.T.tolist()} == {tuple(edge) for edge in cycle(5).T.tolist()}
    assert not nothing.slow_node_mask.any()
    lonely = HalfHop(0.5, 1.0)(Data(x=torch.eye(2), edge_index=NO_EDGES), seeded())
    assert lonely.x.shape == (2, 2)


def test_pyg_makes_the_same():
    graph = Data(
        x=torch.rand(7, 3, generator=seeded()), edge_index=torch.cat([star(6), torch.tensor([[2], [2]])], 1)
    )
    ours, theirs = HalfHop(0.3, 1.0)(graph, seeded()), PyGHalfHop(0.3, 1.0)(copy.copy(graph))
    for name in ("edge_index", "x", "slow_node_mask"):
        torch.testing.assert_close(ours[name], theirs[name])


@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_sparse_features_give_the_rows_of_dense_ones(alpha):
    x = torch.rand(7, 9, generator=seeded()) * (torch.rand(7, 9, generator=seeded(1)) < 0.4)
    source, target = star(6)
    stored = from_scipy(csr_array(x.numpy()))
    sparse = append_mixed_rows(stored, source, target, alpha)
    assert sparse.layout == torch.sparse_csr
    torch.testing.assert_close(sparse.to_dense(), append_mixed_rows(x, source, target, alpha))
    torch.testing.assert_close(append_mixed_rows(x, source, target, alpha)[:7], x)
    assert append_mixed_rows(stored, source[:0], target[:0], alpha).shape == (7, 9)


def test_what_goes_along_nodes_is_that_of_the_target_and_degrees_are_two():
    graph = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), e_id=torch.arange(4))
    graph = attach(graph, "node", age=torch.tensor([7, 8, 9]), degree=torch.tensor([5.0, 6.0, 5.0]))
    graph = attach(attach(graph, "edge", rate=torch.rand(4)), "whole", scale=torch.ones(3))
    before = copy.deepcopy(graph)
    view = HalfHop(0.5, torch.tensor([0.0, 1.0, 0.0]))(graph, seeded())
    assert view.age.tolist() == [7, 8, 9, 8, 8]
    assert view.degree.tolist() == [5, 6, 5, 2, 2]
    assert view.scale.tolist() == [1, 1, 1]
    assert view.num_nodes == 5
    assert "rate" not in view
    assert "e_id" not in view
    for name, value in before.to_dict().items():
        assert torch.equal(graph[name], value) if isinstance(value, torch.Tensor) else graph[name] == value


def test_it_composes_with_what_drops_edges_before_and_after():
    graph = Data(x=torch.rand(30, 8, generator=seeded()), edge_index=cycle(30))
    first = Compose([Dropping(0.5, 0.5, centrality="degree"), HalfHop(), DropEdges(0.2), HalfHop(0.5, 0.3)])
    torch.manual_seed(0)
    view = first(prepare(first, graph))
    assert view.x.size(0) == len(view.slow_node_mask) == view.num_nodes > 30
    assert not view.slow_node_mask[:30].any()
    assert view.slow_node_mask[30:].all()
    assert int(view.edge_index.max()) < view.num_nodes


@pytest.mark.parametrize("kind", ["gcn", "sage", "gin"])
def test_a_sample_with_all_neighbours_has_the_rows_of_the_half_hopped_graph(kind):
    graph = Data(
        x=torch.rand(40, 8, generator=seeded()), edge_index=torch.randint(40, (2, 160), generator=seeded(1))
    )
    drawn = (torch.rand(40, generator=seeded(2)) < 0.6).float()
    torch.manual_seed(0)
    encoder = GNN(8, 6, 5, kind=kind)
    whole = encode(encoder, HalfHop(0.3, drawn)(graph, seeded()))
    batch = NodeBatches(graph).sample(torch.tensor([3, 17, 25]), (-1, -1))
    view = HalfHop(0.3, drawn[batch.n_id])(batch, seeded())
    assert view.seeds == 3
    torch.testing.assert_close(encode(encoder, view)[:3], whole[[3, 17, 25]], atol=1e-6, rtol=1e-5)
    assert not torch.allclose(encode(encoder, batch)[:3], whole[[3, 17, 25]], atol=1e-3)


def test_sums_over_sampled_neighbours_estimate_those_of_the_half_hopped_graph():
    graph = Data(x=torch.rand(21, 3, generator=seeded()), edge_index=star(20))
    encoder = GNN(3, 3, 4, 2, kind="gin", activation=torch.nn.Identity()).eval()
    for layer in encoder.conv:
        layer.nn[1] = torch.nn.Identity()
    whole = encode(encoder, HalfHop(0.5, 1.0)(graph, seeded()))[:1]
    draws = seeded(1)
    batches, seed = NodeBatches(graph), torch.tensor([0])
    rows = [
        encode(encoder, HalfHop(0.5, 1.0)(batches.sample(seed, (5, -1), draws), draws))[:1] for _ in range(100)
    ]
    error = torch.stack(rows).std(0) / 100**0.5
    assert ((torch.stack(rows).mean(0) - whole).abs() < 4.5 * error).all()


def test_bad_input():
    with pytest.raises(ValueError, match=r"alpha must lie in \[0, 1\]; got 1\.5"):
        HalfHop(1.5)
    with pytest.raises(TypeError, match="takes one graph; got a batch of graphs; apply it to each"):
        HalfHop()(Batch.from_data_list([Data(x=torch.eye(2), edge_index=cycle(2))]))
    with pytest.raises(ValueError, match="edge_attr belongs to edges that are replaced; remove it first"):
        HalfHop()(numbered(cycle(5), 5))
    with pytest.raises(ValueError, match=r"p must lie in \[0, 1\]; got 2"):
        HalfHop(0.5, 2.0)(Data(x=torch.eye(5), edge_index=cycle(5)))
    with pytest.raises(ValueError, match="num_nodes must exceed every node of edge_index; got 3 nodes and node 4"):
        half_hop.__wrapped__(cycle(5), 3, 0.5)
    with pytest.raises(ValueError, match="data must have the tensor x"):
        HalfHop()(Data(edge_index=cycle(5), num_nodes=5))
