"""Features of every rank, with unused columns, duplicate rows, and more columns than rows, for every method."""

import warnings

import networkx as nx
import pytest
import torch
import torch.nn.functional as F
from sklearn.exceptions import ConvergenceWarning
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from graphcl import SmoothKMeans, TwoView, choose_k
from graphcl.datasets import load
from tests.method_cases import CASES, brief, each

GRAPH = load("planted-partition", nodes=40, blocks=3, degree_in=8.0, degree_out=1.0, signal=3.0).graph
N = 40


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


GRID = {
    "rank 1": drawn(N, 1) @ drawn(1, 5),
    "one column": drawn(N, 1),
    "constant": torch.ones(N, 4),
    "zeros": torch.zeros(N, 300),
    "rank 2, wide": drawn(N, 2) @ drawn(2, 300),
    "degrees, mostly unused columns": F.one_hot(torch.bincount(GRAPH.edge_index[0], minlength=N), 300).float(),
    "three rows, repeated": drawn(3, 8)[GRAPH.y],
    "more columns than rows": drawn(N, 300),
    "one row that is not zero": torch.eye(N)[:, :1],
    "columns of every scale": drawn(N, 20) * torch.logspace(-30, 14, 20),
}

every_clusterer_of_nodes = each(
    {
        name: case
        for name, case in CASES.items()
        if case.clusters and case.takes == "graph" and not name.startswith("tiny")
    }
)


@every_clusterer_of_nodes
def test_features_of_low_rank(case):
    """Fewer distinct rows than clusters are k-means's own warning, and no error."""
    for kind, x in GRID.items():
        method = brief(case)
        fewer = {"starts": 1, "rounds": 1} if "starts" in method.get_params() else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            method.set_params(**fewer).fit(Data(x=x, edge_index=GRAPH.edge_index))
        assert torch.isfinite(method.embedding_).all(), kind
        assert set(method.labels_.tolist()) <= {0, 1, 2}, kind
        if kind == "three rows, repeated" and case.make(0).name in ("two-view", "smooth-k-means"):
            assert method.labels_.unique().numel() == 3


@pytest.mark.parametrize("seed", range(2))
def test_degrees_of_a_scale_free_graph_in_300_columns(seed):
    edge_index = from_networkx(nx.barabasi_albert_graph(200, 6, seed=seed)).edge_index
    graph = Data(x=F.one_hot(torch.bincount(edge_index[0]), 300).float(), edge_index=edge_index)
    for method in (SmoothKMeans(n_clusters=4), TwoView(n_clusters=4, starts=1)):
        assert method.fit(graph).labels_.unique().tolist() == [0, 1, 2, 3]
        assert torch.isfinite(method.embedding_).all()
    assert set(choose_k(graph, [3], starts=1).labels[3].tolist()) == {0, 1, 2}
