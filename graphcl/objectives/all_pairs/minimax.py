"""Minimax polynomial approximations of the exponential, with their errors.

The error is relative, so that a sum of exponentials has the relative error of its terms. Remez's exchange
algorithm finds the best polynomial of a degree; its errors are measured on a fine grid
(docs/linear-time-contrast.md).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial, chebyshev
from numpy.typing import NDArray

REACH = 1.01
"""Half the width of the interval; it contains the cosines, also after rounding to bfloat16."""

POINTS = 4001
BETWEEN = 1.001
"""Bound on the largest error over its largest value on the grid; derived in docs/linear-time-contrast.md."""

HIGHEST_DEGREE = 12


@dataclass(frozen=True)
class ExponentialPolynomial:
    """p(t), close to exp(scale t) for |t| <= 1.01.

    Args:
        coefficients: of 1, t, t^2, ...
        error: the largest |p(t) / exp(scale t) - 1|; below 1, so that p is positive.
        slope_error: the largest |p'(t) / exp(scale t) - scale|.
    """

    coefficients: tuple[float, ...]
    error: float
    slope_error: float

    @property
    def degree(self) -> int:
        """The highest power of t."""
        return len(self.coefficients) - 1


@lru_cache(maxsize=256)
def exponential_polynomial(scale: float, degree: int) -> ExponentialPolynomial:
    """The polynomial of a given degree with the smallest relative error.

    Args:
        scale: finite; |scale| <= 100.
        degree: at least 1.

    Example:
        >>> p = exponential_polynomial(0.25, 3)
        >>> p.degree, f"{p.error:.0e}"
        (3, '2e-05')
    """
    x = np.cos(np.linspace(np.pi, 0, POINTS))
    weight = np.exp(-scale * REACH * x)
    basis = chebyshev.chebvander(x, degree) * weight[:, None]
    best = _exchange(basis)
    coefficients = np.zeros(degree + 1)
    found = chebyshev.cheb2poly(best)
    coefficients[: len(found)] = found / REACH ** np.arange(len(found))
    p = Polynomial(coefficients)
    error = np.abs(p(REACH * x) * weight - 1).max()
    slope_error = np.abs(p.deriv()(REACH * x) * weight - scale).max()
    return ExponentialPolynomial(
        tuple(coefficients.tolist()), BETWEEN * float(error), BETWEEN * float(slope_error)
    )


@lru_cache(maxsize=256)
def polynomial_within(scale: float, error: float) -> ExponentialPolynomial | None:
    """The polynomial of lowest degree, at most 12, with at most this relative error; None if there is none.

    Example:
        >>> polynomial_within(1.0, 1e-4).degree, polynomial_within(10.0, 1e-4)
        (5, None)
    """
    if abs(scale) > HIGHEST_DEGREE:
        return None
    candidates = (exponential_polynomial(scale, degree) for degree in range(1, HIGHEST_DEGREE + 1))
    return next((p for p in candidates if p.error <= error), None)


def _exchange(basis: NDArray[Any]) -> NDArray[Any]:
    """Coefficients c that minimise the largest |1 - basis @ c| (Remez): errors alternate in sign at the peaks."""
    points, size = basis.shape
    peaks = np.linspace(0, points - 1, size + 1).round().astype(int)
    sign = (-1.0) ** np.arange(size + 1)
    for _ in range(20):
        solution = np.linalg.solve(np.column_stack([basis[peaks], sign]), np.ones(size + 1))
        best, level = solution[:-1], abs(solution[-1])
        error = 1 - basis @ best
        changes = np.flatnonzero(np.diff(np.signbit(error))) + 1
        runs = np.split(np.arange(points), changes)
        if len(runs) != size + 1 or np.abs(error).max() <= 1.0001 * level:
            break  # converged, or limited by rounding
        peaks = np.array([run[np.abs(error[run]).argmax()] for run in runs])
    return best
