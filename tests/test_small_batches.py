"""Batches of one graph, one node or one distinct row: every method of many graphs trains on them."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Data

from graphcl import GRACE, GraphCL
from graphcl.encoders import GNN
from graphcl.encoders.graph_level.graph_layers import NodeNorm, SingleRowNorm
from tests.method_cases import CASES, data_for, each

every_of_graphs = each({name: case for name, case in CASES.items() if case.takes == "graphs"})

PATH = Data(
    x=torch.tensor([[5, 0]] * 3),
    edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]),
    edge_attr=torch.zeros(4, 2, dtype=torch.long),
)


def one_node(graph: Data) -> Data:
    """The first node of a graph, alone."""
    return graph.subgraph(torch.tensor([0]))


@every_of_graphs
@pytest.mark.parametrize("size", [1, 4])
def test_equal_graphs_and_single_nodes_in_batches_of_any_size(case, size):
    """The last of five is a batch of its own, of one graph; of single nodes it has one row."""
    first = next(graph for graph in data_for(case) if graph.edge_index.size(1))
    for graph in (first, one_node(first)):
        method = case.make(0)
        if "batch_size" in method.get_params():
            method.set_params(batch_size=size, epochs=1)
        if len(graph.x) == 1 and not case.one_node:
            with pytest.raises(ValueError, match="some graph must have two nodes"):
                method.fit([graph] * 5)
            continue
        method.fit([graph] * 5)
        assert torch.isfinite(method.embedding_).all()
        torch.testing.assert_close(method.embedding_, method.embedding_[:1].expand(5, -1))


def test_a_view_of_one_row_beside_a_view_of_several():
    """One view keeps one atom of the path, the other more: the running statistics change between the two."""
    model = GraphCL(channels=8, batch_size=8, epochs=10, seed=0, device="cpu").fit([PATH] * 9)
    assert all(torch.isfinite(value).all() for value in model.module_.state_dict().values())
    assert [row["loss"] for row in model.history_] != [model.history_[0]["loss"]] * 10


def test_merged_rows_after_rows_that_are_all_distinct():
    """The second pass changes the running statistics that the first kept for its backward pass."""
    norm, plain = NodeNorm(2), nn.BatchNorm1d(2)
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(0), requires_grad=True)
    merged = norm(z, torch.ones(4).long(), 4).square() * 2 + norm(z, torch.tensor([2, 1, 1, 1]), 5)[:4].pow(3)
    rows = torch.cat([z[:1], z])
    apart = plain(z).square() * 2 + plain(rows)[1:].pow(3)
    gradients = [torch.autograd.grad(result[:, 0].sum(), z)[0] for result in (merged, apart)]
    torch.testing.assert_close(*gradients)
    torch.testing.assert_close(norm.running_var, plain.running_var)


@pytest.mark.parametrize("norm", [NodeNorm(3), SingleRowNorm(3)])
def test_the_gradient_of_one_row_is_that_of_the_statistics_it_was_normalised_by(norm):
    inner = norm if isinstance(norm, nn.BatchNorm1d) else norm.module
    inner.running_mean.copy_(torch.tensor([1.0, 2.0, 3.0]))
    inner.running_var.copy_(torch.tensor([4.0, 9.0, 16.0]))
    z = torch.ones(1, 3, requires_grad=True)
    row = norm(z)
    norm(torch.randn(5, 3, generator=torch.Generator().manual_seed(0)))  # changes the statistics in place
    row.sum().backward()
    torch.testing.assert_close(z.grad, 1 / torch.tensor([[4.0, 9.0, 16.0]]).add(1e-5).sqrt())
    torch.testing.assert_close(row.detach(), torch.tensor([[0.0, -1 / 3, -0.5]]), atol=1e-5, rtol=0)


class LosesNodes(nn.Module):
    """An encoder whose first pass of a step sees one row and whose second sees all."""

    def __init__(self) -> None:
        super().__init__()
        self.gnn, self.passes = GNN(3, 8, 8, kind="gcn", norm="batch", activate_last=True), 0

    def forward(self, x, edge_index):
        self.passes += self.training
        if self.training and self.passes % 2:
            return self.gnn(x[:1], edge_index[:, :0]).expand(len(x), -1)
        return self.gnn(x, edge_index)


def test_batch_norm_of_a_gnn_sees_one_row_and_then_several():
    x = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
    model = GRACE(encoder=LosesNodes(), out_channels=8, epochs=3, device="cpu")
    assert torch.isfinite(model.fit(Data(x=x, edge_index=ring)).embedding_).all()
