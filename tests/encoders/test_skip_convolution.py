"""The networks of DMoN and MinCutPool against dense matrices, and on samples."""

import pytest
import torch
import torch.nn.functional as F

from graphcl.encoders import ChannelSkip, RootSkip
from graphcl.ops.graph_matrices.sparse import compress
from tests.objectives.partition_quality.graphs import dense, random_graph


def normal(a: torch.Tensor) -> torch.Tensor:
    norm = a.sum(1).rsqrt()
    return norm[:, None] * a * norm


def test_channel_skip_by_dense_matrices():
    edges, _ = random_graph()
    edges = edges[:, edges[0] != edges[1]]
    layer, x = ChannelSkip(4, 3).double(), torch.randn(9, 4).double()
    y = x @ layer.weight.T
    s = normal(dense(edges, None, 9) + torch.eye(9))
    torch.testing.assert_close(layer(x, edges), F.selu(s @ y + layer.skip * y + layer.bias))
    assert layer.skip.abs().max() > 0


@pytest.mark.parametrize("weighted", [False, True])
def test_root_skip_by_dense_matrices(weighted):
    edges, weight = random_graph()
    layer, x = RootSkip(4, 3).double(), torch.randn(9, 4).double()
    given = weight if weighted else None
    expected = F.elu(normal(dense(edges, given, 9)) @ x @ layer.weight.T + x @ layer.root.T + layer.bias)
    torch.testing.assert_close(layer(x, edges, given), expected)


@pytest.mark.parametrize("kind", [ChannelSkip, RootSkip])
def test_sparse_features_and_no_edges(kind):
    x = torch.eye(100)
    edges = torch.tensor([[0, 1], [1, 0]])
    layer = kind(100, 3)
    torch.testing.assert_close(layer(compress(x), edges), layer(x, edges))
    assert torch.isfinite(layer(x, torch.empty(2, 0).long())).all()
