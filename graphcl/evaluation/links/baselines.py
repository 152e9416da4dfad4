"""Baselines of link prediction that train nothing: common neighbours, Adamic-Adar, random projections."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import csr_array
from torch import Tensor

from graphcl.evaluation.links.adjacency import simple_adjacency
from graphcl.evaluation.links.decoders import PairScorer
from graphcl.typing import Edges

PAIRS_PER_BLOCK = 2**16


def common_neighbours(edge_index: Edges, num_nodes: int) -> PairScorer:
    """Score a pair by its number of common neighbours, |N(u) & N(v)|.

    Args:
        edge_index: (2, e), without held-out edges.
        num_nodes: n.

    Example:
        >>> square = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
        >>> common_neighbours(square, 4)(torch.tensor([[0, 0], [2, 1]])).tolist()
        [2.0, 0.0]
    """
    return _shared(simple_adjacency(edge_index, num_nodes), np.ones(num_nodes))


def adamic_adar(edge_index: Edges, num_nodes: int) -> PairScorer:
    """Score a pair by the Adamic-Adar index: sum over common neighbours w of 1 / log d_w.

    Args:
        edge_index: (2, e), without held-out edges; degrees are taken from it.
        num_nodes: n.

    Example:
        >>> square = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
        >>> round(float(adamic_adar(square, 4)(torch.tensor([[0], [2]]))), 4)  # 2 / log 2
        2.8854

    Reference: [Adamic, Adar, "Friends and neighbors on the Web", Social Networks 2003].
    """
    adjacency = simple_adjacency(edge_index, num_nodes)
    degree = np.asarray(adjacency.sum(axis=1))
    return _shared(adjacency, 1 / np.log(np.maximum(degree, 2)))  # a common neighbour has degree 2 at least


def random_projection_rows(
    edge_index: Edges, num_nodes: int, *, channels: int = 256, seed: int = 0
) -> Float[Tensor, "n channels"]:
    """Rows S R, S = D^-1/2 (A + I) D^-1/2 and R Gaussian of variance 1 / channels: no features, no training.

    The expected dot product of two rows is (S S)_uv, a count of common neighbours weighted by degrees.

    Args:
        edge_index: (2, e), without held-out edges.
        num_nodes: n.
        channels: width.
        seed: of R.

    Example:
        >>> random_projection_rows(torch.tensor([[0], [1]]), 3, channels=8).shape
        torch.Size([3, 8])
    """
    adjacency = simple_adjacency(edge_index, num_nodes)
    scale = (np.asarray(adjacency.sum(axis=1)) + 1) ** -0.5
    draw = torch.randn(num_nodes, channels, generator=torch.Generator().manual_seed(seed)) / channels**0.5
    scaled = draw.numpy() * scale[:, None]
    return torch.from_numpy(((adjacency @ scaled + scaled) * scale[:, None]).astype(np.float32))


def _shared(adjacency: csr_array, weight: np.ndarray) -> PairScorer:
    """Weighted common neighbours, by products of sparse rows."""

    def score(pairs: Tensor) -> Tensor:
        blocks = [block.cpu().numpy() for block in pairs.split(PAIRS_PER_BLOCK, dim=1)]
        sums = [adjacency[u].multiply(adjacency[v]) @ weight for u, v in blocks]
        return torch.from_numpy(np.concatenate(sums))

    return score
