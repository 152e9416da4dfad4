"""M-S2CAG and S2CAG: spectral subspace clustering of features propagated over the graph; no training.

[Lin, Yang, Zheng, Ke, "Spectral Subspace Clustering for Attributed Graphs", KDD 2025, arXiv 2411.11074]. The forms
"as_released" are those of the authors' code, HKBU-LAGAS/S2CAG at 51c5679.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor
from torch_geometric.data import Data

from graphcl.agreement.views import TermWeights
from graphcl.encoders import (
    blockwise_axes,
    geometric_weights,
    power_series,
    released_geometric_weights,
    row_normalized_adjacency,
    whitening,
)
from graphcl.encoders.feature_maps.blockwise_svd import map_blocks, sum_blocks
from graphcl.encoders.feature_maps.similarity_degree import column_sums, divide_by_degree_roots
from graphcl.heads.rounding import householder_signs, largest_entries_positive, round_to_clusters
from graphcl.methods.bases.term_features import learn_terms, on_cpu, term_rows
from graphcl.methods.bases.untrained import EmbeddingKMeans
from graphcl.ops.graph_matrices.sparse import from_scipy, unit_rows
from graphcl.ops.machine.meter import measured
from graphcl.training.estimators.fitting import Fitting
from graphcl.typing import Count, CountOrZero, Labels, Nodes, Positive, Probability

Objective = Literal["modularity", "subspace"]
"""M-S2CAG, or S2CAG."""

Series = Literal["geometric", "as_released"]
"""Weights of the hops: those of the paper, or those that the authors' code comes to."""

Normalise = Literal["row", "degree", "as_released", "none"]
"""What the rows of Z are multiplied by."""

ReadOut = Literal["k-means", "rounding", "as_released"]
"""How the columns of Q become clusters; the last rounds from the signs in which the authors' iteration ends."""


@dataclass(kw_only=True, eq=False, repr=False)
class MS2CAG(EmbeddingKMeans):
    """Modularity-based spectral subspace clustering for attributed graphs (M-S2CAG), and S2CAG.

    1. X: TF-IDF rows of unit length, divided by the roots of their degrees in the graph X X', see
       `divide_by_degree_roots`.
    2. Z = sum_{t=0..T} w_t P^t X, with w_t = alpha^t / sum_s alpha^s and P as of `row_normalized_adjacency`; then
       its rows are normalised.
    3. With omega = Z (Z' 1), B = Z Z' - gamma omega omega' / (1' omega): the modularity matrix of the graph Z Z'.
       Q: its `n_clusters` leading eigenvectors. For gamma in [0, 1] B is Y Y' with Y = Z (I - s c c'), c the
       direction of Z' 1 and s = 1 - sqrt(1 - gamma); so Q are left singular vectors of Y, none is negative, and B
       is never formed. Every column's largest entry is made positive.
    4. k-means on the rows of Q at unit length, or rounding, which depends on the signs of the columns.

    "subspace" (S2CAG) takes the left singular vectors 2 to n_clusters + 1 of Z for Q. Linear in nodes and edges;
    Z, dense (n, d), is the only large matrix. A directed graph is made undirected; `edge_weight` is honoured.
    Nodes of other graphs are embedded by the same sums and singular vectors.

    Args:
        objective: "modularity" (M-S2CAG) or "subspace" (S2CAG).
        order: T; 0 leaves the graph out.
        alpha: above 1 far hops count more.
        gamma: resolution, read by "modularity".
        series: "geometric", or the weights "as_released", see `released_geometric_weights`.
        normalise: rows of Z to unit "row" length, as in PyAGC; divided by the roots of their "degree" in Z Z', as
            in the paper; times the root of their sum, 0 where it is negative, "as_released"; or "none".
        idf: weight of rare columns: "always" (the authors' code), "auto" where x holds integers alone, "never".
        components: singular vectors of X that it is first reduced to, where it has more columns; None keeps all.
        read_out: "k-means"; "rounding", see `round_to_clusters`; or rounding "as_released", from the signs that
            the authors' iteration ends in, see `householder_signs`, which depend on the numbering of the nodes.
        n_init: restarts of k-means.

    Attributes:
        labels_: (n,), int64.
        embedding_: Q, (n, n_clusters), fewer columns where x has too few; for "k-means" with rows of unit length.
        cluster_centers_: (n_clusters, n_clusters), of rounding the directions: a node's cluster is that with the
            largest inner product.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> labels = MS2CAG(n_clusters=2).fit_predict(karate.graph)
        >>> graphcl.evaluation.clustering_scores(karate.graph.y, labels)["acc"] > 0.9
        True

    Reference: [Lin, Yang, Zheng, Ke, KDD 2025, arXiv 2411.11074].
    """

    name: ClassVar[str] = "ms2cag"
    accepts_edge_weight: ClassVar[bool] = True

    objective: Objective = "modularity"
    order: CountOrZero = 10
    alpha: Positive = 1.0
    gamma: Probability = 1.0
    series: Series = "geometric"
    normalise: Normalise = "row"
    idf: TermWeights = "always"
    components: Count | None = None
    read_out: ReadOut = "k-means"

    def predict(self, data: Data) -> Labels:
        """The nearest centre, or best direction, of each node, also in a graph that `fit` did not see."""
        if self.read_out == "k-means":
            return super().predict(data)
        return (self.transform(data) @ self.cluster_centers_.T).argmax(1)

    def _solve(self, graph: Data, fitting: Fitting) -> None:
        if self.read_out == "k-means":
            super()._solve(graph, fitting)
            return
        with measured(fitting.costs, "embed"):
            self.embedding_: Nodes = self._fit_rows(graph).cpu()
        with measured(fitting.costs, "assign"):
            labels, self.cluster_centers_ = round_to_clusters(self.embedding_)
            self.labels_: Labels = labels

    def _fit_rows(self, graph: Data) -> Tensor:
        weights, basis = learn_terms(graph.x, self.idf, self.components)
        self.term_weights_, self.basis_ = on_cpu(weights), on_cpu(basis)
        self.total_: Tensor = column_sums(term_rows(graph.x, weights, basis)).cpu()
        z = self._propagated(graph)
        self.row_total_: Tensor = sum_blocks(z, Tensor.double, z.size(1)).to(z.dtype).cpu()
        z = self._normalised(z)
        modular = self.objective == "modularity"
        axes = (
            modularity_axes(z, self.n_clusters, gamma=self.gamma) if modular else subspace_axes(z, self.n_clusters)
        )
        self.axes_: Tensor = axes.cpu()
        if self.read_out != "k-means":
            self.axes_ = F.pad(self.axes_, (0, self.n_clusters - self.axes_.size(1)))
        signs = householder_signs if self.read_out == "as_released" else largest_entries_positive
        self.axes_ *= signs(map_blocks(z, self._left_vectors, z.size(1))).cpu()
        return self._embedded(z)

    def _rows(self, graph: Data) -> Nodes:
        return self._embedded(self._normalised(self._propagated(graph.to(self._device())))).cpu()

    def _propagated(self, graph: Data) -> Nodes:
        """Z, before its rows are normalised."""
        x = term_rows(graph.x, self.term_weights_, self.basis_)
        x = divide_by_degree_roots(x, self.total_.to(x.device))
        matrix = row_normalized_adjacency(graph.edge_index, x.size(0), graph.get("edge_weight"))
        smoother = from_scipy(matrix, x.dtype, narrow=True).to(x.device)
        weights = geometric_weights if self.series == "geometric" else released_geometric_weights
        return power_series(x, smoother, weights(self.alpha, self.order))

    def _normalised(self, z: Nodes) -> Nodes:
        if self.normalise == "row":
            return unit_rows(z)
        if self.normalise == "degree":
            return divide_by_degree_roots(z, self.row_total_.to(z.device))
        return z.mul_(z.sum(1, keepdim=True).clamp(min=0).sqrt()) if self.normalise == "as_released" else z

    def _left_vectors(self, part: Tensor) -> Tensor:
        """Rows of Q, in float64."""
        return part.double() @ self.axes_.to(part.device)

    def _embedded(self, z: Nodes) -> Nodes:
        q = map_blocks(z, self._left_vectors, z.size(1))
        return unit_rows(q) if self.read_out == "k-means" else q


def modularity_axes(z: Nodes, count: int, *, gamma: float) -> Tensor:
    """The map W from Z to the leading eigenvectors Z W of its modularity matrix, step 3 of `MS2CAG`.

    Args:
        z: Z, (n, d), dense.
        count: number of eigenvectors, k.
        gamma: resolution, in [0, 1].

    Returns:
        W, (d, min(k, d)), float64; columns are 0 where the eigenvalue is.

    Example:
        >>> z = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
        >>> (z.double() @ modularity_axes(z, 1, gamma=1.0)).abs().T
        tensor([[0.5000, 0.5000, 0.5000, 0.5000]], dtype=torch.float64)
    """
    centre = F.normalize(sum_blocks(z, Tensor.double, z.size(1)), dim=0)
    share = 1 - math.sqrt(1 - gamma)

    def rows(part: Tensor) -> Tensor:
        wide = part.double()
        return wide - share * torch.outer(wide @ centre, centre)

    whitened = whitening(blockwise_axes(z, rows, z.size(1), count))
    return whitened - share * torch.outer(centre, centre @ whitened)


def subspace_axes(z: Nodes, count: int) -> Tensor:
    """The map W from Z to its left singular vectors 2 to k + 1, those of S2CAG.

    Args:
        z: Z, (n, d), dense.
        count: number of vectors, k.

    Returns:
        W, (d, min(k, d - 1)), float64; (d, 1) of zeros where d is 1.

    Example:
        >>> z = torch.diag(torch.tensor([3.0, 2.0, 1.0]))
        >>> (z.double() @ subspace_axes(z, 1)).abs().T
        tensor([[0., 1., 0.]], dtype=torch.float64)
    """
    whitened = whitening(blockwise_axes(z, Tensor.double, z.size(1), count + 1))
    return whitened[:, 1:] if z.size(1) > 1 else torch.zeros_like(whitened)
