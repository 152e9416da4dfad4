"""All-pairs log-sum-exp: the denominator of every contrastive loss."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.blocks import blocked_logsumexp
from graphcl.objectives.all_pairs.choice import Chosen, choose_summation
from graphcl.objectives.all_pairs.samples import sampled_logsumexp
from graphcl.objectives.all_pairs.series import LONGEST, longest_row, series_logsumexp
from graphcl.ops.machine.distributed import gather_rows, max_over_ranks, rows_of_ranks, world
from graphcl.ops.machine.precision import at_least_float32, full_precision

Summation = Literal["auto", "dense", "blocked", "series", "sampled"]
"""How an all-pairs sum is computed; "sampled" is an estimate, the rest agree within a tolerance."""


def all_pairs_logsumexp(
    u: Float[Tensor, "n d"],
    v: Float[Tensor, "m d"] | None = None,
    *,
    scale: float,
    method: Summation = "auto",
    tolerance: float = 1e-4,
    samples: int = 1024,
    generator: torch.Generator | None = None,
    across_ranks: bool = False,
) -> Float[Tensor, " n"]:
    """Row-wise log-sum-exp over all pairs: log sum_j exp(scale * u_i . v_j).

    SCGC's denominator is this with scale = tau (which multiplies); InfoNCE's with scale = 1 / temperature.
    Inputs in half precision are summed in float32, also under autocast.

    Args:
        u: queries, (n, d).
        v: keys, (m, d), m >= 1; None means `u` itself, each row paired with itself as well.
        scale: the inverse temperature, any finite number.
        method: "dense" holds the n x m matrix of pairs; "blocked" holds one block of it at a time and computes
            it a second time for the gradient, so that memory is linear in n + m; "series" takes time and memory
            linear in n + m, for rows of length at most 1 and a small scale and width, see
            docs/linear-time-contrast.md; "sampled" estimates each sum without bias from `samples` rows of v;
            "auto" is the fastest of the first three within the tolerance, see `choose_summation`.
        tolerance: of "series" and "auto": the largest error of each log, whatever the rows, above rounding.
        samples: of "sampled", at least 2.
        generator: of "sampled", which needs one.
        across_ranks: whether the keys of all ranks of torch.distributed are summed, instead of this rank's alone:
            "series" sums their moments over ranks, "dense" and "blocked" gather their rows. All ranks take the
            same method, and the gradients of keys are summed over ranks, see `graphcl.ops.machine.distributed`.

    Returns:
        (n,), in float32 at least; gradients reach both u and v.

    Raises:
        ValueError: an unknown method, no rows in v, or widths that differ; a series of rows longer than 1 (on a
            GPU, where the check would synchronise, they give NaN) or that needs too many features; sampling
            without a generator or across ranks.

    Example:
        >>> u = torch.eye(3)
        >>> all_pairs_logsumexp(u, scale=0.0)  # log 3
        tensor([1.0986, 1.0986, 1.0986])
        >>> series, dense = (all_pairs_logsumexp(u, scale=1.0, method=name) for name in ("series", "dense"))
        >>> (series - dense).abs().max() < 1e-4
        tensor(True)
    """
    other = u if v is None else v
    if u.size(1) != other.size(1) or len(other) == 0:
        got = f"{tuple(u.shape)} and {tuple(other.shape)}"
        raise ValueError(f"u and v must have equal width and v a row; got {got}")
    across_ranks = across_ranks and world() > 1
    with full_precision(u):
        u, other = at_least_float32(u), at_least_float32(other)
        if method == "auto":
            method = _choose(u, other, scale, tolerance, across_ranks)
        if method == "dense":
            return torch.logsumexp(scale * (u @ (gather_rows(other) if across_ranks else other).T), dim=1)
        if method == "blocked":
            return blocked_logsumexp(u, gather_rows(other) if across_ranks else other, scale)
        if method == "series":
            return series_logsumexp(u, other, scale, tolerance, across_ranks=across_ranks)
        if method == "sampled":
            if across_ranks:
                raise ValueError("method must not be sampled across ranks; got method='sampled'; use 'auto'")
            if generator is None:
                raise ValueError("method='sampled' needs a generator; give torch.Generator().manual_seed(0)")
            return sampled_logsumexp(u, None if v is None else other, scale, samples, generator)
    raise ValueError(f"method must be one of auto, dense, blocked, series, sampled; got {method!r}")


def _choose(u: Tensor, v: Tensor, scale: float, tolerance: float, across_ranks: bool) -> Chosen:
    """The fastest method for these rows, the same on all ranks; rows longer than 1 exclude the series."""
    n, m, d = len(u), len(v), u.size(1)
    if across_ranks:
        n, m = max(rows_of_ranks(u).counts), rows_of_ranks(v).total
    chosen = choose_summation(n, m, d, scale=scale, device=u.device, tolerance=tolerance)
    if chosen == "series":
        longest = longest_row(u, v)
        if (max_over_ranks(longest) if across_ranks else longest) > LONGEST:
            return choose_summation(n, m, d, scale=scale, device=u.device, tolerance=0.0)
    return chosen
