"""All-pairs sums in linear time: a polynomial for the exponential, and moments for the sum over rows.

With a polynomial p of degree P close to exp(scale t), and for rows of length at most 1,

    sum_j exp(scale u_i . v_j) ~ sum_j p(u_i . v_j),

which depends on v through its moments alone: sums over j of monomials of degree at most P. They are kept as a
table of monomials of degree at most P - 1 times (1, v), which is what the gradient needs as well:
sum_j p'(u_i . v_j) v_j has degree P - 1. docs/linear-time-contrast.md derives this and proves the errors.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from graphcl.objectives.all_pairs.minimax import ExponentialPolynomial, polynomial_within
from graphcl.objectives.all_pairs.monomials import Monomials, MonomialTable, monomials
from graphcl.ops.first_order import first_order
from graphcl.ops.machine.distributed import max_over_ranks, sum_over_ranks

LONGEST = 1.005
"""The largest row norm accepted: 1, and the rounding of bfloat16."""

MOST_FEATURES = 50_000
"""In 10 dimensions the monomials of degree 8."""

CHUNK = {"cpu": 2**18, "cuda": 2**25}
"""Entries of a table of monomials: 1 MB in float32, which fits the L2 cache of a core; 128 MB on a GPU."""

ROUNDING = 0.1
"""The share of the tolerance reserved for rounding in float32."""


def series_polynomial(width: int, *, scale: float, tolerance: float) -> ExponentialPolynomial | None:
    """The polynomial for exp with which "series" stays within the tolerance; None if it has too many features.

    Args:
        width: of the rows.
        scale: the inverse temperature.
        tolerance: the largest error of the log of a sum, for any rows.

    Example:
        >>> series_polynomial(10, scale=0.25, tolerance=1e-4).degree
        3
    """
    p = polynomial_within(scale, -math.expm1(-(1 - ROUNDING) * tolerance))
    return p if p and count_features(width, p) <= MOST_FEATURES else None


def count_features(width: int, p: ExponentialPolynomial) -> int:
    """Number of monomials per row of degree below the polynomial's; each is multiplied by the row and by 1."""
    return math.comb(width + p.degree - 1, width)


def required_polynomial(width: int, *, scale: float, tolerance: float) -> ExponentialPolynomial:
    """`series_polynomial`, or an error if there is none."""
    p = series_polynomial(width, scale=scale, tolerance=tolerance)
    if p is None:
        raise ValueError(
            f"the series needs more than {MOST_FEATURES} features for scale {scale}, width {width} and "
            f"tolerance {tolerance}; use method='blocked'"
        )
    return p


def series_logsumexp(
    u: Tensor, v: Tensor, scale: float, tolerance: float, *, across_ranks: bool = False
) -> Tensor:
    """Row-wise log-sum-exp over all pairs within the tolerance, in time and memory linear in the number of rows.

    Args:
        u: queries, (n, d).
        v: keys, (m, d).
        scale: the inverse temperature.
        tolerance: the largest error of each log.
        across_ranks: whether the keys of all ranks are summed: their moments are, forward and backward.

    Raises:
        ValueError: rows longer than 1 (on a GPU they give NaN instead), or a scale and width that need too many
            features.
    """
    p = required_polynomial(u.size(1), scale=scale, tolerance=tolerance)
    longest = longest_row(u, v)
    if across_ranks:
        longest = max_over_ranks(longest)  # so that all ranks raise
    if u.device.type == "cpu" and longest > LONGEST:
        raise ValueError(
            f"the series needs rows of length at most 1; the longest has {longest:.4g}; "
            "scale them with graphcl.ops.graph_matrices.sparse.unit_rows or use method='blocked'"
        )
    total: Tensor = _Series.apply(u, v, p, across_ranks)  # type: ignore[no-untyped-call]
    return torch.where(longest > LONGEST, torch.nan, total)


@torch.no_grad()
def longest_row(u: Tensor, v: Tensor) -> Tensor:
    """The largest row norm of both, a scalar."""
    sides = [u] if v is u else [u, v]
    return torch.stack([torch.linalg.vector_norm(side, dim=1).max() for side in sides]).max()


class _Series(torch.autograd.Function):
    """Forward saves the gradient of each sum by its query, (n, d); backward passes over both sides once more."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, v: Tensor, p: ExponentialPolynomial, across_ranks: bool) -> Tensor:
        moments = _moments(v, torch.ones_like(v[:, 0]), p)
        sums = _sums(u, sum_over_ranks(moments) if across_ranks else moments, p)
        ctx.save_for_backward(u, v, *sums)
        ctx.polynomial, ctx.across_ranks = p, across_ranks
        return sums.value.log()

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor | None, None, None]:
        u, v, value, slope = ctx.saved_tensors
        weight = grad / value
        grad_v = None
        if ctx.needs_input_grad[1]:
            moments = _moments(u, weight, ctx.polynomial)
            grad_v = _sums(v, sum_over_ranks(moments) if ctx.across_ranks else moments, ctx.polynomial).slope
        return weight[:, None] * slope, grad_v, None, None


class _Sums(NamedTuple):
    value: Tensor
    """(n,): sum_j w_j p(u_i . v_j)."""
    slope: Tensor
    """(n, d), its gradient by u_i: sum_j w_j p'(u_i . v_j) v_j."""


def _moments(v: Tensor, weight: Tensor, p: ExponentialPolynomial) -> Tensor:
    """Sums over rows of their weight times monomials times (1, v): (f, d + 1), added up in float64."""
    basis = monomials(v.size(1), p.degree - 1)
    moments = torch.zeros(basis.count, v.size(1) + 1, dtype=torch.float64, device=v.device)
    right = torch.cat([weight[:, None], weight[:, None] * v], dim=1)
    for rows, table in _chunks(v, basis):
        moments += table @ right[rows]
    return moments


def _sums(u: Tensor, moments: Tensor, p: ExponentialPolynomial) -> _Sums:
    """The polynomial's sum and its gradient for each row of u, from the moments of v."""
    basis = monomials(u.size(1), p.degree - 1)
    below, top = (
        _weighted(moments, basis, p).to(u.dtype).T.split([basis.first[-2], basis.count - basis.first[-2]], 1)
    )
    value, slope = torch.empty_like(u[:, 0]), torch.empty_like(u)
    for rows, table in _chunks(u, basis):
        lower, highest = below @ table[: below.size(1)], top @ table[below.size(1) :]
        along = torch.linalg.vecdot(u[rows], highest[1:].T)  # by Euler, P times the terms of degree P
        value[rows] = lower[0] + highest[0] + along / p.degree
        slope[rows] = (lower[1:] + highest[1:]).T
    return _Sums(value, slope)


def _weighted(moments: Tensor, basis: Monomials, p: ExponentialPolynomial) -> Tensor:
    """The moments times the coefficients: of p in the first column, of p' in the others."""
    coefficients = moments.new_tensor(p.coefficients)
    degree = basis.degrees.long().to(moments.device)
    weight = basis.multiplicities.to(moments.device)[:, None] * moments
    slopes = (coefficients[1:] * torch.arange(1, p.degree + 1, device=moments.device))[degree]
    return torch.cat([coefficients[degree, None], slopes[:, None].expand(-1, basis.width)], dim=1) * weight


def _chunks(x: Tensor, basis: Monomials) -> Iterator[tuple[slice, Tensor]]:
    """Nearly equal ranges of rows, each with its table of monomials."""
    most = max(CHUNK.get(x.device.type, CHUNK["cuda"]) // basis.count, 128)
    size = math.ceil(len(x) / math.ceil(len(x) / most))
    table = MonomialTable(basis, size, x)
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        yield rows, table.fill(x[rows])
