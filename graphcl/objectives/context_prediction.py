"""Context prediction: which context belongs to a substructure, by negative sampling within the batch."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32


class ContextTerms(NamedTuple):
    """The terms of the loss, scalars, which are added, and the classification accuracy over all pairs."""

    own: Float[Tensor, ""]
    other: Float[Tensor, ""]
    accuracy: Float[Tensor, ""]


def context_prediction(
    u: Float[Tensor, "graphs d"], c: Float[Tensor, "graphs d"], *, negatives: int = 1
) -> ContextTerms:
    """Binary cross-entropies of a substructure's own context, and of those of the next graphs of the batch.

    With the scores u_i . c_j, sp(s) = log(1 + e^s), B graphs and k negatives:

        L = 1/B sum_i sp(-u_i . c_i) + sum_{s=1..k} 1/B sum_i sp(u_i . c_{(i + s) mod B})

    Where there are no k others, all of the B - 1 that there are; of one graph the second term is 0, of none both.

    Args:
        u: a row of each substructure, (B, d).
        c: a row of each context, (B, d).
        negatives: k, at least 1.

    Returns:
        Both terms in float32 at least, with gradients to u and c; an accuracy without.

    Raises:
        ValueError: less than one negative, or different shapes.

    Example:
        >>> terms = context_prediction(torch.eye(2), torch.eye(2))  # log(1 + 1/e) and log 2
        >>> terms.own, terms.other, terms.accuracy
        (tensor(0.3133), tensor(0.6931), tensor(1.))

    Reference:
        [Hu et al., "Strategies for Pre-training Graph Neural Networks", ICLR 2020, arXiv 1905.12265]; mode "cbow"
        of chem/pretrain_contextpred.py, github.com/snap-stanford/pretrain-gnns at 8b20528.
    """
    if negatives < 1:
        raise ValueError(f"negatives must be at least 1; got {negatives}")
    if u.shape != c.shape:
        raise ValueError(f"u and c must be rows of the same graphs; got {tuple(u.shape)} and {tuple(c.shape)}")
    u, c = at_least_float32(u), at_least_float32(c)
    count = max(len(u), 1)
    own = (u * c).sum(1)
    others = [(u * c.roll(-shift, 0)).sum(1) for shift in range(1, min(negatives, len(u) - 1) + 1)]
    other = torch.cat(others) if others else own[:0]
    right = (own > 0).sum() + (other <= 0).sum()
    return ContextTerms(
        F.softplus(-own).sum() / count,
        F.softplus(other).sum() / count,
        right.to(u.dtype) / max(len(own) + len(other), 1),
    )
