"""SAGSC: subspace clustering of smoothed features through a quadratic kernel that is never formed; no training.

[Fettal, Labiod, Nadif, "Scalable Attributed-Graph Subspace Clustering", AAAI 2023]. Follows the authors' code,
chakib401/SAGSC at 97a6e01, but for k-means, which has ten starts.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor
from torch_geometric.data import Data

from graphcl.agreement.views import TermWeights
from graphcl.encoders import blockwise_axes, power_series, quadratic_features, row_normalized_adjacency, whitening
from graphcl.encoders.feature_maps.blockwise_svd import map_blocks, sum_blocks
from graphcl.encoders.feature_maps.quadratic_map import quadratic_width
from graphcl.methods.bases.term_features import learn_terms, on_cpu, term_rows
from graphcl.methods.bases.untrained import EmbeddingKMeans
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.typing import Count, CountOrZero, Nodes


@dataclass(kw_only=True, eq=False, repr=False)
class SAGSC(EmbeddingKMeans):
    """Scalable attributed-graph subspace clustering: smoothing, SVD, a quadratic kernel, spectral clustering.

    1. X: TF-IDF rows of unit length. H = P^p X, where P is the normalised adjacency with self loops added once
       more and its rows divided by their sums, see `row_normalized_adjacency`.
    2. U: the `n_clusters` leading left singular vectors of H with its columns centred.
    3. The kernel M_ij = (u_i . u_j + c)^2, c = 2^-1/2, with degrees D = M 1.
    4. Q: the left singular vectors 2 to n_clusters + 1 of D^-1/2 phi(U), where M = phi(U) phi(U)'; the first is
       D^1/2 1. Rows of Q, as they are, go to k-means.

    Neither M nor the centred H nor phi(U), of (k + 1)(k + 2) / 2 columns, is formed: products with them are summed
    over blocks of rows. Linear in nodes and edges; H is dense. A directed graph is made undirected; `edge_weight`
    is honoured. Nodes of other graphs are embedded by the same means, singular vectors and degrees.

    Args:
        power: p; 0 leaves the graph out.
        idf: weight of rare columns: "always" (the authors' code), "auto" where x holds integers alone, "never".
        components: singular vectors of X that it is first reduced to, where it has more columns; None keeps all.
        n_init: restarts of k-means.

    Attributes:
        labels_: (n,), int64.
        embedding_: Q, (n, n_clusters), fewer columns where x has too few.
        cluster_centers_: (n_clusters, n_clusters).

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> SAGSC(n_clusters=2).fit(karate.graph).embedding_.shape
        torch.Size([34, 2])

    Reference: [Fettal, Labiod, Nadif, AAAI 2023], as in the authors' code. PyAGC's method of this name neither
    centres H nor takes the row sums of M for degrees.
    """

    name: ClassVar[str] = "sagsc"
    accepts_edge_weight: ClassVar[bool] = True

    power: CountOrZero = 5
    idf: TermWeights = "always"
    components: Count | None = None

    def _fit_rows(self, graph: Data) -> Tensor:
        weights, basis = learn_terms(graph.x, self.idf, self.components)
        self.term_weights_, self.basis_ = on_cpu(weights), on_cpu(basis)
        h = self._smoothed(graph)
        mean = sum_blocks(h, torch.Tensor.double, h.size(1)) / len(h)
        axes = blockwise_axes(h, lambda part: part.double() - mean, h.size(1), self.n_clusters)
        self.mean_, self.axes_ = mean.cpu(), whitening(axes).cpu()
        u = map_blocks(h, self._left_vectors, h.size(1))
        self.kernel_total_, self.kernel_axes_ = (part.cpu() for part in kernel_axes(u, self.n_clusters))
        return self._embedded(h)

    def _rows(self, graph: Data) -> Nodes:
        return self._embedded(self._smoothed(graph.to(self._device()))).cpu()

    def _smoothed(self, graph: Data) -> Nodes:
        x = term_rows(graph.x, self.term_weights_, self.basis_)
        matrix = row_normalized_adjacency(graph.edge_index, x.size(0), graph.get("edge_weight"))
        smoother = from_scipy(matrix, x.dtype, narrow=True).to(x.device)
        return power_series(x, smoother, [0.0] * self.power + [1.0])

    def _left_vectors(self, part: Tensor) -> Tensor:
        """Rows of U, in float64."""
        return (part.double() - self.mean_.to(part.device)) @ self.axes_.to(part.device)

    def _embedded(self, h: Nodes) -> Nodes:
        total, axes = self.kernel_total_.to(h.device), self.kernel_axes_.to(h.device)
        width = max(h.size(1), len(total))
        return map_blocks(h, lambda part: degree_scaled(self._left_vectors(part), total) @ axes, width)


def kernel_axes(u: Nodes, count: int, *, dense: int = 512) -> tuple[Tensor, Tensor]:
    """The kernel's degrees and spectral axes in its feature space: steps 3 and 4 of `SAGSC`.

    Args:
        u: U, (n, k).
        count: vectors after the trivial first one.
        dense: numbers of features up to this are solved exactly, see `leading_eigenpairs`.

    Returns:
        r = phi(U)' 1, (f,), and W, (f, count): D^-1/2 phi(U) W is Q, with D = phi(U) r. Both in float64.

    Example:
        >>> u = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], dtype=torch.double)
        >>> total, axes = kernel_axes(u, 2)
        >>> q = degree_scaled(u, total) @ axes
        >>> torch.allclose(q.T @ q, torch.eye(2, dtype=torch.double))
        True
    """
    width = quadratic_width(u.size(1))
    total = sum_blocks(u, lambda part: quadratic_features(part.double()), width)
    trivial = F.normalize(total, dim=0)

    def rows(part: Tensor) -> Tensor:
        scaled = degree_scaled(part.double(), total)
        return scaled - torch.outer(scaled @ trivial, trivial)

    return total, whitening(blockwise_axes(u, rows, width, count, dense=dense))


def degree_scaled(u: Nodes, total: Tensor) -> Tensor:
    """Rows of D^-1/2 phi(U), with the degrees D_i = phi(u_i) . total, the row sums of the kernel.

    Example:
        >>> degree_scaled(torch.zeros(1, 1), torch.tensor([4.0, 0.0, 0.0]))  # c / sqrt(4 c)
        tensor([[0.4204, 0.0000, 0.0000]])
    """
    features = quadratic_features(u)
    degree = (features @ total).clamp(min=torch.finfo(features.dtype).tiny)
    return features * degree.rsqrt()[:, None]
