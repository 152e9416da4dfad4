"""InfoNCE between two views of the same nodes: exact over all pairs, in memory linear in the nodes."""

from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.mean_partition import mean_log_partition
from graphcl.objectives.others import dense_log_others, log_others
from graphcl.objectives.partition import log_partition
from graphcl.objectives.partition_choice import choose_partition
from graphcl.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

Pairs = Literal["auto", "dense", "blocked", "series"]
"""How the sums over all pairs are computed: exactly, by size; or one of the ways of `log_partition`."""


def info_nce(
    u: Nodes,
    v: Nodes,
    *,
    temperature: float,
    symmetric: bool = False,
    same_view: bool = False,
    partition: Pairs = "auto",
) -> Float[Tensor, ""]:
    """Find each node's other view among all nodes, by cross-entropy.

    With s_ij = u_i . v_j / t:

        L(u, v) = 1/n sum_i ( log sum_j exp s_ij - s_ii )

    With `same_view` the sum under the log also runs over the other nodes of the own view, exp(u_i . u_j / t) for
    j != i, as in GRACE. With `symmetric` the value is (L(u, v) + L(v, u)) / 2. gCooL's published code has neither.

    Args:
        u: the first view, (n, d), taken as it is: give unit rows for cosines.
        v: the second view of the same nodes, (n, d).
        temperature: t, positive; it divides. The published settings lie in [0.2, 0.9].
        symmetric: whether each view searches the other, or the first the second only.
        same_view: whether the other nodes of the own view are negatives too.
        partition: "dense", "blocked" or "series", see `log_partition`; "auto" takes one of the first two, which
            are exact, by size. Sums over the own view have no series and are blocked there.

    Returns:
        The mean over nodes, a scalar in float32 at least; gradients reach both views.

    Raises:
        ValueError: views of different shapes, or a temperature that is not positive.

    Example:
        >>> info_nce(torch.zeros(4, 2), torch.zeros(4, 2), temperature=0.5)  # log 4
        tensor(1.3863)

    Reference:
        [van den Oord, Li, Vinyals, 2018, arXiv 1807.03748]; [Zhu et al., "Deep Graph Contrastive Representation
        Learning" (GRACE), 2020, arXiv 2006.04131], equation 1; the gCooL sheet's sections 5.1 and 11.1.
    """
    if u.shape != v.shape:
        raise ValueError(f"u and v must be views of the same nodes; got {tuple(u.shape)} and {tuple(v.shape)}")
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    if partition not in get_args(Pairs):
        raise ValueError(f"partition must be one of {', '.join(get_args(Pairs))}; got {partition!r}")
    u, v = at_least_float32(u), at_least_float32(v)
    scale = 1 / temperature
    if partition == "auto":
        n, d = u.shape
        n *= 2 if same_view and symmetric else 1  # both views are in one pool then
        partition = choose_partition(n, n, d, scale=scale, device=u.device, tolerance=0.0)
    with full_precision(u):
        own = scale * (u * v).sum(1).mean()
        if not symmetric:
            return _search(u, v, scale, partition, same_view=same_view) - own
        if same_view:  # both views in one pool, in which each node searches its other view
            return _others(torch.cat([u, v]), scale, partition).mean() - own
        there, back = (_search(*pair, scale, partition, same_view=False) for pair in ((u, v), (v, u)))
        return (there + back) / 2 - own


def _search(u: Tensor, v: Tensor, scale: float, partition: Pairs, *, same_view: bool) -> Tensor:
    """The mean log-sum of each row of u over all rows of v, and with `same_view` over the other rows of u."""
    if same_view:
        across = log_partition(u, v, scale=scale, method=partition)
        return torch.logaddexp(across, _others(u, scale, partition)).mean()
    if partition == "blocked":
        return mean_log_partition(u, v, scale=scale)
    return log_partition(u, v, scale=scale, method=partition).mean()


def _others(u: Tensor, scale: float, partition: Pairs) -> Tensor:
    """Each row's log-sum over all others; there is no series for it."""
    return dense_log_others(u, scale=scale) if partition == "dense" else log_others(u, scale=scale)
