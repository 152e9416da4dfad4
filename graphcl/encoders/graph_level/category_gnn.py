"""A GNN on one-hot categories of nodes, which shows the rows of each of its layers."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.gnn import GNN
from graphcl.ops.graph_matrices.sparse import csr
from graphcl.typing import Edges


class CategoryGNN(nn.Module):
    """GNN of one-hot categories: each column of x is a block with a single 1; features of edges are not read.

    Args:
        sizes: how many categories each column of x has.
        gnn: the layers, which read rows of sum(sizes) numbers.

    Raises:
        ValueError: a GNN that reads rows of another width.

    Example:
        >>> model = CategoryGNN((5, 2), GNN(7, 4, 4, 2))
        >>> pair = torch.tensor([[3, 0], [4, 1]]), torch.tensor([[0, 1], [1, 0]])
        >>> model(*pair).shape, len(model.each_layer(*pair))
        (torch.Size([2, 4]), 2)
    """

    def __init__(self, sizes: Sequence[int], gnn: GNN) -> None:
        super().__init__()
        if gnn.in_channels != sum(sizes):
            raise ValueError(f"gnn must read {sum(sizes)} columns, one for each category; got {gnn.in_channels}")
        self.sizes, self.gnn = tuple(sizes), gnn

    @property
    def dropout(self) -> float:
        """Dropout probability between layers."""
        return self.gnn.dropout

    @dropout.setter
    def dropout(self, value: float) -> None:
        self.gnn.dropout = value

    def forward(self, x: Int[Tensor, "n columns"], edge_index: Edges, edge_attr: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """The rows of the last layer, one for each node.

        Args:
            x: (n, columns), categories, each below the size of its column.
            edge_index: (2, e); messages flow from row 0 to row 1.
            edge_attr: not read.
        """
        return self.each_layer(x, edge_index)[-1]

    def each_layer(
        self,
        x: Int[Tensor, "n columns"],
        edge_index: Edges,
        edge_weight: Float[Tensor, " e"] | None = None,
    ) -> list[Float[Tensor, "n c"]]:
        """The rows of every layer, first to last.

        Args:
            x: (n, columns), categories.
            edge_index: (2, e).
            edge_weight: (e,), or None.
        """
        data = Data(x=self.features(x), edge_index=edge_index, edge_weight=edge_weight)
        rows = []
        for layer in self.gnn.layers:
            data.x = layer(data)
            rows.append(data.x)
        return rows

    def features(self, x: Int[Tensor, "n columns"]) -> Float[Tensor, "n categories"]:
        """The one-hot rows, CSR."""
        first = torch.tensor([0, *self.sizes[:-1]], device=x.device).cumsum(0)
        pointers = torch.arange(0, x.numel() + 1, len(self.sizes), device=x.device)
        ones = torch.ones(x.numel(), dtype=next(self.gnn.parameters()).dtype, device=x.device)
        return csr(pointers, (x + first).flatten(), ones, (len(x), sum(self.sizes)))
