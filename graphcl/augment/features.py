"""Masking, dropping, shuffling and disturbing features; dense or CSR, and never in place."""

import torch
from jaxtyping import Bool
from torch import Tensor

from graphcl.augment.draws import Probabilities, keep
from graphcl.sparse import csr
from graphcl.typing import Nodes


def keep_columns(x: Nodes, p: Probabilities, *, generator: torch.Generator) -> Bool[Tensor, " d"]:
    """Which columns stay: independent draws, each column lost with its probability.

    Args:
        x: (n, d), dense or CSR.
        p: the probability of losing a column, in [0, 1]: a number, or one per column, (d,); see
            `feature_drop_probabilities`.
        generator: what the draws come from; one on the CPU gives the same draws for every device.

    Raises:
        ValueError: a probability outside [0, 1], or not one per column.

    Example:
        >>> keep_columns(torch.ones(2, 3), torch.tensor([0.0, 1.0, 0.0]), generator=torch.Generator())
        tensor([ True, False,  True])
    """
    return keep(x.size(1), p, generator, x.device)


def mask_columns(x: Nodes, p: Probabilities, *, generator: torch.Generator) -> Nodes:
    """Features with whole columns set to 0 for all nodes; what stays is not scaled up.

    Arguments and errors as for `keep_columns`; a CSR matrix keeps its pattern.

    Example:
        >>> mask_columns(torch.ones(2, 3), torch.tensor([0.0, 1.0, 0.0]), generator=torch.Generator())
        tensor([[1., 0., 1.],
                [1., 0., 1.]])

    Reference: feature masking of GRACE [Zhu et al., 2020, arXiv 2006.04131].
    """
    stays = keep_columns(x, p, generator=generator)
    return _masked(x, stays[x.col_indices()] if x.layout == torch.sparse_csr else stays)


def _masked(x: Nodes, stays: Tensor) -> Nodes:
    """Features with 0 where the mask is False; the mask is one for the stored entries of a CSR matrix."""
    if x.layout == torch.sparse_csr:
        values = x.values().masked_fill(~stays, 0)
        return csr(x.crow_indices(), x.col_indices(), values, (x.size(0), x.size(1)))
    return x.masked_fill(~stays, 0)
