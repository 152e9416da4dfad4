"""PyG's layers with their aggregation as one sparse product, on features that may be sparse as well.

PyG sends one message per edge and layer: edges x width numbers, where a CSR product of the same value needs none.
Each layer multiplies by its weights before it aggregates, so that sparse features are read once, by a product.
"""

from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch_geometric.nn import GATConv, GCNConv, GINConv, SAGEConv
from torch_geometric.nn.conv.gcn_conv import gcn_norm
from torch_geometric.nn.dense.linear import Linear

from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.typing import Edges

Kind = Literal["gcn", "sage", "gat", "gin"]
"""The layer: GCN, GraphSAGE with the mean, graph attention, graph isomorphism."""

Degrees = Literal["in", "out"]
"""Which degrees of a directed graph normalise the matrix of "gcn"; of an undirected one they are equal."""


def aggregator(
    kind: Kind,
    edge_index: Edges,
    num_nodes: int,
    edge_weight: Tensor | None = None,
    *,
    degree: Tensor | None = None,
    added_loop: Tensor | None = None,
    degrees: Degrees = "in",
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The matrix M, (n, n) CSR, by which a layer gathers its in-neighbours: row i is what node i receives.

    With A_ij the weight of the edge j -> i (1 where there are no weights) and D_i = sum_j A_ij: for "gcn"
    D^-1/2 (A + I) D^-1/2, D that of A + I and a self loop kept as it is; for "sage" D^-1 A, the weighted mean, 0
    without in-edges; for "gin" A.

    Where the edges are a sample of a larger graph's, give its degrees. The in-edges of a node are then weighted so
    that they add up to its whole in-degree, for "gcn" and "gin" (a mean needs none): sums over a sample estimate
    those over all neighbours, and a sample with all in-edges of some nodes has their rows of the whole graph's M.

    Args:
        kind: "gcn", "sage" or "gin".
        edge_index: (2, e), messages flow from row 0 to row 1.
        num_nodes: n.
        edge_weight: (e,), or None for ones.
        degree: (n,), the sum of the weights of each node's in-edges in the whole graph; None if this is all of it.
        added_loop: (n,), 1 where a node has no self loop in the whole graph, so that "gcn" adds one, else 0; given
            together with `degree`.
        degrees: of "gcn": "in", D the row sums of A + I, as in PyG; or "out", its column sums. Read without
            `degree` alone: those of a sample are the ones given.
        dtype: of the values.

    Raises:
        ValueError: a kind without such a matrix ("gat"), or unknown degrees.

    Example:
        >>> aggregator("sage", torch.tensor([[0, 1], [2, 2]]), 3).to_dense()[2]
        tensor([0.5000, 0.5000, 0.0000])
    """
    if kind not in ("gcn", "sage", "gin"):
        raise ValueError(f"kind must be one of gcn, sage, gin to have a matrix; got {kind!r}")
    if degrees not in get_args(Degrees):
        raise ValueError(f"degrees must be one of {', '.join(get_args(Degrees))}; got {degrees!r}")
    ones = torch.ones(edge_index.size(1), dtype=dtype, device=edge_index.device)
    weight = ones if edge_weight is None else edge_weight.to(dtype)
    if kind == "gcn" and degree is None:
        edge_index, weight = _single_loops(edge_index, weight, num_nodes)
        turned = edge_index.flip(0) if degrees == "out" else edge_index  # PyG sums over second ends
        turned, weight = gcn_norm(turned, weight, num_nodes)
        edge_index = turned.flip(0) if degrees == "out" else turned
    source, target = edge_index
    if kind == "sage":
        weight = weight / _in_sums(target, weight, num_nodes)[target]
    elif degree is not None:
        weight = weight * (degree.to(dtype) / _in_sums(target, weight, num_nodes))[target]
        if kind == "gcn":
            loop = torch.zeros_like(degree) if added_loop is None else added_loop
            norm = (degree + loop).to(dtype).clamp(min=torch.finfo(dtype).tiny).rsqrt()
            nodes = torch.arange(num_nodes, device=source.device)
            weight = torch.cat([weight * norm[source] * norm[target], loop.to(dtype) * norm.square()])
            source, target = torch.cat([source, nodes]), torch.cat([target, nodes])
    return csr_from_edges(target, source, weight, (num_nodes, num_nodes))


def _single_loops(edge_index: Tensor, weight: Tensor, num_nodes: int) -> tuple[Tensor, Tensor]:
    """The edges with repeated self loops added up, of which `gcn_norm` would keep the last alone."""
    is_loop = edge_index[0] == edge_index[1]
    ends = edge_index[0][is_loop]
    if len(ends) < 2 or len(ends) == len(ends.unique()):
        return edge_index, weight
    total = torch.zeros(num_nodes, dtype=weight.dtype, device=weight.device).index_add(0, ends, weight[is_loop])
    ends = ends.unique()
    edge_index = torch.cat([edge_index[:, ~is_loop], ends.expand(2, -1)], dim=1)
    return edge_index, torch.cat([weight[~is_loop], total[ends]])


def _in_sums(target: Tensor, weight: Tensor, num_nodes: int) -> Tensor:
    """The sum of the weights of each node's in-edges; 1 where it is 0."""
    total = torch.zeros(num_nodes, dtype=weight.dtype, device=weight.device).index_add(0, target, weight)
    return torch.where(total > 0, total, 1)


def layer(kind: Kind, in_channels: int, out_channels: int, *, heads: int = 1, concat: bool = True) -> nn.Module:
    """One layer, whose forward takes features and what carries messages: `aggregator`, or the edges for "gat".

    Args:
        kind: see `Kind`.
        in_channels: width of the input.
        out_channels: width of the output.
        heads: of "gat"; with `concat` each has out_channels / heads of the width, else all, and their mean counts.
        concat: whether heads stand side by side.

    Raises:
        ValueError: an unknown kind, heads for another kind than "gat", or a width that they do not divide.

    Example:
        >>> layer("gat", 3, 8, heads=2)(torch.ones(2, 3), torch.tensor([[0], [1]])).shape
        torch.Size([2, 8])
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}; got {kind!r}")
    if kind == "gat":
        if heads < 1 or (concat and out_channels % heads):
            raise ValueError(f"heads must divide the width {out_channels}; got {heads}")
        return _GAT(in_channels, out_channels // heads if concat else out_channels, heads, concat=concat)
    if heads != 1:
        raise ValueError(f"heads belong to kind 'gat'; got {heads} for {kind!r}; leave them at 1")
    if kind == "gin":
        first, second = nn.Linear(in_channels, out_channels), nn.Linear(out_channels, out_channels)
        return _GIN(nn.Sequential(first, nn.ReLU(), second))
    return _GCN(in_channels, out_channels, normalize=False) if kind == "gcn" else _SAGE(in_channels, out_channels)


def project(x: Tensor, weight: Tensor) -> Tensor:
    """The product x W' for dense or CSR x.

    Example:
        >>> project(torch.eye(2), torch.tensor([[3.0, 4.0]]))
        tensor([[3.],
                [4.]])
    """
    return multiply(x, weight.T) if x.layout == torch.sparse_csr else x @ weight.T


class _GCN(GCNConv):
    """M X W' + b."""

    def forward(self, x: Tensor, matrix: Tensor) -> Tensor:
        z: Tensor = multiply(matrix, project(x, self.lin.weight)) + self.bias
        return z


class _SAGE(SAGEConv):
    """M X W_1' + b + X W_2'."""

    def forward(self, x: Tensor, matrix: Tensor) -> Tensor:
        received = multiply(matrix, project(x, self.lin_l.weight))
        z: Tensor = received + self.lin_l.bias + project(x, self.lin_r.weight)
        return z


class _GIN(GINConv):
    """MLP((1 + eps) X + M X)."""

    def forward(self, x: Tensor, matrix: Tensor) -> Tensor:
        first, *others = self.nn
        h: Tensor = project(x, first.weight)
        h = multiply(matrix, h) + (1 + self.eps) * h + first.bias
        for module in others:
            h = module(h)
        return h


class _Linear(Linear):
    """PyG's linear layer, on CSR rows too."""

    def forward(self, x: Tensor) -> Tensor:
        return project(x, self.weight)


class _GAT(GATConv):
    """PyG's layer; only its first product is ours."""

    def __init__(self, in_channels: int, out_channels: int, heads: int, *, concat: bool) -> None:
        super().__init__(in_channels, out_channels, heads, concat=concat)
        self.lin = _Linear(in_channels, heads * out_channels, bias=False, weight_initializer="glorot")
