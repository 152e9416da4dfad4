"""Random neighbours of nodes, drawn in proportion to the weights of their links."""

import torch
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import csr
from graphcl.ops.random_walks.walk_ends import MatrixWalk


class LinkDraws:
    """Draws of one neighbour for each of some nodes, with the probability w_ij / sum_j w_ij, in O(log e) each.

    Args:
        matrix: W, (n, n), CSR, weights not negative; rows may be empty.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr_from_edges
        >>> links = csr_from_edges(torch.tensor([0]), torch.tensor([2]), torch.ones(1), (3, 3))
        >>> LinkDraws(links).draw(torch.tensor([0, 1]), torch.Generator().manual_seed(0))
        tensor([2, 1])
    """

    def __init__(self, matrix: Tensor) -> None:
        values, n = matrix.values().double(), matrix.size(0)
        row = torch.repeat_interleave(torch.arange(n, device=values.device), matrix.crow_indices().long().diff())
        total = values.new_zeros(n).index_add(0, row, values)
        share = values / torch.where(total > 0, total, 1)[row]  # a row adds 1, however small its weights
        self.walk = MatrixWalk(csr(matrix.crow_indices(), matrix.col_indices(), share, (n, n)))

    def draw(self, nodes: Tensor, generator: torch.Generator) -> Tensor:
        """One neighbour of each node; the node itself where it has no links.

        Args:
            nodes: (b,), node numbers.
            generator: on the device of the matrix.
        """
        share = torch.rand(nodes.shape, generator=generator, dtype=torch.float64, device=nodes.device)
        return self.walk.step(nodes, share)
