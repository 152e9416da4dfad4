"""The two views of a graph in the form that clusterings are compared with."""

from typing import Literal, NamedTuple

from scipy.sparse import csr_array
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import (
    holds_counts,
    inverse_document_frequency,
    reduce_features,
    right_singular_vectors,
)
from graphcl.ops.adjacency import undirected_adjacency
from graphcl.ops.runtime import Runtime
from graphcl.ops.sparse import scale_columns, unit_rows
from graphcl.typing import Nodes

TermWeights = Literal["auto", "always", "never"]
"""Whether rare columns of x count for more: "auto" where x holds counts, that is, integers alone."""


class Views(NamedTuple):
    """Features and edges of a graph.

    Args:
        features: at most `components` columns of the weighted rows of unit length, (n, d), dense.
        adjacency: symmetric, (n, n).
        weights: of the columns of x, or None.
        basis: from them to the columns of `features`, or None where these are the same.
    """

    features: Nodes
    adjacency: csr_array
    weights: Tensor | None
    basis: Tensor | None


def two_views(graph: Data, runtime: Runtime, *, components: int = 256, idf: TermWeights = "auto") -> Views:
    """Weight, scale and reduce the features of a graph, and make its edges undirected.

    Args:
        graph: from `graphcl.validation.check_graph`, on the device of the runtime; x may be sparse.
        runtime: its seed is that of the random projection.
        components: columns kept where x has more.
        idf: see `TermWeights`.

    Example:
        >>> import graphcl
        >>> two_views(graphcl.datasets.load("karate").graph, Runtime.launch("cpu")).features.shape
        torch.Size([34, 34])
    """
    x = graph.x
    weights = inverse_document_frequency(x) if idf == "always" or (idf == "auto" and holds_counts(x)) else None
    basis = None
    if x.size(1) > components:
        weighted = unit_rows(x if weights is None else scale_columns(x, weights))
        basis = right_singular_vectors(weighted, components, generator=runtime.generator("projection"))
    features = reduce_features(x, basis, weights)
    adjacency = undirected_adjacency(graph.edge_index, x.size(0), graph.get("edge_weight"))
    return Views(features, adjacency, weights, basis)
