"""How weighted sums over positives are computed: from a stored matrix, or by products or samples of walks."""

from typing import Literal

from graphcl.objectives.all_pairs.logsumexp import Summation
from graphcl.objectives.all_pairs.monomials import monomials
from graphcl.objectives.all_pairs.series import series_polynomial

Positives = Literal["stored", "products", "walks"]

STORED, STORED_AT_MOST = 2**24, 2**28
"""Entries of M up to which it is always stored (200 MB in CSR), and up to which it can be at all (3 GB)."""

TABLE = 2**27
"""Entries of the table of all monomials of all rows, 512 MB in float32; three of that size are in memory."""


def choose_positives(entries: int, n: int, d: int, *, tau: float, summation: Summation) -> Positives:
    """Choose the stored matrix, which is exact, or, if it is too large, an approximation that `summation` allows.

    Args:
        entries: non-zeros of M, or an estimate.
        n: nodes.
        d: width of the embeddings.
        tau: the inverse temperature.
        summation: "sampled" allows samples, "auto" and "series" a polynomial within 1e-4, "dense" and "blocked"
            neither.

    Raises:
        ValueError: M would have more than 268 million entries, and neither a polynomial nor samples may be used.

    Example:
        >>> choose_positives(10**8, 10**5, 10, tau=0.25, summation="auto")
        'products'
    """
    if entries <= STORED:
        return "stored"
    if summation == "sampled":
        return "walks"
    if summation in ("auto", "series"):
        p = series_polynomial(d, scale=tau, tolerance=1e-4)
        if p and monomials(d, p.degree).count * n <= TABLE:
            return "products"
    if entries <= STORED_AT_MOST:
        return "stored"
    raise ValueError(
        f"the positives would have about {entries:.2g} non-zeros, more than fit; lower the order, or use "
        "summation='sampled', which estimates them by walks"
    )
