"""One graph convolution beside the node's own row: the networks that DMoN's and MinCutPool's authors train."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.convolution import aggregator, project
from graphcl.encoders.last_matrix import LastMatrix
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.typing import Edges, Nodes


class SkipConvolution(nn.Module):
    """Base class of the two: a layer that gathers by a normalised adjacency matrix and adds the node's own part.

    Args:
        in_channels: width of the features.
        out_channels: width of the embeddings.
    """

    reads_csr = True
    """Features may be sparse, see `graphcl.encoders.calling.encode`."""
    loops: ClassVar[bool] = True
    """Whether the matrix has self loops."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.matrix = LastMatrix()

    def forward(
        self,
        x: Nodes,
        edge_index: Edges,
        edge_weight: Float[Tensor, " e"] | None = None,
        *,
        degree: Float[Tensor, " n"] | None = None,
        added_loop: Float[Tensor, " n"] | None = None,
    ) -> Float[Tensor, "n c"]:
        """One embedding per node.

        Args:
            x: features, (n, in_channels), dense or CSR.
            edge_index: (2, e); messages flow from row 0 to row 1.
            edge_weight: (e,), non-negative, or None.
            degree: (n,), in-degrees in the whole graph where this is a sample of it, see `aggregator`.
            added_loop: (n,), 1 for nodes without a self loop in the whole graph, see `aggregator`.
        """
        n, dtype = x.size(0), torch.promote_types(x.dtype, torch.float32)
        make = partial(self._gathering, edge_index, n, dtype, edge_weight, degree, added_loop)
        return self._layer(x, self.matrix.of(edge_index, (n, dtype), make, edge_weight, degree))

    @property
    def layers(self) -> list[Callable[[Data], Tensor]]:
        """The one layer, from a graph or sample to a row per node."""
        return [self._on]

    def _on(self, data: Data) -> Tensor:
        weight = data.get("edge_weight")
        degrees = {"degree": data.get("degree"), "added_loop": data.get("added_loop")}
        rows: Tensor = self(data.x, data.edge_index, weight, **degrees)
        return rows

    def _gathering(
        self,
        edge_index: Tensor,
        n: int,
        dtype: torch.dtype,
        edge_weight: Tensor | None,
        degree: Tensor | None,
        added_loop: Tensor | None,
    ) -> Tensor:
        """D^-1/2 A D^-1/2, of A with self loops added or as it is."""
        if not self.loops:
            added_loop = None
            if degree is None:
                ones = torch.ones(edge_index.size(1), dtype=dtype, device=edge_index.device)
                weight = ones if edge_weight is None else edge_weight.to(dtype)
                degree = torch.zeros(n, dtype=dtype, device=edge_index.device).index_add(0, edge_index[1], weight)
        return aggregator("gcn", edge_index, n, edge_weight, degree=degree, added_loop=added_loop, dtype=dtype)

    def _layer(self, x: Tensor, matrix: Tensor) -> Tensor:  # noqa: ARG002
        raise TypeError(f"{type(self).__name__} must define _layer(x, matrix)")


class ChannelSkip(SkipConvolution):
    """DMoN's network: H = SELU(S X W + s * X W + b), S = D^-1/2 (A + I) D^-1/2, one trainable skip s a channel.

    W, s and b start Glorot-uniform: the authors' code leaves them to Keras, whose defaults are inferred to
    be these.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> ChannelSkip(4, 2)(torch.ones(3, 4), path).shape
        torch.Size([3, 2])

    Reference: [Tsitsulin et al., JMLR 2023, arXiv 2006.16904], google-research/graph_embedding/dmon, gcn.py.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels)
        self.skip = nn.Parameter(torch.empty(out_channels))
        nn.init.xavier_uniform_(self.weight)
        bound = (3 / out_channels) ** 0.5
        nn.init.uniform_(self.bias, -bound, bound)
        nn.init.uniform_(self.skip, -bound, bound)

    def _layer(self, x: Tensor, matrix: Tensor) -> Tensor:
        y = project(x, self.weight)
        return F.selu(multiply(matrix, y) + self.skip * y + self.bias)


class RootSkip(SkipConvolution):
    """MinCutPool's network: H = ELU(A' X W_1 + X W_2 + b), A' = D^-1/2 A D^-1/2 without added loops, He-normal W.

    Example:
        >>> RootSkip(4, 2)(torch.ones(3, 4), torch.empty(2, 0).long()).shape
        torch.Size([3, 2])

    Reference: [Bianchi, Grattarola, Alippi, ICML 2020, arXiv 1907.00481], the authors' TensorFlow code.
    """

    loops: ClassVar[bool] = False

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels)
        self.root = nn.Parameter(torch.empty(out_channels, in_channels))
        for weight in (self.weight, self.root):
            nn.init.kaiming_normal_(weight)

    def _layer(self, x: Tensor, matrix: Tensor) -> Tensor:
        return F.elu(multiply(matrix, project(x, self.weight)) + project(x, self.root) + self.bias)
