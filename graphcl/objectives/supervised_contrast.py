"""Focal supervised contrast with soft labels: the loss of Core-tuning."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import full_precision

SAME = 1e-6
"""Labels that differ by no more are equal: a mixture of two equal labels may be off by rounding."""


def supervised_contrast(
    u: Float[Tensor, "n d"], y: Float[Tensor, "rows classes"], *, temperature: float = 0.07
) -> Float[Tensor, ""]:
    """Focal supervised contrast: rows of one label attract, all others repel.

    With c_ij the cosine of u_i and u_j, t the temperature, P_i the other rows with the label of row i, and

        p_ij = exp(c_ij / t) / sum_{k != i} exp(c_ik / t)

        L = -1/m sum_i 1/n sum_{j in P_i} (1 - p_ij) log p_ij

    m counts the rows with a positive; where there is none the loss is 0. The sum over positives is divided by all
    n rows, as in the authors' code, not by the positives, as in SupCon.

    Args:
        u: projected rows of a batch, (n, d), of any length; a row of zeros has cosine 0 with all.
        y: their labels, (n, classes), which may be soft; equal to 1e-6 counts as equal.
        temperature: t, positive; it divides.

    Returns:
        A scalar in float32 at least; memory is n^2.

    Raises:
        ValueError: another number of labels than rows, or a temperature that is not positive.

    Example:
        >>> y = torch.tensor([[0.0], [0.0], [1.0]])
        >>> supervised_contrast(torch.zeros(3, 2), y, temperature=1.0)  # log 2 / 2 / 3
        tensor(0.1155)

    Reference: [Zhang et al., "Unleashing the Power of Contrastive Self-Supervised Visual Models via Contrast-
    Regularized Fine-Tuning" (Core-tuning), NeurIPS 2021, arXiv 2102.06605], as in its code.
    """
    if len(u) != len(y):
        raise ValueError(f"y must have a row for each of u's {len(u)}; got {len(y)}")
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    with full_precision(u):
        rows = unit_rows(u)
        own = torch.eye(len(rows), dtype=torch.bool, device=rows.device)
        scores = (rows @ rows.T / temperature).masked_fill(own, -torch.inf)
    if len(rows) < 2:
        return 0 * rows.sum()
    log_p = (scores - scores.logsumexp(1, keepdim=True)).masked_fill(own, 0.0)
    positive = (torch.cdist(y.to(rows.dtype), y.to(rows.dtype), p=torch.inf) <= SAME) & ~own
    each = -(torch.expm1(log_p).neg() * log_p * positive).sum(1) / len(rows)
    return each.sum() / positive.any(1).sum().clamp(min=1)
