"""Preprocessing of a graph for criterion J: features (IDF, normalisation, SVD) and symmetric adjacency."""

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
from graphcl.ops.graph_matrices.adjacency import undirected_adjacency
from graphcl.ops.graph_matrices.sparse import scale_columns, unit_rows
from graphcl.ops.machine.runtime import Runtime
from graphcl.typing import Nodes

TermWeights = Literal["auto", "always", "never"]
"""Inverse document frequency weights of the columns of x: "auto" if x holds counts (integers only)."""


class Views(NamedTuple):
    """Preprocessed features and edges of a graph.

    Args:
        features: dense, (n, d); columns weighted, rows of unit length, reduced to at most `components` columns.
        adjacency: symmetric, (n, n).
        weights: inverse document frequency of each column of x, or None.
        basis: projection from the columns of x to those of `features`, or None if they are not reduced.
    """

    features: Nodes
    adjacency: csr_array
    weights: Tensor | None
    basis: Tensor | None


def two_views(graph: Data, runtime: Runtime, *, components: int = 256, idf: TermWeights = "auto") -> Views:
    """Weight, normalise and reduce the features of a graph, and make its edges undirected.

    Args:
        graph: from `graphcl.validation.check_graph`, on the device of the runtime; x may be sparse.
        runtime: device, and seed of the randomised SVD.
        components: number of columns to which wider features are reduced.
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
