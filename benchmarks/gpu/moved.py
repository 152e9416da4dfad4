"""Bytes that the work has to move and operations that it has to do, reasoned from its sizes.

Numbers are float32 (4 bytes), indices int64 (8). A tensor that a kernel reads or writes counts once; activations,
optimisers and what is sorted or copied on the way are left out. A training step is three times its forward pass:
backward, each layer has one product for the gradient of its input and one for that of its weights. So the figures
are estimates from below of what runs, by which the share of the device's rates that a step reaches is told.
"""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Work:
    """Bytes moved and floating-point operations; parts add up, and repeat by a number."""

    bytes: float
    flops: float

    def __add__(self, other: "Work") -> "Work":
        """Both."""
        return Work(self.bytes + other.bytes, self.flops + other.flops)

    def __rmul__(self, times: float) -> "Work":
        """So many times."""
        return Work(times * self.bytes, times * self.flops)


def dense(rows: int, widths: tuple[int, ...]) -> Work:
    """Forward through dense layers: rows x W; each reads its input and writes its output: 4 rows (a + b) bytes."""
    pairs = list(pairwise(widths))
    return Work(sum(4.0 * rows * (a + b) for a, b in pairs), sum(2.0 * rows * a * b for a, b in pairs))


def gather(edges: int, rows: int, width: int) -> Work:
    """Product with a sparse matrix: a row of the input, an index and a value an edge; each output row written."""
    return Work(edges * (4.0 * width + 12) + 4.0 * rows * width, 2.0 * edges * width)


def gcn(rows: int, edges: int, widths: tuple[int, ...]) -> Work:
    """Forward through GCN layers: the dense product, then the sum over neighbours and the node itself."""
    total = dense(rows, widths)
    for width in widths[1:]:
        total = total + gather(edges + rows, rows, width)
    return total


def view(rows: int, edges: int, width: int) -> Work:
    """Drawing a view: features read and written; ten int64 passes over edges (draw, keep, sort, normalise)."""
    return Work(8.0 * rows * width + 80.0 * edges, 0)


def all_pairs(rows: int, keys: int, width: int) -> Work:
    """Log-sum-exp of rows against keys in blocks, forward and backward, scores computed again for the gradient.

    Three passes over a block of scores forward (written, exponentiated, summed), three backward; four products.
    """
    return Work(24.0 * rows * keys, 8.0 * rows * keys * width)


def positives(entries: int, width: int) -> Work:
    """Weighted sums over stored positives, forward and backward: a row, an index and a value an entry."""
    return 3 * Work(entries * (4.0 * width + 12), 2.0 * entries * width)


def lloyd_iteration(rows: int, width: int, clusters: int) -> Work:
    """Distances (rows read, scores written and read), indicator (written and read), sums (rows read)."""
    return Work(8.0 * rows * width + 16.0 * rows * clusters, 4.0 * rows * width * clusters)


def sampling(nodes: int, edges: int, width: int) -> Work:
    """A sample: of each edge drawn about ten int64 passes; features of its nodes read and written."""
    return Work(80.0 * edges + 8.0 * nodes * width, 0)


def gin(nodes: int, edges: int, width: int, layers: int) -> Work:
    """Forward through GIN layers: messages with an embedding of the bond, then an MLP of twice the width."""
    each = gather(edges, nodes, width) + Work(8.0 * edges * width, 0) + dense(nodes, (width, 2 * width, width))
    return layers * each
