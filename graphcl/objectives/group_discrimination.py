"""Group discrimination: binary cross-entropy between the scores of real nodes and of corrupted ones."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32


def group_discrimination(real: Float[Tensor, " n"], corrupted: Float[Tensor, " m"]) -> Float[Tensor, ""]:
    """Group discrimination loss of GGD: real nodes are told from corrupted ones by one logit a node.

    With s_i the logits of real nodes and t_j those of corrupted ones, the binary cross-entropy with the targets 1
    and 0, a mean over all of them:

        L = ( sum_i log(1 + exp(-s_i)) + sum_j log(1 + exp(t_j)) ) / (n + m)

    DGI's loss is the same with logits that depend on a summary of the graph. Scores of 0 give log 2.

    Args:
        real: logits of nodes with their own features, (n,), of any size.
        corrupted: logits of nodes with the features of others, (m,).

    Returns:
        A scalar of at least 0, in float32 at least; gradients reach both.

    Raises:
        ValueError: no logit at all.

    Example:
        >>> import torch
        >>> group_discrimination(torch.zeros(3), torch.zeros(3))
        tensor(0.6931)

    Reference:
        [Zheng, Pan, Lee, Zheng, Yu, "Rethinking and Scaling Up Graph Contrastive Learning: An Extremely Efficient
        Approach with Group Discrimination", NeurIPS 2022, arXiv 2206.01535]; the authors' execute.py,
        github.com/zyzisastudyreallyhardguy/Graph-Group-Discrimination at 7cf72db.
    """
    if not len(real) + len(corrupted):
        raise ValueError("there must be a logit; got none; leave empty batches out")
    real, corrupted = at_least_float32(real), at_least_float32(corrupted)
    total = F.softplus(-real).sum() + F.softplus(corrupted).sum()
    return total / (len(real) + len(corrupted))
