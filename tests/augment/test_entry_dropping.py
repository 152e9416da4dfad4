"""Views that lose single entries of x and edges."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl.augment import EntryDropping, apply, drop_entries, keep_edges
from graphcl.datasets import load
from graphcl.ops.graph_matrices.sparse import compress


def test_the_draws_are_those_of_drop_entries_and_keep_edges():
    graph = load("planted-partition", nodes=90, blocks=3).graph
    view = apply(EntryDropping(0.3, 0.2), graph, torch.Generator().manual_seed(0))
    draws = torch.Generator().manual_seed(0)
    assert torch.equal(view.x, drop_entries(graph.x, 0.2, generator=draws))
    assert torch.equal(view.edge_index, graph.edge_index[:, keep_edges(graph.edge_index, 0.3, generator=draws)])
    assert (view.x == 0).float().mean().item() == pytest.approx(0.2, abs=0.03)
    assert not (view.x == 0).all(0).any()  # no column is gone as a whole


def test_sparse_features_stay_sparse():
    graph = Data(x=compress(torch.eye(100)), edge_index=torch.empty(2, 0, dtype=torch.long))
    view = EntryDropping(0.5, 0.5)(graph, torch.Generator().manual_seed(0))
    assert view.x.layout == torch.sparse_csr
    assert 0 < view.x.values().count_nonzero() < 100


@pytest.mark.parametrize("rates", [(-0.1, 0.0), (0.0, 1.1)])
def test_rates_out_of_range_are_refused(rates):
    with pytest.raises(ValueError, match=r"rate must lie in \[0, 1\]; got"):
        EntryDropping(*rates)
