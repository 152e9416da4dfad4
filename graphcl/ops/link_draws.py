"""Random neighbours of nodes, drawn in proportion to the weights of their links."""

import torch
from torch import Tensor


class LinkDraws:
    """Draws of one neighbour for each of some nodes, with the probability w_ij / sum_j w_ij, in O(log e) each.

    Args:
        matrix: W, (n, n), CSR, weights not negative; rows may be empty.

    Example:
        >>> from graphcl.ops.sparse import csr_from_edges
        >>> links = csr_from_edges(torch.tensor([0]), torch.tensor([2]), torch.ones(1), (3, 3))
        >>> LinkDraws(links).draw(torch.tensor([0, 1]), torch.Generator().manual_seed(0))
        tensor([2, 1])
    """

    def __init__(self, matrix: Tensor) -> None:
        self.indptr, self.columns = matrix.crow_indices().long(), matrix.col_indices().long()
        values, n = matrix.values().double(), matrix.size(0)
        row = torch.repeat_interleave(torch.arange(n, device=values.device), self.indptr.diff())
        total = values.new_zeros(n).index_add(0, row, values)
        share = values / torch.where(total > 0, total, 1)[row]  # a row adds 1, however small its weights
        self.until = torch.cat([share.new_zeros(1), share.cumsum(0)])

    def draw(self, nodes: Tensor, generator: torch.Generator) -> Tensor:
        """One neighbour of each node; the node itself where it has no links.

        Args:
            nodes: (b,), node numbers.
            generator: on the device of the matrix.
        """
        if not len(self.columns):
            return nodes
        first, end = self.indptr[nodes], self.indptr[nodes + 1]
        low, high = self.until[first], self.until[end]
        share = torch.rand(nodes.shape, generator=generator, dtype=torch.float64, device=nodes.device)
        place = torch.searchsorted(self.until[1:], low + share * (high - low), right=True)
        place = torch.minimum(torch.maximum(place, first), end - 1)
        return torch.where(high > low, self.columns[place.clamp(min=0)], nodes)
