"""Planted partition graphs with several relations (multiplex)."""

from typing import Any

import numpy as np
import torch

from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import checked
from graphcl.datasets.sources.synthetic import planted_partition
from graphcl.typing import Count, NonNegative, Seed


@checked
def planted_multiplex(
    *,
    nodes: Count = 500,
    blocks: Count = 5,
    relations: Count = 2,
    degree_in: NonNegative = 8.0,
    degree_out: NonNegative = 2.0,
    features: Count = 32,
    signal: NonNegative = 1.0,
    seed: Seed = 0,
) -> GraphDataset:
    """Generate a multiplex graph: independent planted partitions over the same nodes, blocks and features.

    Nodes are sorted by block.

    Args:
        nodes: Number of nodes, at least 1.
        blocks: Number of blocks, which are the classes, in [1, nodes].
        relations: Number of relations, at least 1.
        degree_in: Expected neighbours within the block, in each relation.
        degree_out: Expected neighbours in other blocks, in each relation.
        features: Number of features, at least 1.
        signal: Scale of the class means, as in `planted_partition`.
        seed: Seed of NumPy's generator, in [0, 2^31).

    Returns:
        The dataset `planted-multiplex`.

    Raises:
        ValueError: If an argument is out of range, or a block is too small for the requested degree.

    Example:
        >>> planted_multiplex(nodes=60, blocks=3, seed=1).graph.edge_type.unique()
        tensor([0, 1])
    """
    shape: dict[str, Any] = {"nodes": nodes, "blocks": blocks, "degree_in": degree_in, "degree_out": degree_out}
    seeds = np.random.default_rng(seed).integers(2**31, size=relations).tolist()
    parts = [planted_partition(**shape, features=features, signal=signal, seed=draw).graph for draw in seeds]
    order = [torch.argsort(part.y, stable=True) for part in parts]
    edges = [torch.argsort(ranks)[part.edge_index] for ranks, part in zip(order, parts, strict=True)]
    return GraphDataset.from_parts(
        "planted-multiplex",
        parts[0].x[order[0]],
        torch.cat(edges, dim=1),
        parts[0].y[order[0]],
        parameters={**shape, "relations": relations, "features": features, "signal": signal, "seed": seed},
        edge_type=torch.repeat_interleave(torch.tensor([part.shape[1] for part in edges])),
        relations=[str(relation) for relation in range(relations)],
    )
