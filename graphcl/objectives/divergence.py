"""Self-training of a soft clustering (DEC): KL divergence from a sharpened target distribution.

[Xie, Girshick, Farhadi, "Unsupervised Deep Embedding for Clustering Analysis", ICML 2016, arXiv 1511.06335],
equations 2 and 3, here in log space.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def target_distribution(
    log_q: Float[Tensor, "n k"], log_frequency: Float[Tensor, " k"] | None = None
) -> Float[Tensor, "n k"]:
    """DEC's target distribution, in logs: p_ik = (q_ik^2 / f_k) / sum_l (q_il^2 / f_l), f_k = sum_i q_ik.

    Args:
        log_q: log soft assignment, (n, k); the exponentials of a row sum to 1.
        log_frequency: log f over the whole data set; None sums the given rows, right for a full batch.

    Example:
        >>> target_distribution(torch.tensor([[0.8, 0.2], [0.8, 0.2]]).log()).exp()
        tensor([[0.8000, 0.2000],
                [0.8000, 0.2000]])
    """
    if log_frequency is None:
        log_frequency = torch.logsumexp(log_q, dim=0)
    return torch.log_softmax(2 * log_q - log_frequency, dim=1)


def clustering_divergence(log_q: Float[Tensor, "n k"], log_p: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """DEC's clustering loss: mean over nodes of KL(p_i || q_i), without gradient through the target p.

    Args:
        log_q: log soft assignment, (n, k).
        log_p: log target, (n, k), as from `target_distribution`.

    Example:
        >>> clustering_divergence(torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.5, 0.5]]).log())
        tensor(0.)
    """
    log_p = log_p.detach()
    return (log_p.exp() * (log_p - log_q)).sum() / len(log_q)
