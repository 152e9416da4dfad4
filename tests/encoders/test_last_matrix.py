"""The matrix of unchanged edges is made once, and never taken for that of other edges."""

import gc
import pickle
from copy import deepcopy

import pytest
import torch
from torch_geometric.data import Data

from graphcl import DGI, GRACE
from graphcl.datasets import load
from graphcl.encoders import GNN, gnn
from graphcl.encoders.last_matrix import LastMatrix


class Maker:
    """Makes a new matrix at each call, and counts."""

    def __init__(self):
        self.calls = 0

    def __call__(self) -> torch.Tensor:
        self.calls += 1
        return torch.full((2, 2), float(self.calls))


def edges() -> torch.Tensor:
    return torch.tensor([[0, 1], [1, 0]])


def test_the_same_edges_are_asked_once():
    kept, make, ends = LastMatrix(), Maker(), edges()
    first = kept.of(ends, 2, make)
    assert kept.of(ends, 2, make) is first
    assert make.calls == 1


@pytest.mark.parametrize("other", ["equal edges", "changed in place", "other settings", "a view"])
def test_other_edges_have_their_own(other):
    kept, make, ends = LastMatrix(), Maker(), edges()
    first = kept.of(ends, 2, make)
    if other == "equal edges":
        second = kept.of(edges(), 2, make)
    elif other == "changed in place":
        ends[0, 0] = 1
        second = kept.of(ends, 2, make)
    elif other == "other settings":
        second = kept.of(ends, 3, make)
    else:
        second = kept.of(ends[:, :1], 2, make)
    assert second is not first
    assert make.calls == 2


def test_one_matrix_is_kept_and_no_more():
    kept, make, a, b = LastMatrix(), Maker(), edges(), edges()
    for ends in (a, b, a):
        kept.of(ends, 2, make)
    assert make.calls == 3


def test_the_matrix_goes_with_its_edges():
    kept, make, ends = LastMatrix(), Maker(), edges()
    kept.of(ends, 2, make)
    assert kept._made is not None
    del ends
    gc.collect()
    assert kept._made is None


def test_edges_that_go_later_take_no_other_matrix_with_them():
    kept, make, old, new = LastMatrix(), Maker(), edges(), edges()
    kept.of(old, 2, make)
    kept.of(new, 2, make)
    del old
    gc.collect()
    kept.of(new, 2, make)
    assert make.calls == 2


def test_edges_of_inference_mode_are_not_kept():
    kept, make = LastMatrix(), Maker()
    with torch.inference_mode():
        ends = edges()
        kept.of(ends, 2, make)
        kept.of(ends, 2, make)
    assert make.calls == 2


def copied_by_pickle(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 (our own bytes)


@pytest.mark.parametrize("copied", [deepcopy, copied_by_pickle], ids=["deepcopy", "pickle"])
def test_copies_start_empty(copied):
    kept, make, ends = LastMatrix(), Maker(), edges()
    kept.of(ends, 2, make)
    other = copied(kept)
    assert other._made is None
    other.of(ends, 2, make)
    assert make.calls == 2
    encoder = GNN(2, 2, 2, 1)
    encoder(torch.ones(2, 2), ends)
    twin = copied(encoder)
    assert twin.matrix._made is None
    assert torch.equal(twin(torch.ones(2, 2), ends), encoder(torch.ones(2, 2), ends))


def test_an_encoder_notices_changed_edges():
    encoder, x, ends = GNN(2, 2, 2, 1), torch.eye(2), edges()
    before = encoder(x, ends)
    ends.copy_(torch.tensor([[0, 0], [0, 0]]))
    after = encoder(x, ends)
    assert not torch.equal(before, after)
    assert torch.equal(after, encoder(x, ends.clone()))


@pytest.fixture
def made(monkeypatch) -> list[int]:
    """The numbers of nodes of the matrices that encoders make."""
    sizes: list[int] = []
    aggregator = gnn.aggregator

    def counted(kind, edge_index, num_nodes, *args, **options):
        sizes.append(num_nodes)
        return aggregator(kind, edge_index, num_nodes, *args, **options)

    monkeypatch.setattr(gnn, "aggregator", counted)
    return sizes


def test_a_fit_makes_the_matrix_of_its_graph_once(made):
    graph = load("planted-partition", nodes=60, blocks=3).graph
    model = DGI(out_channels=4, epochs=5).fit(Data(x=graph.x, edge_index=graph.edge_index))
    assert made == [60]
    model.transform(Data(x=graph.x, edge_index=graph.edge_index.clone()))
    assert made == [60, 60], "other edges, as far as their identity tells"


def test_views_have_their_own_matrices(made):
    graph = load("planted-partition", nodes=60, blocks=3).graph
    GRACE(hidden_channels=4, out_channels=4, epochs=3).fit(graph)
    assert made == [60] * (2 * 3 + 1), "two views in each epoch, one for both layers, and the graph in the end"
