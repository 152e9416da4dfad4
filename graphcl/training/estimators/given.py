"""The data that is given to estimators of many graphs."""

from collections.abc import Sequence

from torch_geometric.data import Data, Dataset

from graphcl.graph_collection import GraphCollection, Graphs


def many_graphs(name: str, data: Data | Graphs) -> Graphs:
    """The input of a method that takes graphs, if it is some.

    Args:
        name: of the method.
        data: a sequence of graphs, or a collection.

    Raises:
        ValueError: one graph, none, or something else.

    Example:
        >>> many_graphs("dsla", Data())
        Traceback (most recent call last):
            ...
        ValueError: dsla takes a sequence of graphs; got Data; give a list of some, or dataset.graphs
    """
    if isinstance(data, Dataset):
        data = list(data)
    if isinstance(data, Data) or not isinstance(data, Sequence | GraphCollection) or len(data) == 0:
        empty = isinstance(data, Sequence | GraphCollection)
        got = "none" if empty and not isinstance(data, Data) else type(data).__name__
        raise ValueError(f"{name} takes a sequence of graphs; got {got}; give a list of some, or dataset.graphs")
    return data
