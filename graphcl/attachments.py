"""Attachments: tensors computed of a whole graph and put on it, each with the axis along which batches slice it.

PyG guesses from names and sizes whether an attribute belongs to nodes or to edges, which fails where a graph has
as many edges as nodes. Here whatever `Method.prepare` or an augmenter attaches says so, and sampling, augmenting
and moving between devices follow from it. What a graph has by itself (`x`, `edge_index`, `edge_weight`,
`edge_attr`, `edge_type`) is known and needs no declaration.
"""

from copy import copy
from typing import Literal

from torch import Tensor
from torch_geometric.data import Data

Axis = Literal["node", "edge", "row", "whole"]
"""One value for each node, for each edge, for each seed (rows of the seeds alone), or one for the whole graph."""

BASE = {
    "x": "node",
    "edge_index": "edge_set",
    "edge_weight": "edge_index",
    "edge_attr": "edge_index",
    "edge_type": "edge_index",
    "num_nodes": "size",
    "axes": "declaration",
}
"""The axes of what a graph has by itself. An axis is "node", "row", "whole", or the name of an edge set."""


def attach(data: Data, axis: Axis, **values: Tensor) -> Data:
    """A copy of a graph with further tensors that go along one of its axes.

    Args:
        data: a graph; it is not changed.
        axis: "node": one row for each node of a batch. "edge": one row for each edge. "row": one row for each
            seed, which nodes around the seeds do not have (dense or CSR). "whole": the same for every batch.
        values: the attachments by name.

    Raises:
        ValueError: an unknown axis, a name that the graph has already with another axis, or another number of rows
            than the axis has.

    Example:
        >>> import torch
        >>> path = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]))
        >>> axis_of(attach(path, "edge", drop=torch.tensor([0.1, 0.2])), "drop")
        'edge_index'
    """
    rows = {"node": data.num_nodes, "row": data.num_nodes, "edge": data.edge_index.size(1), "whole": None}
    if axis not in rows:
        raise ValueError(f"axis must be one of {', '.join(rows)}; got {axis!r}")
    return _declared(data, "edge_index" if axis == "edge" else axis, rows[axis], values)


def attach_edges(data: Data, name: str, edge_index: Tensor, **values: Tensor) -> Data:
    """A copy of a graph with a second set of edges, for instance those of a diffusion, that is sampled as one.

    Args:
        data: a graph; it is not changed.
        name: of the set; its edges are found under `{name}_edge_index`.
        edge_index: (2, m), between the graph's nodes.
        values: one row for each of these edges, found under `{name}_{key}`.

    Raises:
        ValueError: as for `attach`.

    Example:
        >>> import torch
        >>> path = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]))
        >>> far = attach_edges(path, "diffusion", torch.tensor([[0], [2]]), weight=torch.ones(1))
        >>> axis_of(far, "diffusion_edge_index"), axis_of(far, "diffusion_weight")
        ('edge_set', 'diffusion_edge_index')
    """
    index = f"{name}_edge_index"
    out = _declared(data, "edge_set", None, {index: edge_index})
    return _declared(out, index, edge_index.size(1), {f"{name}_{key}": value for key, value in values.items()})


def axis_of(data: Data, name: str) -> str:
    """The axis of an attribute: "node", "row", "whole", "edge_set", or the name of the edge set that it describes.

    Raises:
        ValueError: an attribute that nobody declared.

    Example:
        >>> import torch
        >>> axis_of(Data(x=torch.eye(3), depth=torch.ones(3)), "depth")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: depth is on the graph without an axis; put it there by attach(data, 'node', depth...
    """
    axes = {**BASE, **_declarations(data)}
    if name not in axes:
        raise ValueError(
            f"{name} is on the graph without an axis; put it there by attach(data, 'node', {name}=...), "
            "or with the axis edge, row or whole"
        )
    return axes[name]


def edge_sets(data: Data) -> list[str]:
    """The names of a graph's sets of edges, its own `edge_index` first.

    Example:
        >>> import torch
        >>> edge_sets(Data(x=torch.eye(2), edge_index=torch.zeros(2, 1).long()))
        ['edge_index']
    """
    return ["edge_index", *(name for name, axis in _declarations(data).items() if axis == "edge_set")]


def _declarations(data: Data) -> dict[str, str]:
    axes: dict[str, str] = data.get("axes") or {}
    return axes


def _declared(data: Data, axis: str, rows: int | None, values: dict[str, Tensor]) -> Data:
    out = copy(data)
    out.axes = dict(_declarations(data))
    for name, value in values.items():
        if name in BASE or out.axes.get(name, axis) != axis:
            raise ValueError(f"{name} has the axis {axis_of(out, name)!r} already; choose another name")
        if rows is not None and value.size(0) != rows:
            raise ValueError(f"{name} must have {rows} rows, one for each along {axis!r}; got {value.size(0)}")
        out.axes[name] = axis
        out[name] = value
    return out
