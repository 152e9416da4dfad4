"""Attributes of edges: which of a graph's attributes have one value per edge, and which of them nobody reads."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from torch import Tensor
from torch_geometric.data import Data

from graphcl.suggestion import did_you_mean

READ_OR_CHECKED = ("x", "edge_index", "edge_weight", "edge_attr", "edge_type", "weight", "adj_t")
"""Attributes with checks of their own."""

LEFT_BEHIND = ("y", "n_id", "e_id", "batch", "ptr", "pos", "num_nodes", "edge_label")
"""Labels, numbers and positions, which are left behind on purpose; so are names that end in "mask" or "index"."""


def edge_weight_of(data: Data) -> Any:
    """The weights of a graph's edges: `edge_weight`, or `weight`, as networkx calls it; None without either.

    Raises:
        ValueError: both, or a `weight` that may be one of the nodes.

    Example:
        >>> import torch
        >>> edge_weight_of(Data(edge_index=torch.tensor([[0], [1]]), weight=torch.tensor([3.0])))
        tensor([3.])
    """
    weight = data.get("weight")
    if not _has_length(weight, _edges(data)):
        return data.get("edge_weight")
    if data.get("edge_weight") is not None:
        raise ValueError("weight and edge_weight must not both be there; remove one: del data.weight")
    if _edges(data) == _nodes(data):
        raise ValueError(
            f"weight has {_edges(data)} values, and there are as many nodes as edges; call it edge_weight if it "
            "is of the edges, or remove it: del data.weight"
        )
    return weight


def refuse_unread(graphs: Iterable[Data]) -> None:
    """Refuse attributes with one value per edge, other than those that are read or checked elsewhere.

    One that has as many values as there are nodes, too, in all graphs, counts as one of the edges if its name has
    "edge" in it, as in PyG; otherwise a UserWarning says that it is not read.

    Args:
        graphs: whose attributes to look at; an attribute is one of the edges if it is in each graph that has it.

    Raises:
        ValueError: the message names the attribute.

    Example:
        >>> import torch
        >>> refuse_unread([Data(edge_index=torch.tensor([[0], [1]]), num_nodes=2, length=torch.tensor([3.0]))])
        Traceback (most recent call last):
            ...
        ValueError: length has one value per edge, which is not read; remove it first: del data.length
    """
    fits: dict[str, tuple[bool, bool]] = {}
    for graph in graphs:
        for name, value in graph.to_dict().items():
            if name in READ_OR_CHECKED or name in LEFT_BEHIND or name.endswith(("mask", "index")):
                continue
            of_edges, of_nodes = fits.get(name, (True, True))
            fits[name] = (
                of_edges and _has_length(value, _edges(graph)),
                of_nodes and _has_length(value, _nodes(graph)),
            )
    for name, (of_edges, of_nodes) in fits.items():
        if of_edges and (not of_nodes or "edge" in name):
            hint = did_you_mean(name, ["edge_weight", "edge_attr", "edge_type"])
            raise ValueError(
                f"{name} has one value per edge, which is not read{hint}; remove it first: del data.{name}"
            )
        if of_edges:
            warnings.warn(
                f"{name} has one value per node and per edge, and is not read; call it edge_weight if it weights "
                f"the edges, or remove it: del data.{name}",
                stacklevel=2,
            )


def _edges(data: Data) -> int:
    edge_index = data.get("edge_index")
    return edge_index.size(1) if isinstance(edge_index, Tensor) and edge_index.dim() == 2 else 0


def _nodes(data: Data) -> int | None:
    shape: tuple[int, ...] = tuple(getattr(data.get("x"), "shape", ()))
    return shape[0] if shape else data.get("num_nodes")


def _has_length(value: Any, length: int | None) -> bool:
    """Whether a value is a tensor, an array or a list of so many rows, at least one."""
    if isinstance(value, Tensor | np.ndarray):
        return value.ndim > 0 and len(value) == length != 0
    return isinstance(value, list | tuple) and len(value) == length != 0
