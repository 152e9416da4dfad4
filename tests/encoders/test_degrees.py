"""GCN layers of directed views, normalised by in-degrees or by out-degrees."""

import pytest
import torch
from torch import nn

from graphcl.encoders import GNN
from graphcl.encoders.convolution import aggregator

EDGES = torch.tensor([[0, 0, 1, 3, 2, 2], [1, 2, 2, 0, 2, 3]])


@pytest.mark.parametrize(("degrees", "axis"), [("in", 1), ("out", 0)])
def test_both_sides_are_divided_by_the_sums_of_one(degrees, axis):
    """Entry (i, j) is the edge j -> i; node 2 has a loop of its own, node 4 no edge."""
    a = torch.zeros(5, 5)
    a[EDGES[1], EDGES[0]] = 1
    a += torch.diag(1 - a.diag())
    root = a.sum(axis).sqrt()
    found = aggregator("gcn", EDGES, 5, degrees=degrees).to_dense()
    torch.testing.assert_close(found, a / root[:, None] / root)


def test_of_an_undirected_graph_they_are_the_same():
    both = torch.cat([EDGES, EDGES.flip(0)], dim=1).unique(dim=1)
    one, other = (aggregator("gcn", both, 5, degrees=degrees).to_dense() for degrees in ("in", "out"))
    torch.testing.assert_close(one, other)


def test_an_encoder_takes_them_and_an_activation_as_an_object():
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    rows = []
    for degrees in ("in", "out"):
        torch.manual_seed(0)
        rows.append(GNN(3, 4, 2, degrees=degrees, activation="selu")(x, EDGES))
    assert not torch.allclose(*rows)
    slope = GNN(3, 4, 2, activation=nn.LeakyReLU(0.5), activate_last=True)
    assert slope.activation.negative_slope == 0.5
    with pytest.raises(ValueError, match="degrees must be one of in, out; got 'both'"):
        aggregator.__wrapped__("gcn", EDGES, 5, degrees="both")
