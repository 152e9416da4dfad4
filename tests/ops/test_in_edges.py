"""Edges by target: both ways of finding them agree, and the cheaper one copies nothing and changes no sample."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GRACE
from graphcl.attachments import attach
from graphcl.datasets import load
from graphcl.ops.graph_matrices.in_edges import in_edges, numbered_in_edges
from graphcl.training import NodeBatches, Stage
from graphcl.training.batching.sampler import NeighborSampler

KARATE = load("karate").graph
DIRECTED = torch.tensor([[0, 4, 2, 2, 1, 0, 3], [1, 1, 0, 3, 3, 1, 3]])


@pytest.mark.parametrize("edge_index", [KARATE.edge_index, DIRECTED, DIRECTED[:, :0]])
def test_both_list_the_same_edges_by_target(edge_index):
    n = 34
    numbered, bare = numbered_in_edges(edge_index, n), in_edges(edge_index, n)
    assert torch.equal(bare.indptr, numbered.indptr)
    assert torch.equal(bare.source, numbered.source)
    assert bare.e_id is None
    targets = torch.repeat_interleave(numbered.indptr.diff())
    assert torch.equal(torch.stack([numbered.source, targets]), edge_index[:, numbered.e_id])


def test_an_undirected_graph_in_order_is_not_copied():
    assert in_edges(KARATE.edge_index, 34).source.data_ptr() == KARATE.edge_index[1].data_ptr()


def test_samples_are_the_same_with_and_without_numbers():
    seeds = torch.tensor([0, 33, 5])
    samples = []
    for numbered in (True, False):
        sampler = NeighborSampler(KARATE.edge_index, 34, numbered=numbered)
        samples.append(sampler.sample(seeds, (3, 2), torch.Generator().manual_seed(1)))
    (n_id, ends, e_id), (other_n_id, other_ends, none) = samples
    assert torch.equal(n_id, other_n_id)
    assert torch.equal(ends, other_ends)
    assert none is None
    assert torch.equal(n_id[ends], KARATE.edge_index[:, e_id])


def test_batches_number_edges_where_something_goes_along_them():
    stage = Stage("one", 1, lambda method: [], batch_size=8, fanouts=(2,))
    bare = Data(x=KARATE.x, edge_index=KARATE.edge_index)
    first = next(NodeBatches(bare).epoch(stage, torch.Generator().manual_seed(0)))
    assert "e_id" not in first
    marked = attach(bare, "edge", mark=torch.arange(bare.edge_index.size(1)))
    second = next(NodeBatches(marked).epoch(stage, torch.Generator().manual_seed(0)))
    assert torch.equal(second.mark, second.e_id)
    assert torch.equal(first.n_id, second.n_id)
    assert torch.equal(second.n_id[second.edge_index], bare.edge_index[:, second.e_id])


def test_a_shuffled_edge_list_trains_as_one_in_order():
    shuffled = KARATE.clone()
    shuffled.edge_index = KARATE.edge_index[:, torch.randperm(156, generator=torch.Generator().manual_seed(0))]
    options = {"hidden_channels": 8, "out_channels": 4, "epochs": 2, "batch_size": 16, "fanouts": (3, 3)}
    one, other = (GRACE(**options).fit(graph).embedding_ for graph in (KARATE, shuffled))
    assert torch.equal(one, other)
