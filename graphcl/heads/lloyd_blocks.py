"""Lloyd's algorithm on rows in blocks, for embeddings that are larger than the memory."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.feature_source import FeatureSource
from graphcl.heads.lloyd import TOLERANCE
from graphcl.heads.nearest import nearest_centre
from graphcl.heads.row_blocks import RowBlocks
from graphcl.ops.graph_matrices.cluster_sums import cluster_sums
from graphcl.ops.machine.precision import full_precision
from graphcl.typing import Labels, Nodes


@torch.no_grad()
def lloyd_in_blocks(
    z: Nodes | FeatureSource, starts: Float[Tensor, "r k d"], *, max_iter: int = 300
) -> tuple[Labels, Float[Tensor, "k d"]]:
    """Lloyd's algorithm as in `lloyd`, exact too, one block of rows after the other; the best start by inertia.

    The rows are read once an iteration, for all initialisations that have not converged together. Beside r labels
    a row, one block of 2^24 entries is in memory at a time, and its distances. Means, variance, sums and inertia
    are float64. It differs from `lloyd` by rounding alone.

    Args:
        z: (n, d), dense, in memory or mapped from a file, or a feature source of dense rows; n at least 1.
        starts: (r, k, d), initial centres; blocks are computed on their device.
        max_iter: most iterations from each initialisation, at least 1.

    Returns:
        Labels (n,) in [0, k) and centres (k, d), on the device of the starts, the centres in float32 or wider.

    Example:
        >>> lloyd_in_blocks(torch.tensor([[0.0], [1.0], [9.0]]), torch.tensor([[[0.0], [1.0]]]))
        (tensor([0, 0, 1]), tensor([[0.5000],
                [9.0000]]))
    """
    blocks = RowBlocks(z, starts.device)
    with full_precision(starts):
        middle, variance = _moments(blocks)
        middle = middle.to(blocks.dtype)
        tolerance = TOLERANCE * float(variance.mean())
        runs = [_Run(start.to(blocks.dtype) - middle, len(blocks)) for start in starts]
        for done in range(max_iter + 1):
            under_way = [run for run in runs if not run.over]
            if not under_way:
                break
            for span, rows in blocks:
                _assign(under_way, span, rows - middle)
            _finish(under_way, blocks, middle, tolerance, last=done == max_iter)
        best = runs[0] if len(runs) == 1 else runs[_least_inertia(runs, blocks, middle)]
        return best.labels, best.centres + middle


class _Run:
    """One initialisation on its way: centres, labels, and the sums of the pass that is under way."""

    def __init__(self, centres: Tensor, n: int) -> None:
        self.centres = centres
        self.labels = torch.full((n,), -1, device=centres.device)
        self.over, self.shift = False, float("inf")
        self._begin()

    def _begin(self) -> None:
        self.sums = torch.zeros_like(self.centres, dtype=torch.float64)
        self.sizes = torch.zeros(len(self.centres), dtype=torch.long, device=self.centres.device)
        self.changed = torch.zeros((), dtype=torch.long, device=self.centres.device)

    def add(self, span: slice, labels: Tensor, sums: Tensor) -> None:
        """Take the labels of a block and the sums of its clusters."""
        self.changed += (labels != self.labels[span]).sum()
        self.labels[span] = labels
        self.sums += sums
        self.sizes.scatter_add_(0, labels, torch.ones_like(labels))

    def move(self) -> None:
        """The centres go to the means; that of a cluster without rows to the mean of the largest one."""
        means = (self.sums / self.sizes[:, None].clamp(min=1)).to(self.centres.dtype)
        after = torch.where(self.sizes[:, None] > 0, means, means[self.sizes.argmax()])
        self.shift = float((after - self.centres).square().sum())
        self.centres = after
        self._begin()


def _assign(runs: Sequence[_Run], span: slice, rows: Tensor) -> None:
    """Label the rows of a block for every run, and add them to the sums of their clusters, all by one product."""
    labels = torch.stack([nearest_centre(rows, run.centres) for run in runs])
    sums = cluster_sums(rows.double(), labels, len(runs[0].centres))
    for run, own, total in zip(runs, labels, sums, strict=True):
        run.add(span, own, total)


def _finish(runs: Sequence[_Run], blocks: RowBlocks, middle: Tensor, tolerance: float, *, last: bool) -> None:
    """After a pass over all rows: end the runs that have converged, and move the centres of the others."""
    for run in runs:
        run.over = last or not run.changed.item() or run.shift <= tolerance
        if not run.over:
            if (run.sizes == 0).any():
                _fill_empty(run, blocks, middle)
            run.move()


def _fill_empty(run: _Run, blocks: RowBlocks, middle: Tensor) -> None:
    """Count the rows farthest from their centres to the empty clusters, unless every row is on its centre."""
    empty = (run.sizes == 0).nonzero()[:, 0]
    far, place = run.centres.new_empty(0), empty.new_empty(0)
    for span, rows in blocks:
        distance = _squared_distances(rows - middle, run, span)
        value, index = torch.cat([far, distance]).topk(min(len(empty), len(far) + len(distance)))
        numbers = torch.arange(span.start, span.stop, device=place.device)
        far, place = value, torch.cat([place, numbers])[index]
    if far[0] == 0:
        return
    rows = (blocks.gather(place.cpu()) - middle).double()
    before = run.labels[place]
    run.sums.index_add_(0, before, -rows)
    run.sums.index_copy_(0, empty, rows)
    run.sizes.scatter_add_(0, before, -torch.ones_like(before))
    run.sizes[empty] = 1


def _least_inertia(runs: Sequence[_Run], blocks: RowBlocks, middle: Tensor) -> int:
    """The run whose rows are nearest to their centres."""
    total = torch.zeros(len(runs), dtype=torch.float64)
    for span, rows in blocks:
        parts = [_squared_distances(rows - middle, run, span).sum(dtype=torch.float64) for run in runs]
        total += torch.stack(parts).cpu()
    return int(total.argmin())


def _squared_distances(rows: Tensor, run: _Run, span: slice) -> Tensor:
    """Squared distance of each row of a block from the centre of its cluster."""
    return (rows - run.centres[run.labels[span]]).square().sum(1)


def _moments(blocks: RowBlocks) -> tuple[Tensor, Tensor]:
    """Mean and variance of each column in float64, (d,), joined block by block [Chan, Golub, LeVeque, 1979]."""
    mean = torch.zeros(blocks.width, dtype=torch.float64, device=blocks.device)
    squares, count = torch.zeros_like(mean), 0
    for _, part in blocks:
        rows, before = part.double(), count
        count += len(rows)
        own = rows.mean(0)
        step = own - mean
        mean = mean + step * (len(rows) / count)
        squares = squares + (rows - own).square().sum(0) + step.square() * (before * len(rows) / count)
    return mean, squares / count
