"""Edges between the blocks of a planted partition whose degrees follow a power law."""

import numpy as np
from numpy.typing import NDArray

IntegerArray = NDArray[np.int64]


def power_law_edges(
    rng: np.random.Generator, sizes: IntegerArray, degree_in: float, degree_out: float, exponent: float
) -> list[IntegerArray]:
    """Draw the edges of a degree-corrected planted partition: within blocks, and between them.

    Node i has a weight w_i of density proportional to w^-exponent from 1 to sqrt(n), so that no pair is all but
    certain. Of n degree_in / 2 pairs the first node is drawn by weight, the second by weight among the nodes of
    its block; of n degree_out / 2 pairs it is drawn among all other blocks. Pairs may come twice or hit one node
    twice; they count once, or not at all, so that mean degrees stay a little below what is asked for.

    Args:
        rng: NumPy's generator.
        sizes: Of the blocks; the nodes of a block follow one another.
        degree_in: Mean number of neighbours within the block.
        degree_out: Mean number of neighbours in other blocks.
        exponent: Of the power law, above 2.

    Returns:
        Two arrays of pairs, (2, m).

    Raises:
        ValueError: If there is one block and `degree_out` is not 0.

    Example:
        >>> [e.shape[1] for e in power_law_edges(np.random.default_rng(0), np.array([50, 50]), 4.0, 2.0, 2.5)]
        [200, 100]

    References:
        [Karrer and Newman, Physical Review E 2011] for degree-corrected blocks.
    """
    if degree_out and len(sizes) == 1:
        raise ValueError(f"degree_out must be 0 where there is one block; got {degree_out}")
    n = int(sizes.sum())
    low = max(n, 2) ** ((1 - exponent) / 2)  # the share of a pure power law that lies above sqrt(n)
    weight = (1 - rng.random(n) * (1 - low)) ** (1 / (1 - exponent))
    end = np.cumsum(weight)
    last = np.cumsum(sizes) - 1
    block_end = end[last]
    block_start = np.concatenate([[0.0], block_end[:-1]])
    of_node = np.repeat(np.arange(len(sizes)), sizes)

    def draw(degree: float, *, within: bool) -> IntegerArray:
        first = np.searchsorted(end, rng.random(round(n * degree / 2)) * end[-1], side="right")
        start, stop = block_start[of_node[first]], block_end[of_node[first]]
        if within:
            place = start + rng.random(len(first)) * (stop - start)
        else:
            place = rng.random(len(first)) * (end[-1] - (stop - start))
            place += np.where(place >= start, stop - start, 0.0)
        return np.stack([first, np.searchsorted(end, place, side="right")]).clip(max=n - 1)

    return [draw(degree_in, within=True), draw(degree_out, within=False)]
