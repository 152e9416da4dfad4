"""InfoNCE between two views of the same nodes: exact over all pairs, in memory linear in the nodes."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.partition import log_partition
from graphcl.objectives.partition_choice import choose_partition
from graphcl.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

Pairs = Literal["auto", "dense", "blocked", "series"]
"""How the sums over all pairs are computed: exactly, by size; or one of the ways of `log_partition`."""

BLOCK = 512
"""Rows whose pairs within one view are formed at once, so that each node can be left out of its own sum."""


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
            are exact, by size.

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
    if temperature <= 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    u, v = at_least_float32(u), at_least_float32(v)
    scale = 1 / temperature
    if partition == "auto":
        n, d = u.shape
        partition = choose_partition(n, n, d, scale=scale, device=u.device, tolerance=0.0)
    own = scale * (u * v).sum(1)
    losses = []
    with full_precision(u):
        for here, there in [(u, v), (v, u)] if symmetric else [(u, v)]:
            log_all = log_partition(here, there, scale=scale, method=partition)
            if same_view:
                log_all = torch.logaddexp(log_all, log_others(here, scale=scale, partition=partition))
            losses.append((log_all - own).mean())
    return torch.stack(losses).mean()


def log_others(u: Nodes, *, scale: float, partition: Pairs = "blocked") -> Float[Tensor, " n"]:
    """The log of each row's sum over all others: log sum_{j != i} exp(scale * u_i . u_j).

    A node is left out of its own sum, not subtracted from it: at a low temperature its term can be larger than
    all others by more than float32 can tell.

    Args:
        u: (n, d), in float32 at least.
        scale: the inverse temperature.
        partition: as for `info_nce`.

    Returns:
        (n,); the most negative finite number for a row without others.

    Example:
        >>> log_others(torch.eye(3), scale=1.0)  # log 2
        tensor([0.6931, 0.6931, 0.6931])
    """
    block = len(u) if partition == "dense" else BLOCK
    sums = []
    for start in range(0, len(u), block):
        rows = u[start : start + block]
        pairs = scale * (rows @ rows.T)
        itself = torch.eye(len(rows), dtype=torch.bool, device=u.device)
        parts = [torch.logsumexp(pairs.masked_fill(itself, torch.finfo(u.dtype).min), dim=1)]
        others = [part for part in (u[:start], u[start + block :]) if len(part)]
        parts += [log_partition(rows, part, scale=scale, method=partition) for part in others]
        sums.append(torch.logsumexp(torch.stack(parts), dim=0))
    return torch.cat(sums)
