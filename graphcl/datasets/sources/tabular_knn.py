"""k-nearest-neighbour graph of a feature matrix, as in SDCN for data without edges."""

from typing import Literal

import torch
from torch import Tensor

from graphcl.datasets.edges import undirected
from graphcl.typing import Edges, Nodes

NeighbourSimilarity = Literal["heat", "dot", "ncos"]

_BLOCK_ENTRIES = 2**22


def knn_graph(
    x: Nodes, *, k: int, similarity: NeighbourSimilarity = "heat", block_size: int | None = None
) -> Edges:
    """Undirected k-nearest-neighbour graph: edges from every node to its k most similar other nodes.

    Each node has exactly k neighbours before edges are made undirected, never itself; ties are broken by the
    smaller index, so that the result is deterministic. Similarities:

    - "heat": the heat kernel exp(-|x_i - x_j|^2 / 2). Neighbours are ranked by distance, because the
      exponential underflows to 0 for distant points.
    - "dot": the inner product of binarised rows (1 where an entry is positive, else 0).
    - "ncos": the inner product of binarised rows that are divided by their sums.

    SDCN's script takes the k + 1 most similar nodes and then removes the node itself, which leaves k + 1 where the
    node is not among them; here it is always k.

    Args:
        x: Finite features, at least two rows.
        k: Neighbours per node, in [1, n - 1].
        similarity: "heat", "dot" or "ncos".
        block_size: Rows compared with all others at a time; None limits a block to about 4 million entries. It
            affects memory and speed only.

    Returns:
        Both directions of every edge, sorted, without self-loops and duplicates.

    Raises:
        ValueError: If x is not a finite matrix, or an argument is out of range.

    Example:
        >>> knn_graph(torch.tensor([[0.0], [1.0], [3.0]]), k=1)
        tensor([[0, 1, 1, 2],
                [1, 0, 2, 1]])

    References:
        [SDCN, WWW 2020, arXiv:2002.01633], `calcu_graph` of its published code.
    """
    _check(x, k, similarity, block_size)
    n = len(x)
    block = block_size or max(1, _BLOCK_ENTRIES // n)
    table = x.double() if similarity == "heat" else (x > 0).float()
    size = table.square().sum(1) if similarity == "heat" else table.sum(1).double().clamp(min=1)
    found = []
    for start in range(0, n, block):
        rows = torch.arange(start, min(start + block, n))
        product = table[rows] @ table.T
        if similarity == "heat":
            score = product.mul_(2).sub_(size)
        else:
            score = product.double().div_(size) if similarity == "ncos" else product.double()
        score[rows - start, rows] = -torch.inf
        slack = _rounding(size[rows], size.max(), x.shape[1]) if similarity == "heat" else None
        found.append(_best(score, slack, rows, table, k))
    return undirected(torch.cat(found, dim=1), n)


def _check(x: Tensor, k: int, similarity: str, block_size: int | None) -> None:
    """Check the arguments of `knn_graph`."""
    if x.dim() != 2 or len(x) < 2:
        raise ValueError(f"x must be a matrix with at least 2 rows; got shape {tuple(x.shape)}")
    if not x.isfinite().all():
        raise ValueError("x must be finite; got NaN or infinity: clean or impute it first")
    if not 1 <= k < len(x):
        raise ValueError(f"k must lie in [1, {len(x) - 1}] for {len(x)} rows; got {k}")
    if similarity not in ("heat", "dot", "ncos"):
        raise ValueError(f"similarity must be 'heat', 'dot' or 'ncos'; got {similarity!r}")
    if block_size is not None and block_size < 1:
        raise ValueError(f"block_size must be at least 1 or None; got {block_size}")


def _rounding(row: Tensor, largest: Tensor, width: int) -> Tensor:
    """A bound on the rounding error of 2 x_i.x_j - |x_j|^2 in double precision, one per row."""
    return 4 * (width + 4) * torch.finfo(torch.float64).eps * (row + largest)


def _best(score: Tensor, slack: Tensor | None, rows: Tensor, table: Tensor, k: int) -> Edges:
    """The k largest scores of every row as edges; ties are broken by the smaller column.

    `slack` bounds the rounding error of scores. Where it leaves more than k candidates, their distances are
    computed again from differences, without cancellation, so that equal distances are equal numbers.
    """
    worst = score.topk(k, dim=1).values[:, -1:]
    candidate = score >= (worst if slack is None else worst - 2 * slack[:, None])
    candidate &= score > -torch.inf
    row, col = candidate.nonzero(as_tuple=True)
    count = candidate.sum(1)
    if int(count.max()) > k:
        crowded = (count > k)[row]
        kept = torch.stack([row[~crowded], col[~crowded]])
        row, col = row[crowded], col[crowded]
        value = score[row, col] if slack is None else -_distances(table, rows[row], col)
        row, col = torch.cat([kept, _first(row, col, value, k)], dim=1)
    return torch.stack([rows[row], col])


def _first(row: Tensor, col: Tensor, value: Tensor, k: int) -> Edges:
    """The k pairs of every row with the largest values; the input is sorted by row and column."""
    order = value.argsort(descending=True, stable=True)
    order = order[row[order].argsort(stable=True)]
    row, col = row[order], col[order]
    rank = torch.arange(len(row)) - torch.searchsorted(row, row)
    return torch.stack([row[rank < k], col[rank < k]])


def _distances(table: Tensor, row: Tensor, col: Tensor) -> Tensor:
    """Squared distances of pairs, from differences, in chunks of a few million entries."""
    step = max(1, _BLOCK_ENTRIES // table.shape[1])
    pairs = zip(row.split(step), col.split(step), strict=True)
    return torch.cat([(table[i] - table[j]).square_().sum(1) for i, j in pairs])
