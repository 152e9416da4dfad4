"""Weighted sums over positives that are too many to store: a polynomial for exp, and sparse products.

With p close to exp(tau t), sum_j M_ij p(u_i . u_j) is a sum over monomials g of degree at most P of
coefficient_g g(u_i) (M g(u))_i, and M g(u) is a few products with the walk of one step.
"""

from typing import Any

import torch
from torch import Tensor

from graphcl.objectives.all_pairs.minimax import ExponentialPolynomial
from graphcl.objectives.all_pairs.monomials import MonomialTable, monomials
from graphcl.objectives.all_pairs.series import required_polynomial
from graphcl.ops.first_order import first_order
from graphcl.ops.random_walks.walk_operator import Walks

COLUMNS = 64
"""Monomials per sparse product."""


def product_log_positives(u: Tensor, walks: Walks, tau: float, tolerance: float = 1e-4) -> Tensor:
    """The log of each row's sum_j M_ij w_ij, w_ij = exp(tau u_i . u_j) for i != j and w_ii = 1.

    Args:
        u: rows of length at most 1, (n, d).
        walks: M.
        tau: the inverse temperature.
        tolerance: the largest error of each log.

    Raises:
        ValueError: tau and d need too many features.
    """
    p = required_polynomial(u.size(1), scale=tau, tolerance=tolerance)
    total: Tensor = _Products.apply(u, walks, p)  # type: ignore[no-untyped-call]
    square = u.square().sum(1)
    own = torch.stack([c * square**k for k, c in enumerate(p.coefficients)]).sum(0)
    result: Tensor = torch.log(total - walks.returns * (own - 1))
    return result


class _Products(torch.autograd.Function):
    """Forward saves half of the gradient, (n, d): that of the rows as queries."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, walks: Walks, p: ExponentialPolynomial) -> Tensor:
        basis, table, coefficients = _table(u, p)
        reached = coefficients * _propagate(walks.reach, table)
        total: Tensor = torch.linalg.vecdot(table, reached, dim=0)
        ctx.save_for_backward(u, basis.pull(reached))
        ctx.walks, ctx.polynomial = walks, p
        return total

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        u, as_queries = ctx.saved_tensors
        basis, table, coefficients = _table(u, ctx.polynomial)
        as_keys = basis.pull(coefficients * _propagate(ctx.walks.reach_back, grad * table))
        return grad[:, None] * as_queries + as_keys, None, None


def _table(u: Tensor, p: ExponentialPolynomial) -> tuple[MonomialTable, Tensor, Tensor]:
    """All monomials of all rows, (f, n), and their coefficients, (f, 1)."""
    basis = monomials(u.size(1), p.degree)
    values = MonomialTable(basis, len(u), u)
    coefficients = basis.multiplicities * torch.tensor(p.coefficients, dtype=torch.double)[basis.degrees.long()]
    return values, values.fill(u), coefficients.to(u)[:, None]


def _propagate(reach: Any, table: Tensor) -> Tensor:
    """M times every monomial, a few at a time."""
    return torch.cat([reach(columns.T.contiguous()).T for columns in table.split(COLUMNS)])
