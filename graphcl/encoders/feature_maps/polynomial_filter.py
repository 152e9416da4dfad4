"""Power series of a propagation matrix applied to features, sum_t w_t M^t X, and the weights of published ones."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.encoders.feature_maps.smoothing import COLUMN_BLOCK
from graphcl.typing import Nodes


def power_series(x: Nodes, matrix: Float[Tensor, "n n"], weights: Sequence[float]) -> Float[Tensor, "n d"]:
    """Polynomial filter: w_0 X + w_1 M X + ... + w_T M^T X.

    A few columns are propagated at a time and replaced by their sum: beside the result, dense (n, d), only
    (n, 48) numbers are in memory.

    Args:
        x: X, (n, d), dense or CSR.
        matrix: M, (n, n), CSR.
        weights: w_0, ..., w_T, at least one.

    Raises:
        ValueError: no weights.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr
        >>> flip = csr(torch.arange(3), torch.tensor([1, 0]), torch.ones(2), (2, 2))
        >>> power_series(torch.tensor([[1.0], [2.0]]), flip, [1.0, 0.0, 2.0, 10.0])
        tensor([[23.],
                [16.]])
    """
    if not weights:
        raise ValueError("weights must hold at least one number, that of X itself; got none")
    out = x.to_dense() if x.layout == torch.sparse_csr else x.clone()
    for start in range(0, out.size(1), COLUMN_BLOCK):
        columns = out[:, start : start + COLUMN_BLOCK]
        power = columns.contiguous()
        total = weights[0] * power
        for weight in weights[1:]:
            power = matrix @ power
            total.add_(power, alpha=weight)
        columns.copy_(total)
    return out


def ssgc_weights(alpha: float, hops: int) -> list[float]:
    """Alpha for X itself, and (1 - alpha) / K for each of K hops; 1 for X where there are none.

    Args:
        alpha: in [0, 1].
        hops: K, at least 0.

    Example:
        >>> ssgc_weights(0.25, 3)
        [0.25, 0.25, 0.25, 0.25]

    Reference: [Zhu, Koniusz, "Simple Spectral Graph Convolution", ICLR 2021], as PyG's `SSGConv` has it; the
    weights of `simple_spectral_convolution`, which are those of the authors' code, lack the 1 - alpha.
    """
    return [alpha, *[(1 - alpha) / hops] * hops] if hops else [1.0]


def geometric_weights(alpha: float, order: int) -> list[float]:
    """alpha^t / sum_s alpha^s for t = 0 to T: far hops count more where alpha is above 1.

    They are (1 - alpha) / (1 - alpha^(T + 1)) alpha^t, in log space and with the limit for alpha = 1.

    Args:
        alpha: above 0.
        order: T, at least 0.

    Example:
        >>> [round(weight, 3) for weight in geometric_weights(2.0, 2)]
        [0.143, 0.286, 0.571]

    Reference: [Lin et al., "Spectral Subspace Clustering for Attributed Graphs", KDD 2025, arXiv 2411.11074].
    """
    logs = [t * math.log(alpha) for t in range(order + 1)]
    largest = max(logs)
    scales = [math.exp(log - largest) for log in logs]
    total = math.fsum(scales)
    return [scale / total for scale in scales]


def released_geometric_weights(alpha: float, order: int) -> list[float]:
    """The weights that the authors' code of M-S2CAG has: alpha^(t + 1) for t < T, and alpha^T for T, scaled alike.

    Their code iterates Z <- alpha (P Z + X) from Z = X, and so gives the last two hops the same weight.

    Args:
        alpha: above 0.
        order: T, at least 0.

    Example:
        >>> [round(weight, 3) for weight in released_geometric_weights(2.0, 2)]
        [0.286, 0.571, 0.571]
    """
    weights = geometric_weights(alpha, order)
    return [*weights[1:], weights[-1]]


def pagerank_weights(restart: float, terms: int) -> list[float]:
    """Personalised PageRank, cut off: a (1 - a)^t for t below the number of terms, not rescaled.

    Args:
        restart: a, in [0, 1].
        terms: at least 1.

    Example:
        >>> pagerank_weights(0.5, 3)
        [0.5, 0.25, 0.125]
    """
    return [restart * (1 - restart) ** t for t in range(terms)]


def heat_weights(time: float, terms: int) -> list[float]:
    """Heat kernel, cut off: e^-s s^t / t! for t below the number of terms, not rescaled.

    Args:
        time: s, above 0.
        terms: at least 1.

    Example:
        >>> [round(weight, 4) for weight in heat_weights(5.0, 3)]
        [0.0067, 0.0337, 0.0842]
    """
    return [math.exp(t * math.log(time) - time - math.lgamma(t + 1)) for t in range(terms)]
