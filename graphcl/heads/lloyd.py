"""Lloyd's algorithm in PyTorch, on any device."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.heads.nearest import nearest_centre
from graphcl.ops.graph_matrices.cluster_sums import ENTRIES, cluster_sums
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Labels, Nodes

TOLERANCE = 1e-4
"""Convergence threshold of scikit-learn: total squared shift of the centres / mean variance of the columns."""


@torch.no_grad()
def lloyd(z: Nodes, starts: Float[Tensor, "r k d"], *, max_iter: int = 300) -> tuple[Labels, Float[Tensor, "k d"]]:
    """Lloyd's algorithm from given initial centres, as scikit-learn's `KMeans` but on any device; best by inertia.

    An iteration assigns each row to its nearest centre and moves each centre to the mean of its rows; an empty
    cluster gets the row farthest from its own centre. It stops when no label changes or when the squared shift of
    the centres is at most 1e-4 of the mean variance of a column. Computed in float32 or wider, with sums in
    float64. Beside a copy of z, at most 2^24 distances are in memory at a time. There is one synchronisation with
    the device per iteration, and more only if a cluster is empty. Deterministic.

    Args:
        z: (n, d), dense, on any device, n at least 1.
        starts: (r, k, d), r initialisations of k centres on the device of z, for example of `kmeans_starts`.
        max_iter: most iterations from each initialisation, at least 1.

    Returns:
        Labels (n,) in [0, k) and centres (k, d), on the device of z, the centres in float32 or wider.

    Example:
        >>> lloyd(torch.tensor([[0.0], [1.0], [9.0]]), torch.tensor([[[0.0], [1.0]]]))
        (tensor([0, 0, 1]), tensor([[0.5000],
                [9.0000]]))
    """
    with full_precision(z):
        rows = at_least_float32(z)
        parts = rows.split(_rows_at_a_time(rows))
        middle = torch.stack([part.double().sum(0) for part in parts]).sum(0).div(len(z)).to(rows.dtype)
        rows = rows - middle  # distances from inner products lose precision far from the origin
        tolerance = TOLERANCE * rows.var(0, correction=0).mean()
        ends = (_descend(rows, start.to(rows.dtype) - middle, max_iter, tolerance) for start in starts)
        _, labels, centres = min(ends, key=lambda end: end[0])
        return labels, centres + middle


def _descend(z: Tensor, centres: Tensor, max_iter: int, tolerance: Tensor) -> tuple[float, Tensor, Tensor]:
    """Run one initialisation; return inertia, labels and centres."""
    labels = torch.full((len(z),), -1, device=z.device)
    shift = torch.full_like(tolerance, torch.inf)
    for done in range(max_iter + 1):
        before, labels = labels, nearest_centre(z, centres)
        sizes = _sizes(labels, len(centres))
        still = (labels == before).all() | (shift <= tolerance)
        stop, empty = torch.stack([still, sizes.min() == 0]).tolist()  # the one synchronisation
        if stop or done == max_iter:
            break
        assigned = _fill_empty(z, centres, labels, sizes) if empty else labels
        after = _means(z, assigned, len(centres))
        centres, shift = after, (after - centres).square().sum()
    return _squared_distances(z, centres, labels).sum(dtype=torch.float64).item(), labels, centres


def _means(z: Tensor, labels: Tensor, n_clusters: int) -> Tensor:
    """Mean of the rows of each cluster; for an empty cluster, that of the largest one."""
    sizes = _sizes(labels, n_clusters)[:, None]
    means = (cluster_sums(z, labels[None], n_clusters)[0] / sizes.clamp(min=1)).to(z.dtype)
    return torch.where(sizes > 0, means, means.index_select(0, sizes[:, 0].argmax()[None]))


def _fill_empty(z: Tensor, centres: Tensor, labels: Tensor, sizes: Tensor) -> Tensor:
    """Relocate empty clusters to the rows farthest from their centres, unless every row is on its centre."""
    empty = (sizes == 0).nonzero()[:, 0]
    distance, far = _squared_distances(z, centres, labels).topk(len(empty))
    return labels.index_copy(0, far, empty) if distance[0] > 0 else labels


def _sizes(labels: Tensor, n_clusters: int) -> Tensor:
    """Cluster sizes, without the synchronisation that `bincount` needs."""
    return labels.new_zeros(n_clusters).scatter_add_(0, labels, torch.ones_like(labels))


def _squared_distances(z: Tensor, centres: Tensor, labels: Tensor) -> Tensor:
    """Squared distance of each row from the centre of its cluster, (n,)."""
    rows = _rows_at_a_time(z)
    parts = zip(z.split(rows), labels.split(rows), strict=True)
    return torch.cat([(part - centres[own]).square().sum(1) for part, own in parts])


def _rows_at_a_time(z: Tensor) -> int:
    """Chunk size that bounds the memory of row-wise intermediate results."""
    return max(ENTRIES // max(z.size(1), 1), 1)
