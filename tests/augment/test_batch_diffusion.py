"""The diffusion of a batch is that of its graphs, one by one and all at once, whatever their sizes."""

import pytest
import torch
from torch import Tensor

from graphcl.augment import diffusion, heat_diffusion, pagerank_diffusion
from tests.augment.candidates import random_batch
from tests.augment.graphs import cycle

BOTH = [pagerank_diffusion, heat_diffusion]


def dense(edges: Tensor, weight: Tensor, n: int) -> Tensor:
    return torch.zeros(n, n).index_put((edges[1], edges[0]), weight)


@pytest.mark.parametrize("diffuse", BOTH)
@pytest.mark.parametrize("kept", [{"threshold": 0.0}, {"threshold": 0.02}, {"top_k": 20}])
def test_a_batch_is_its_whole_graph(diffuse, kept):
    batch = random_batch(3, graphs=9, largest=14)
    n = len(batch.batch)
    edges, weight = diffuse(batch.edge_index, n, **kept, ptr=batch.ptr)
    expected = diffuse(batch.edge_index, n, **kept)
    assert torch.equal(edges, expected[0])
    torch.testing.assert_close(weight, expected[1])
    assert len(set(batch.ptr.diff().tolist())) > 3


@pytest.mark.parametrize("block", [1, 40, 150])
def test_the_size_of_a_block_changes_nothing(block, monkeypatch):
    """With small blocks the small graphs drop out of the later ones."""
    batch = random_batch(5, graphs=8)
    given = {"top_k": 3, "ptr": batch.ptr}
    expected = pagerank_diffusion(batch.edge_index, len(batch.batch), **given)
    monkeypatch.setattr(diffusion, "BLOCK", block)
    edges, weight = pagerank_diffusion(batch.edge_index, len(batch.batch), **given)
    assert torch.equal(edges, expected[0])
    torch.testing.assert_close(weight, expected[1])


def test_the_largest_of_each_row_stay():
    batch = random_batch(7, graphs=6)
    n = len(batch.batch)
    full = dense(*pagerank_diffusion(batch.edge_index, n, threshold=0.0), n)
    kept = dense(*pagerank_diffusion(batch.edge_index, n, top_k=2, ptr=batch.ptr), n)
    assert ((kept > 0).sum(1) == (full > 0).sum(1).clamp(max=2)).all()
    torch.testing.assert_close(kept.sum(1), full.topk(2, dim=1).values.sum(1))


def test_graphs_without_nodes_or_edges():
    ptr = torch.tensor([0, 0, 4, 5, 5])
    edges, weight = pagerank_diffusion(cycle(4), 5, threshold=0.0, ptr=ptr)
    torch.testing.assert_close(dense(edges, weight, 5), dense(*pagerank_diffusion(cycle(4), 5, threshold=0.0), 5))
    assert edges[:, edges[1] == 4].tolist() == [[4], [4]]


@pytest.mark.parametrize(
    ("ptr", "message"),
    [
        ([0, 3], r"ptr must rise from 0 to the number of nodes, 4; got \[0, 3\]"),
        ([0, 3, 2, 4], "ptr must rise from 0"),
        ([0, 2, 4], "edges must join nodes of one graph of the batch; got 1 -> 2; take ptr from the same batch"),
    ],
)
@pytest.mark.parametrize("diffuse", BOTH)
def test_offsets_of_another_batch_are_refused(diffuse, ptr, message):
    path = torch.tensor([[0, 1, 2], [1, 2, 3]])
    with pytest.raises(ValueError, match=message):
        diffuse(path, 4, top_k=2, ptr=torch.tensor(ptr))
