"""Node pairs as integers, for many graphs at once, and uniform draws of pairs without an edge."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.augment.edits.subsets import Draw, draw_subsets
from graphcl.graph_collection import bounds

Numbers = Int[Tensor, " pairs"]


def count_pairs(nodes: Int[Tensor, " graphs"], *, ordered: bool = False) -> Int[Tensor, " graphs"]:
    """Number of pairs of different nodes in graphs of these sizes: n (n - 1) / 2, or n (n - 1) ordered ones.

    Example:
        >>> count_pairs(torch.tensor([1, 4])).tolist(), count_pairs(torch.tensor([4]), ordered=True).tolist()
        ([0, 6], [12])
    """
    total = nodes * (nodes - 1)
    return total if ordered else total // 2


def pair_number(a: Numbers, b: Numbers, nodes: Numbers | None = None) -> Numbers:
    """Index of a node pair: a (a - 1) / 2 + b with a > b; where `nodes` is given, a (n - 1) + b - [b > a].

    Args:
        a: one end.
        b: the other one, a different node.
        nodes: of the pair's graph, for ordered pairs.

    Example:
        >>> pair_number(torch.tensor([0, 3]), torch.tensor([1, 2])).tolist()
        [0, 5]
    """
    if nodes is not None:
        return a * (nodes - 1) + b - (b > a).long()
    high, low = torch.maximum(a, b), torch.minimum(a, b)
    return high * (high - 1) // 2 + low


def pair_of_number(number: Numbers, nodes: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """Node pair of an index: the inverse of `pair_number`; of an unordered pair the larger end comes first.

    Example:
        >>> [end.tolist() for end in pair_of_number(torch.arange(4))]
        [[1, 2, 2, 3], [0, 0, 1, 0]]
    """
    if nodes is not None:
        a = torch.div(number, (nodes - 1).clamp(min=1), rounding_mode="floor")
        b = number - a * (nodes - 1)
        return a, b + (b >= a).long()
    a = ((1 + (1 + 8 * number.double()).sqrt()) / 2).long()
    a = a - (a * (a - 1) // 2 > number).long()  # the root may be rounded across an integer, by one
    a = a + (a * (a + 1) // 2 <= number).long()
    return a, number - a * (a - 1) // 2


def draw_free_pairs(
    pairs: Int[Tensor, " graphs"],
    graph: Int[Tensor, " taken"],
    taken: Int[Tensor, " taken"],
    wanted: Int[Tensor, " graphs"],
    *,
    method: Draw = "auto",
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, " items"], Int[Tensor, " items"]]:
    """Uniformly random subset of `wanted` of the pairs of each graph that are not taken.

    The r-th free pair is r + #{j : f_j - j <= r}, with f_0 < f_1 < ... the numbers that are taken; the free pairs
    are never listed.

    Args:
        pairs: number of pairs of each graph, see `count_pairs`.
        graph: the graph of each taken pair.
        taken: its index there, see `pair_number`; each at most once, in any order.
        wanted: at most the number of free pairs.
        method: see `draw_subsets`.
        generator: on the device of the sizes; None for torch's global generator there.

    Returns:
        The graph and the index of each pair drawn.

    Raises:
        ValueError: more pairs are wanted than are free.

    Example:
        >>> three = torch.tensor([3]), torch.tensor([0, 0]), torch.tensor([2, 0])
        >>> draw_free_pairs(*three, wanted=torch.tensor([1]))
        (tensor([0]), tensor([1]))
    """
    count = torch.bincount(graph, minlength=len(pairs))
    drawn, rank = draw_subsets(pairs - count, wanted, method=method, generator=generator)
    start, first = bounds(pairs)[:-1], bounds(count)[:-1]
    key = torch.sort(start[graph] + taken).values  # graph by graph, and by number within each
    owner = torch.repeat_interleave(torch.arange(len(pairs), device=key.device), count, output_size=len(key))
    gaps = key - (torch.arange(len(key), device=key.device) - first[owner])
    before = torch.searchsorted(gaps, start[drawn] + rank, right=True) - first[drawn]
    return drawn, rank + before
