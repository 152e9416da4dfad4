"""Attention of every row to all rows, with the rows themselves as queries, keys and values."""

import torch.nn.functional as F

from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes


def self_correlation(z: Nodes) -> Nodes:
    """Softmax-weighted mean of all rows by their similarity: softmax(Z Z^T) Z, row-wise, without scaling.

    The n x n matrix is never formed: blocks of it are summed in log space, forward and backward, in O(n) memory
    and O(n^2 d) time (`torch.nn.functional.scaled_dot_product_attention`).

    Args:
        z: Z, (n, d).

    Returns:
        (n, d), in float32 at least.

    Example:
        >>> import torch
        >>> self_correlation(torch.tensor([[0.0], [2.0]]))  # the means with weights (1/2, 1/2) and (e^0, e^4)
        tensor([[1.0000],
                [1.9640]])

    Reference:
        [Tu, Zhou, Liu, Guo, Cai, Zhu, Cheng, "Deep Fusion Clustering Network", AAAI 2021, arXiv 2012.09600].
    """
    with full_precision(z):
        rows = at_least_float32(z)[None, None]
        return F.scaled_dot_product_attention(rows, rows, rows, scale=1.0)[0, 0]
