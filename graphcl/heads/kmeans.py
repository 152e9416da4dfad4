"""k-means: by scikit-learn on the CPU, in PyTorch on other devices, and in blocks where it is large."""

from typing import Any, Literal

import torch
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from graphcl.feature_source import FeatureSource
from graphcl.heads.kmeans_choice import Algorithm, choose_kmeans
from graphcl.heads.lloyd import lloyd
from graphcl.heads.lloyd_blocks import lloyd_in_blocks
from graphcl.heads.mini_batch import mini_batch_kmeans
from graphcl.heads.row_blocks import RowBlocks, nearest_in_blocks
from graphcl.heads.starts import kmeans_starts
from graphcl.ops.graph_matrices.sparse import to_scipy
from graphcl.ops.machine.precision import at_least_float32
from graphcl.ops.scale import scale_of
from graphcl.typing import Labels, Nodes


def kmeans(
    z: Nodes | FeatureSource,
    n_clusters: int,
    *,
    n_init: int = 10,
    max_iter: int = 300,
    seed: int = 0,
    algorithm: Algorithm | Literal["auto"] = "auto",
) -> tuple[Labels, Float[Tensor, "k d"]]:
    """k-means clustering: Lloyd's algorithm with k-means++ initialisation; the best of `n_init` runs by inertia.

    As a "whole", rows on the CPU and sparse rows are clustered by scikit-learn's `KMeans`, dense rows on another
    device on that device, see `lloyd` and `kmeans_starts`. The results agree up to rounding and, beyond 10,000
    rows, the initial centres. By "blocks" the rows are read block by block, see `lloyd_in_blocks`: exact too, for
    rows that are mapped from a file. By "mini-batch" they are read three times in all, see `mini_batch_kmeans`,
    which is approximate; then each goes to its nearest centre.

    Args:
        z: (n, d), dense or CSR, on any device, of any scale (see `graphcl.ops.scale`), in memory or mapped from a
            file; or a feature source of dense rows; n >= n_clusters.
        n_clusters: number of clusters, at least 1.
        n_init: number of initialisations, at least 1.
        max_iter: most iterations of each run, at least 1; of mini-batches it is not read.
        seed: random seed of the initialisations; 0 is a seed.
        algorithm: "whole", "blocks" or "mini-batch", the last two for dense rows on the CPU; "auto" takes the
            first up to 2^28 entries and for sparse rows, see `choose_kmeans`.

    Returns:
        Labels (n,) in [0, n_clusters) and centres (n_clusters, d), on the device and in the dtype of z; of a
        feature source on the CPU and in float32 or wider.

    Raises:
        ValueError: fewer rows than clusters, an unknown algorithm, or sparse rows in blocks.

    Example:
        >>> labels, centres = kmeans(torch.tensor([[0.0], [0.1], [5.0]]), 2)
        >>> bool(labels[0] == labels[1] != labels[2])
        True
    """
    n = z.size(0)
    if n < n_clusters:
        raise ValueError(
            f"n_clusters must be at most the number of rows; got {n_clusters} for {n} rows; ask for fewer"
        )
    if algorithm not in ("auto", "whole", "blocks", "mini-batch"):
        raise ValueError(f"algorithm must be auto, whole, blocks or mini-batch; got {algorithm!r}")
    sparse = isinstance(z, Tensor) and z.layout != torch.strided
    if algorithm == "auto":
        device = z.device if isinstance(z, Tensor) else "cpu"
        algorithm = "whole" if sparse else choose_kmeans(n, z.size(1), n_clusters, device)
    if algorithm == "whole":
        rows = z if isinstance(z, Tensor) else z.gather(torch.arange(n))
        return _kmeans_whole(rows, n_clusters, n_init=n_init, max_iter=max_iter, seed=seed)
    if sparse:
        raise ValueError(f"sparse rows are clustered as a whole; got algorithm={algorithm!r}; leave it out")
    return _kmeans_in_blocks(z, n_clusters, n_init, max_iter, seed, algorithm)


def _kmeans_whole(z: Tensor, n_clusters: int, *, n_init: int, max_iter: int, seed: int) -> tuple[Tensor, Tensor]:
    from sklearn.cluster import KMeans

    rows = at_least_float32(z.detach())
    scale = scale_of(rows)
    if z.device.type != "cpu" or scale != 1:
        rows = rows * scale
    if z.device.type != "cpu" and z.layout == torch.strided:
        labels, centres = lloyd(rows, kmeans_starts(rows, n_clusters, n_init=n_init, seed=seed), max_iter=max_iter)
        return labels, (centres / scale).to(z.dtype)
    fitted = KMeans(n_clusters, n_init=n_init, max_iter=max_iter, random_state=seed).fit(_table(rows))
    labels = torch.as_tensor(fitted.labels_, dtype=torch.long, device=z.device)
    centres = torch.as_tensor(fitted.cluster_centers_, device=z.device) / scale
    return labels, centres.to(z.dtype)


def _kmeans_in_blocks(
    z: Tensor | FeatureSource, n_clusters: int, n_init: int, max_iter: int, seed: int, algorithm: Algorithm
) -> tuple[Tensor, Tensor]:
    """On the device of a tensor, or, of a source, on the CPU."""
    device = z.device if isinstance(z, Tensor) else torch.device("cpu")
    blocks, scale = RowBlocks(z, device).scaled()
    if algorithm == "mini-batch":
        centres = mini_batch_kmeans(blocks.source, n_clusters, n_init=n_init, seed=seed).to(device)
        labels = nearest_in_blocks(blocks.source, centres)
    else:
        starts = kmeans_starts(blocks.source, n_clusters, n_init=n_init, seed=seed).to(device)
        labels, centres = lloyd_in_blocks(blocks.source, starts, max_iter=max_iter)
    return labels, (centres / scale).to(z.dtype if isinstance(z, Tensor) else blocks.dtype)


def _table(z: Tensor) -> NDArray[Any] | csr_array:
    """Convert rows to what scikit-learn accepts: a NumPy array, or a SciPy CSR array with 32-bit indices."""
    z = z.cpu()
    return to_scipy(z, narrow=True) if z.layout == torch.sparse_csr else z.numpy()
