"""Dropout on features that may be sparse."""

import torch
import torch.nn.functional as F

from graphcl.ops.graph_matrices.sparse import csr
from graphcl.typing import Nodes


def entry_dropout(x: Nodes, share: float) -> Nodes:
    """Dropout on dense or CSR rows, of which the stored entries are dropped; torch's global generator.

    Args:
        x: (n, d).
        share: of the entries that are set to 0; the others are divided by 1 - share.

    Example:
        >>> entry_dropout(torch.ones(1, 2), 0.0)
        tensor([[1., 1.]])
    """
    if not share:
        return x
    if x.layout != torch.sparse_csr:
        return F.dropout(x, share)
    return csr(x.crow_indices(), x.col_indices(), F.dropout(x.values(), share), (x.size(0), x.size(1)))
