"""Uniform negatives for link prediction: pairs of nodes that are not edges, drawn with a seed."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.evaluation.links.non_edges import NonEdges
from graphcl.evaluation.links.split import LINK_PARTS, LinkSplit


def uniform_negatives(split: LinkSplit, *, seed: int = 0) -> dict[str, Int[Tensor, "2 m"]]:
    """Uniform non-edges for each part, as many in each graph as the part has positives there.

    No negative is an edge of the whole graph, held out or not, and none is in two parts. A graph with fewer
    non-edges than positives, such as a nearly complete one, gives what it has: to test first, then to validation,
    then to train.

    Args:
        split: the positives.
        seed: of the draws; 0 is a seed.

    Returns:
        By part, pairs of nodes with the lower node first.

    Raises:
        ValueError: no non-edge at all for one of the parts.

    Example:
        >>> from graphcl.evaluation import split_links
        >>> ring = torch.stack([torch.arange(40), (torch.arange(40) + 1) % 40])
        >>> {part: pairs.size(1) for part, pairs in uniform_negatives(split_links(ring, 40)).items()}
        {'test': 4, 'val': 2, 'train': 34}
    """
    graph, graphs = split.graph, int(split.graph[-1]) + 1
    wanted = {part: torch.bincount(graph[split.part(part)[0]], minlength=graphs) for part in reversed(LINK_PARTS)}
    total = torch.stack(list(wanted.values())).sum(0)
    pairs = NonEdges(split.all_edges, graph).draw(total, torch.Generator().manual_seed(seed))
    of = graph[pairs[0]]
    number = torch.bincount(of, minlength=graphs)
    place = torch.arange(len(of)) - (number.cumsum(0) - number)[of]
    found, first = {}, torch.zeros_like(total)
    for part, count in wanted.items():
        found[part] = pairs[:, (place >= first[of]) & (place < (first + count)[of])]
        first = first + count
        if not found[part].size(1):
            raise ValueError(f"there is no pair without an edge left for {part}; link prediction needs non-edges")
    return found
