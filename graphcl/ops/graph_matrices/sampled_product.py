"""Product of two sparse matrices at given entries alone (masked SpGEMM)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

TERMS = 2**24
"""Most products of two entries that a block of rows is multiplied out to, unless a single row has more."""


def product_at(left: csr_array, right: csr_array, pattern: csr_array) -> NDArray[np.float64]:
    """Entries of A B at the entries of a pattern, without the other entries of the product.

    Rows of A B are formed in blocks of at most 2^24 products of entries, read at the pattern, and dropped. For a
    graph's matrix A = B the time is the sum of squared degrees.

    Args:
        left: A, (n, m).
        right: B, (m, n'), with sorted indices.
        pattern: (n, n'), with sorted indices; its values are not read.

    Returns:
        One value for each stored entry of the pattern, in its order; 0 where A B has none.

    Example:
        >>> a = csr_array(np.array([[0.0, 2.0], [3.0, 0.0]]))
        >>> product_at(a, a, csr_array(np.eye(2)))
        array([6., 6.])
    """
    width = right.shape[1]
    terms = np.concatenate([[0], np.cumsum(np.diff(right.indptr)[left.indices])])[left.indptr]
    values = np.zeros(len(pattern.indices))
    start = 0
    while start < left.shape[0]:
        end = int(np.searchsorted(terms, terms[start] + TERMS, side="right")) - 1
        end = max(end, start + 1)
        block = csr_array(left[start:end] @ right)
        block.sort_indices()
        own = slice(pattern.indptr[start], pattern.indptr[end])
        asked = _keys(np.diff(pattern.indptr[start : end + 1]), pattern.indices[own], width)
        there = _keys(np.diff(block.indptr), block.indices, width)
        place = np.searchsorted(there, asked)
        found = np.zeros(len(asked), dtype=bool)
        inside = place < len(there)
        found[inside] = there[place[inside]] == asked[inside]
        values[own][found] = block.data[place[found]]
        start = end
    return values


def _keys(counts: NDArray[Any], columns: NDArray[Any], width: int) -> NDArray[np.int64]:
    """One ascending integer for each entry of a CSR matrix with sorted indices."""
    keys: NDArray[np.int64] = np.repeat(np.arange(len(counts), dtype=np.int64), counts) * width + columns
    return keys
