"""Planted partition graphs (stochastic block model) with Gaussian features."""

import os

import numpy as np
import torch
from numpy.typing import NDArray

from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import checked
from graphcl.datasets.sources.power_law_edges import IntegerArray, power_law_edges
from graphcl.typing import AboveTwo, Count, NonNegative, Seed

_ROWS_AT_A_TIME = 2**15


@checked
def planted_partition(
    *,
    nodes: Count = 500,
    blocks: Count = 5,
    degree_in: NonNegative = 8.0,
    degree_out: NonNegative = 2.0,
    features: Count = 32,
    signal: NonNegative = 1.0,
    degree_exponent: AboveTwo | None = None,
    seed: Seed = 0,
) -> GraphDataset:
    """Generate a planted partition graph (a stochastic block model) with Gaussian features.

    Blocks are as equal in size as possible, and the node order is shuffled. Every pair of nodes within a
    block is an edge with one probability and every other pair with another, chosen so that a node has
    `degree_in` neighbours in its own block and `degree_out` in the others on average.

    Features are x_i = signal * f^(1/4) * m_{y_i} + e_i for f features: the class means m are drawn uniformly
    from the unit sphere, the noise e_i is standard normal in every coordinate, and the factor makes one value of
    `signal` about equally difficult for any f. With the defaults, neither the features nor the edges alone
    determine the blocks; both together come closer.

    Args:
        nodes: Number of nodes, at least 1.
        blocks: Number of blocks, which are the classes, in [1, nodes].
        degree_in: Expected neighbours within the block, at least 0.
        degree_out: Expected neighbours in other blocks, at least 0.
        features: Number of features, at least 1.
        signal: Scale of the class means, at least 0; 0 gives pure noise.
        degree_exponent: Exponent of a power law that degrees follow, above 2, see `power_law_edges`; None gives
            all nodes of a block the same expected degree.
        seed: Seed of NumPy's generator, in [0, 2^31).

    Returns:
        The dataset `planted-partition`.

    Raises:
        ValueError: If an argument is out of range, a block is too small for the requested degree, or the graph
            does not fit into the memory of this machine.

    Example:
        >>> planted_partition(nodes=60, blocks=3, seed=1).graph.y.bincount()
        tensor([20, 20, 20])

    References:
        [Condon and Karp, Random Structures & Algorithms 2001] for the model.
    """
    if blocks > nodes:
        raise ValueError(f"blocks must lie in [1, nodes]; got {blocks} blocks for {nodes} nodes")
    _check_memory(4 * features * (nodes + blocks) + 8 * nodes * (3 + 4 * (degree_in + degree_out)))
    rng = np.random.default_rng(seed)
    sizes = np.full(blocks, nodes // blocks, dtype=np.int64)
    sizes[: nodes % blocks] += 1
    place = rng.permutation(nodes)
    y = np.empty(nodes, dtype=np.int64)
    y[place] = np.repeat(np.arange(blocks), sizes)
    if degree_exponent is None:
        pairs = [_within(rng, sizes, degree_in), _between(rng, sizes, degree_out)]
    else:
        pairs = power_law_edges(rng, sizes, degree_in, degree_out, degree_exponent)
    edge_index = place[np.concatenate(pairs, axis=1)]
    return GraphDataset.from_parts(
        "planted-partition",
        torch.from_numpy(_features(rng, y, blocks, features, signal)),
        torch.from_numpy(edge_index),
        torch.from_numpy(y),
        parameters={
            "nodes": nodes,
            "blocks": blocks,
            "degree_in": degree_in,
            "degree_out": degree_out,
            "features": features,
            "signal": signal,
            **({} if degree_exponent is None else {"degree_exponent": degree_exponent}),
            "seed": seed,
        },
    )


def _check_memory(needed: float) -> None:
    """Raise an error if a graph of about `needed` bytes does not fit into memory."""
    if not hasattr(os, "sysconf"):
        return
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if needed > there:
        sizes = f"{needed / 1e9:.4g} GB, and this machine has {there / 1e9:.0f} GB"
        raise ValueError(f"the graph would take about {sizes}; take fewer nodes, features or edges")


def _within(rng: np.random.Generator, sizes: IntegerArray, degree: float) -> IntegerArray:
    """Edges within blocks. The t-th pair of a block is (i, j), i < j, with t = j (j - 1) / 2 + i."""
    block, t = _choose(rng, sizes * (sizes - 1) // 2, degree, int(sizes.sum()), "degree_in")
    j = ((np.sqrt(8.0 * t + 1) + 1) / 2).astype(np.int64)
    i = t - j * (j - 1) // 2
    first: IntegerArray = np.cumsum(sizes) - sizes
    return np.stack([i, j]) + first[block]


def _between(rng: np.random.Generator, sizes: IntegerArray, degree: float) -> IntegerArray:
    """Edges between blocks. Pairs of block b are (a node of b, a node of a later block), in row-major order."""
    end = np.cumsum(sizes)
    later = end[-1] - end
    block, t = _choose(rng, sizes * later, degree, int(end[-1]), "degree_out")
    return np.stack([(end - sizes)[block] + t // later[block], end[block] + t % later[block]])


def _choose(
    rng: np.random.Generator, counts: IntegerArray, degree: float, nodes: int, name: str
) -> tuple[IntegerArray, IntegerArray]:
    """Sample pairs with equal probability; return the block of each, and its index within the block."""
    total = int(counts.sum())
    largest = 2 * total / nodes
    if degree > largest:
        raise ValueError(f"{name} must lie in [0, {largest:g}] for blocks of this size; got {degree}")
    chosen = rng.binomial(total, degree / largest) if degree else 0
    pair = rng.choice(total, chosen, replace=False, shuffle=False) if chosen else np.empty(0, dtype=np.int64)
    end = np.cumsum(counts)
    block = np.searchsorted(end, pair, side="right")
    return block, pair - (end - counts)[block]


def _features(
    rng: np.random.Generator, y: IntegerArray, blocks: int, features: int, signal: float
) -> NDArray[np.float32]:
    """Class means plus noise, in float32, without a second matrix of that size."""
    means = rng.standard_normal((blocks, features), dtype=np.float32)
    means *= signal * features**0.25 / np.linalg.norm(means, axis=1, keepdims=True)
    x = rng.standard_normal((len(y), features), dtype=np.float32)
    for start in range(0, len(y), _ROWS_AT_A_TIME):
        rows = slice(start, start + _ROWS_AT_A_TIME)
        x[rows] += means[y[rows]]
    return x
