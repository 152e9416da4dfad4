"""Split of proteins by species: trained on seven, tested on half of the human ones, as pretrain-gnns does."""

import random

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.datasets.splits import GraphSplit

HUMAN = 9606
"""The species of the test graphs, by its number in the taxonomy of NCBI."""

SEED = 42
"""Of the published split; it is no parameter, because scores of other splits are not comparable."""


def species_split(species: Int[Tensor, " graphs"]) -> GraphSplit:
    """Split by species: 85 % and 15 % of the others for training and validation, half of the human for the test.

    The published code shuffles both groups with Python's generator and seed 42, and reports the second half of the
    human proteins. Sizes are rounded down: a graph of the others, or of the human ones, may be in no part, and the
    first half of the human ones is in none.

    Args:
        species: The taxonomy number of each graph.

    Returns:
        Indices of graphs, in the order of the shuffle.

    Raises:
        ValueError: If there are too few human proteins, or others, for all parts.

    Example:
        >>> parts = species_split(torch.tensor([9606, 9606, *[4932] * 20]))
        >>> {part: len(graphs) for part, graphs in parts.items()}
        {'train': 17, 'val': 3, 'test': 1}

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020, arXiv 1905.12265].
    """
    human, others = (torch.where(mask)[0] for mask in (species == HUMAN, species != HUMAN))
    train, val = _shares(others, 0.85, 0.15)
    _, test = _shares(human, 0.5, 0.5)
    for name, part in (("train", train), ("val", val), ("test", test)):
        if not len(part):
            counts = f"{len(human):,} human (species {HUMAN}) and {len(others):,} other proteins"
            raise ValueError(f"split=species has no graph in {name}: there are {counts}; take split=random")
    return {"train": train, "val": val, "test": test}


def _shares(graphs: Tensor, first: float, second: float) -> tuple[Tensor, Tensor]:
    """Two shares of some graphs, shuffled; each rounded down."""
    order = list(range(len(graphs)))
    random.Random(SEED).shuffle(order)  # noqa: S311  (the published split)
    start, size = int(first * len(order)), int(second * len(order))
    shuffled = graphs[torch.tensor(order, dtype=torch.long)]
    return shuffled[:start], shuffled[start : start + size]
