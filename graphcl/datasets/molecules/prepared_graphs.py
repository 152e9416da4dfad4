"""A collection of graphs from arrays in the cache."""

import torch

from graphcl.datasets.molecules.prepared import Prepared
from graphcl.graph_collection import GraphCollection

GRAPH_ARRAYS = ("x", "edge_index", "node_ptr", "edge_ptr", "edge_attr", "y")
"""Names of the arrays that make a collection; those of edge features and labels may be missing."""


def prepared_graphs(prepared: Prepared) -> GraphCollection:
    """The graphs in a folder of the cache, mapped into memory.

    Args:
        prepared: with arrays by the names in `GRAPH_ARRAYS`.

    Raises:
        ValueError: arrays that do not belong together: the cache is damaged.
    """
    arrays = {key: torch.from_numpy(prepared.arrays[key]) for key in GRAPH_ARRAYS if key in prepared.arrays}
    try:
        return GraphCollection(**arrays)
    except ValueError as error:
        raise ValueError(f"{prepared.folder} is damaged ({error}); remove it and load again") from error
