"""Counts against the probabilities they should have: exact tests of all cells, at 1e-3 over all of them."""

import numpy as np
from scipy.stats import binom

LEVEL = 1e-3


def assert_frequencies(count, draws: int, chance) -> None:
    """Every cell's count is binomial with its chance: two-sided tests with Bonferroni's correction."""
    count, chance = np.asarray(count), np.asarray(chance, dtype=float)
    assert count.shape == chance.shape
    sure = (chance <= 0) | (chance >= 1)
    np.testing.assert_array_equal(count[sure], (chance[sure] >= 1) * draws)
    low = binom.cdf(count[~sure], draws, chance[~sure])
    high = binom.sf(count[~sure] - 1, draws, chance[~sure])
    p = np.minimum(2 * np.minimum(low, high), 1)
    assert p.size == 0 or p.min() > LEVEL / p.size, f"cell with p = {p.min():.1e} among {p.size}"
