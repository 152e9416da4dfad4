"""Classifiers of rows at every C: one scaling and one matrix of kernels serve all of them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

Rows = NDArray[np.float64] | csr_array
Integers = NDArray[np.int64]

KERNEL_ROWS = 20_000
"""Up to so many rows the kernels of an SVM are a matrix, computed in advance; beyond, libsvm computes some."""


def predictions_at(
    classifier: str, strengths: Sequence[float], train: Rows, y: Integers, test: Rows
) -> dict[float, Integers]:
    """Predicted classes of test rows by a classifier that was fitted at each C.

    Dense rows are standardised by the training rows; sparse rows are taken as they are. The SVM has the Gaussian
    kernel of scikit-learn's default width, 1 / (d Var(train)).

    Args:
        classifier: "logistic" or "svm".
        strengths: values of C, the inverse strength of regularisation.
        train: (n, d), finite.
        y: (n,), the classes of these rows.
        test: (m, d).

    Example:
        >>> y = np.arange(8) % 2
        >>> predictions_at("svm", [1.0], np.eye(2)[y], y, np.eye(2))
        {1.0: array([0, 1])}
    """
    if not isinstance(train, csr_array):
        scaler = StandardScaler().fit(train)
        train, test = scaler.transform(train), scaler.transform(test)
    make = _svm if classifier == "svm" else _logistic
    fit, fitted_on, seen = make(train, test)
    return {strength: fit(strength).fit(fitted_on, y).predict(seen) for strength in strengths}


def _logistic(train: Rows, test: Rows) -> tuple[Callable[[float], Any], Rows, Rows]:
    """Newton's method solves d x d systems, and is done in some ten steps where C is large; dense rows alone."""
    solver = "lbfgs" if isinstance(train, csr_array) else "newton-cholesky"
    return lambda strength: LogisticRegression(C=strength, max_iter=2000, solver=solver), train, test


def _svm(train: Rows, test: Rows) -> tuple[Callable[[float], Any], Rows, Rows]:
    if train.shape[0] > KERNEL_ROWS:
        return lambda strength: SVC(C=strength), train, test
    variance = _variance(train)
    gamma = 1 / (train.shape[1] * variance) if variance else 1.0
    kernels = rbf_kernel(train, gamma=gamma), rbf_kernel(test, train, gamma=gamma)
    return lambda strength: SVC(C=strength, kernel="precomputed"), *kernels


def _variance(rows: Rows) -> float:
    """Variance of all entries, those that are not stored included."""
    if not isinstance(rows, csr_array):
        return float(rows.var())
    return float(rows.power(2).mean() - rows.mean() ** 2)
