"""k-means as a scikit-learn estimator on embeddings."""

import warnings
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from graphcl.feature_source import FeatureSource, TensorFeatures, TransformedFeatures, is_feature_source, map_rows
from graphcl.heads.kmeans import kmeans
from graphcl.heads.kmeans_choice import choose_kmeans
from graphcl.heads.nearest import nearest_centre
from graphcl.heads.row_blocks import RowBlocks, nearest_in_blocks
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Count, Flag, Labels, Seed

Matrix = Tensor | NDArray[Any] | FeatureSource
"""Rows as a tensor, an array, also one mapped from a file, or a feature source."""


@dataclass(eq=False, repr=False)
class KMeans(ClusterMixin, BaseEstimator):
    """k-means clustering of embeddings of nodes or of whole graphs, given as a tensor on any device or an array.

    The scikit-learn estimator over the functions `kmeans`, which fits, and `nearest_centre`, which predicts.
    Parameters are checked in `fit`, as scikit-learn does; `clone`, `get_params` and `set_params` work. A matrix on
    the CPU of more than 2^28 entries, such as an embedding mapped from a file, is read in blocks, and neither it
    nor its normalised rows are ever whole in memory; see `choose_kmeans`.

    Args:
        n_clusters: number of clusters, at least 1 and at most the number of rows.
        n_init: number of k-means++ initialisations, at least 1; the result of lowest inertia is kept.
        normalize: whether rows are first divided by their Euclidean norm, in `fit` and in `predict`.
        seed: random seed of the initialisations; 0 is a seed.

    Attributes:
        labels_: (n,), int64, on the CPU.
        cluster_centers_: (n_clusters, d), on the CPU, in float32 or float64; of normalised rows if `normalize`.

    Example:
        >>> head = KMeans(2)
        >>> labels = head.fit_predict(torch.tensor([[0.0], [0.1], [5.0]]))
        >>> bool(labels[0] == labels[1] != labels[2])
        True
        >>> bool(head.predict(torch.tensor([[4.0]]))[0] == labels[2])
        True
    """

    n_clusters: Count
    _: KW_ONLY
    n_init: Count = 10
    normalize: Flag = False
    seed: Seed = 0

    def fit(self, z: Matrix, y: object = None) -> "KMeans":  # noqa: ARG002
        """Compute the k-means clusters.

        Args:
            z: (n, d), one row per node or per graph; half precision and integers are read as float32.
            y: not used; scikit-learn's pipelines pass it.

        Raises:
            ValueError: a parameter out of range, fewer rows than clusters, another shape, NaN or infinite entries.
        """
        from graphcl.validation import check_parameters  # imports PyG

        params = check_parameters(self)
        labels, centres = kmeans(self._rows(z), params["n_clusters"], n_init=params["n_init"], seed=params["seed"])
        self.labels_, self.cluster_centers_ = labels.cpu(), centres.cpu()
        return self

    def fit_predict(self, z: Matrix, y: object = None) -> Labels:
        """Compute the k-means clusters and return the label of each row: `fit(z).labels_`.

        Args:
            z: (n, d), one row per node or per graph.
            y: not used; scikit-learn's pipelines pass it.

        Raises:
            ValueError: as for `fit`.
        """
        return self.fit(z, y).labels_

    def predict(self, z: Matrix) -> Labels:
        """Assign each row to the nearest cluster centre.

        Args:
            z: (n, d), of the width that was fitted; n may be 0.

        Returns:
            (n,), int64, on the CPU.

        Raises:
            NotFittedError: before `fit`.
            ValueError: another width, another shape, NaN or infinite entries.
        """
        check_is_fitted(self)
        rows, width = self._rows(z), self.cluster_centers_.size(1)
        if rows.size(1) != width:
            raise ValueError(
                f"z must have {width} columns, as in fit; got {rows.size(1)}; give the same embedding"
            )
        if not isinstance(rows, Tensor):
            return nearest_in_blocks(rows, self.cluster_centers_)
        dtype = torch.promote_types(rows.dtype, self.cluster_centers_.dtype)
        return nearest_centre(rows.to(dtype), self.cluster_centers_.to(rows.device, dtype)).cpu()

    def _rows(self, z: Any) -> Tensor | FeatureSource:
        """Validate rows; as float32 or float64, normalised if asked for; of a large matrix as a source of rows."""
        rows: Tensor | FeatureSource
        rows = z.detach() if isinstance(z, Tensor) else z if is_feature_source(z) else _tensor_of(z)
        if isinstance(rows, Tensor) and (
            rows.layout != torch.strided or rows.dim() != 2 or not rows.size(1) or rows.is_complex()
        ):
            got = f"{tuple(rows.shape)} of {rows.dtype} in the layout {rows.layout}"
            raise ValueError(f"z must be a dense real matrix, (n, d); got {got}; give each node or graph one row")
        if isinstance(rows, Tensor) and choose_kmeans(len(rows), rows.size(1), 1, rows.device) == "whole":
            rows = _floats(rows)
            bad = int((~torch.isfinite(rows)).sum())
        else:
            source = TensorFeatures(rows) if isinstance(rows, Tensor) else rows
            rows = TransformedFeatures(source, _floats, dtype=torch.promote_types(source.dtype, torch.float32))
            bad = sum(int((~torch.isfinite(part)).sum()) for _, part in RowBlocks(rows))
        if bad:
            raise ValueError(f"z must be finite; got {bad} NaN or infinite entries; drop their rows or fit again")
        changed: Tensor | FeatureSource = map_rows(rows, unit_rows) if self.normalize else rows
        return changed


def _floats(rows: Tensor) -> Tensor:
    """Rows in float32 or wider; integers become float32."""
    return at_least_float32(rows if rows.is_floating_point() else rows.float())


def _tensor_of(array: Any) -> Tensor:
    """A tensor on the memory of an array, also of a read-only one: nothing writes to it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(np.require(array, requirements=["C"]))
