"""Embeddings in two dimensions, by t-SNE, for pictures."""

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcl.ops.files.tensor_files import whole_file

COMPONENTS = 50
"""Principal components that t-SNE sees of wider rows."""

STEPS = 500
"""Of t-SNE: 0.6 CPU seconds for 500 rows; 1,000 steps take twice that and lower its divergence by 3 %."""


def projection(rows: NDArray[Any], folder: Path | None) -> NDArray[np.float32]:
    """What `project_to_plane` gives, computed once for the same rows, such as those of all seeds of a method.

    Args:
        rows: as there.
        folder: where it is found and kept; None keeps nothing.
    """
    if folder is None:
        return project_to_plane(rows)
    content = np.ascontiguousarray(rows)
    digest = hashlib.sha256(repr((content.shape, content.dtype.str, STEPS, version("scikit-learn"))).encode())
    digest.update(content.data)
    path = folder / f"plane-{digest.hexdigest()[:32]}.npy"
    try:
        plane: NDArray[np.float32] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        plane = np.empty(0, np.float32)
    if plane.shape != (len(rows), 2) or plane.dtype != np.float32 or not np.isfinite(plane).all():
        plane = project_to_plane(rows)
        with whole_file(path) as file:
            np.save(file, plane, allow_pickle=False)
    return plane


def project_to_plane(rows: NDArray[Any]) -> NDArray[np.float32]:
    """Place rows in the plane so that near rows stay near: t-SNE that starts from principal components.

    Distances between far groups mean little, nor do the axes; the same rows give the same picture. Fewer than four
    rows, and rows that are all the same, are placed by their principal components alone.

    Args:
        rows: (m, d), finite; at least one, a few thousand at most.

    Returns:
        (m, 2), centred, in [-1, 1].

    Example:
        >>> rows = np.repeat([[0.0, 0.0, 1.0], [9.0, 0.0, 1.0]], 20, axis=0)
        >>> x = project_to_plane(rows)[:, 0]
        >>> bool(x[:20].max() < x[20:].min() or x[20:].max() < x[:20].min())
        True

    Reference: [van der Maaten and Hinton, JMLR 2008]; the start as in [Kobak and Berens, Nat. Commun. 2019].
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    centred = np.asarray(rows, dtype=np.float64) - np.mean(rows, axis=0, dtype=np.float64)
    largest = np.abs(centred).max(initial=0.0)
    if largest == 0:
        return np.zeros((len(centred), 2), dtype=np.float32)
    components = min(COMPONENTS, *centred.shape)
    reduced = PCA(components, random_state=0).fit_transform((centred / largest).astype(np.float32))
    plane = np.zeros((len(reduced), 2))
    plane[:, : min(2, components)] = reduced[:, :2]
    if len(reduced) >= 4:
        jitter = np.random.default_rng(0).normal(scale=1e-6, size=plane.shape)  # equal rows have to part
        start = (1e-4 * plane / plane[:, 0].std() + jitter).astype(np.float32)
        perplexity = min(30.0, (len(reduced) - 1) / 3)
        plane = TSNE(2, perplexity=perplexity, max_iter=STEPS, init=start, random_state=0).fit_transform(reduced)
    plane = plane - (plane.max(axis=0) + plane.min(axis=0)) / 2
    return np.asarray(plane / np.abs(plane).max(), dtype=np.float32)
