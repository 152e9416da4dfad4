"""Checks that stand between a user's input and the loop; each error says what, got, and what to do."""

import math
from dataclasses import fields, replace
from functools import cache
from typing import Any, Literal, get_type_hints

import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor
from torch_geometric.data import Data, Dataset

from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.typing import MOST_RELATIONS

LARGEST = 1e15
"""Of a feature, so that sums of squares stay finite in float32."""

PART = 65_536
"""Graphs that are checked at a time, so that little memory is needed at once."""


def check_parameters(estimator: Any) -> dict[str, Any]:
    """The fields of an estimator as plain values, each checked against its annotation.

    Raises:
        ValueError: a value of the wrong type or out of range.
    """
    checked = {}
    for name, adapter in _adapters(estimator.__class__).items():
        value = getattr(estimator, name)
        try:
            checked[name] = adapter.validate_python(value)
        except ValidationError as error:
            problems = error.errors()
            indices = _indices(problems[0])
            reasons = dict.fromkeys(_reason(problem) for problem in problems if _indices(problem) == indices)
            place = name + "".join(f"[{i}]" for i in indices)
            wanted = " or ".join(reasons)  # one for each type that a union allows
            raise ValueError(f"{type(estimator).__name__}: {place} must be {wanted}; got {value!r}") from None
    return checked


def check_callbacks(callbacks: Any) -> None:
    """Whether these are functions in a list.

    Raises:
        TypeError: they are not.

    Example:
        >>> check_callbacks(print)
        Traceback (most recent call last):
        ...
        TypeError: callbacks must be a list of functions; got one builtin_function_or_method; put it into [ ]
    """
    if callable(callbacks):
        got = f"one {type(callbacks).__name__}; put it into [ ]"
        raise TypeError(f"callbacks must be a list of functions; got {got}")
    for callback in callbacks:
        if not callable(callback):
            raise TypeError(f"callbacks must be a list of functions; got {callback!r} among them")


def _indices(problem: Any) -> list[int]:
    """Where in a list of lists the problem is."""
    return [part for part in problem["loc"] if isinstance(part, int)]


def _reason(problem: Any) -> str:
    reason: str = problem["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    if problem["type"] == "sequence_str":
        return "a list"
    if problem["type"] == "missing":
        return "there"
    return reason.replace("an instance of Sequence", "a list")


@cache
def _adapters(cls: type) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    return {field.name: TypeAdapter(hints[field.name]) for field in fields(cls)}


def check_graph(data: Data, *, accepts_edge_weight: bool = False, multiplex: bool = False) -> Data:
    """Structure and features of a graph, checked, and nothing else of it: labels stay behind.

    Args:
        data: with x (n, d) and edge_index (2, e); the input is not changed.
        accepts_edge_weight: whether the method honours `edge_weight`; else it is refused, never dropped.
        multiplex: whether the graph must name the relation of each edge in `edge_type`, (e,), numbers from 0; a
            method for plain graphs refuses a graph that does.

    Returns:
        A new `Data` with x (float32, or CSR as given), edge_index (int64) and, if present, edge_weight or
        edge_type (int64).

    Raises:
        TypeError: not a PyG `Data`, or edges that are not integers.
        ValueError: anything else that no method can work on.
    """
    if not isinstance(data, Data):
        many = isinstance(data, list | Dataset)
        remedy = "give one of its graphs, as data[0]" if many else "use dataset.graph"
        raise TypeError(f"data must be a torch_geometric Data; got {type(data).__name__}; {remedy}")
    x, edge_index = data.get("x"), data.get("edge_index")
    x = _check_features(x)
    n = x.size(0)
    if data.get("num_nodes") not in (None, n):
        raise ValueError(f"x must have a row for each node; got {n} rows, and num_nodes is {data.num_nodes}")
    if not _is_dense(edge_index) or edge_index.dim() != 2 or edge_index.size(0) != 2:
        if data.get("adj_t") is not None:
            raise ValueError(
                "adj_t is not read; give edge_index: ToSparseTensor(remove_edge_index=False) keeps it"
            )
        got = f"{_kind(edge_index)}; a graph without edges has torch.empty(2, 0).long()"
        raise ValueError(f"edge_index must be a tensor of shape (2, e); got {got}")
    if edge_index.is_floating_point() or edge_index.dtype == torch.bool:
        raise TypeError(f"edge_index must hold integers; got {edge_index.dtype}; convert it with .long()")
    if edge_index.numel() and (edge_index.min() < 0 or edge_index.max() >= n):
        low, high = int(edge_index.min()), int(edge_index.max())
        raise ValueError(f"edge_index must lie in [0, {n}), the rows of x; got values from {low} to {high}")
    graph = Data(x=x, edge_index=edge_index.long(), num_nodes=n)
    if data.get("edge_attr") is not None:
        raise ValueError("edge_attr is not used by this method; remove it first: del data.edge_attr")
    if multiplex:
        graph.edge_type = _check_type(data.get("edge_type"), edge_index.size(1))
    elif data.get("edge_type") is not None:
        raise ValueError("edge_type is not used by this method; remove it first: del data.edge_type")
    if data.get("edge_weight") is not None:
        if not accepts_edge_weight:
            raise ValueError("edge_weight is not used by this method; remove it first: del data.edge_weight")
        graph.edge_weight = _check_weight(data.edge_weight, edge_index.size(1))
    return graph


def check_graphs(
    data: Graphs, *, features: Literal["numbers", "categories"] = "numbers", accepts_edge_attr: bool = False
) -> GraphCollection:
    """Structure and features of many graphs, checked, and nothing else of them: labels stay behind.

    Args:
        data: a collection, or a sequence of graphs with x (n, d) and edge_index (2, e); the input is not changed.
        features: "numbers" turns x into float32; "categories" wants integers of at least 0 in x and edge_attr.
        accepts_edge_attr: whether the method reads `edge_attr`; else it is refused, never dropped.

    Returns:
        A new collection with x, edge_index and, if present, edge_attr.

    Raises:
        TypeError: a graph that is no PyG `Data`.
        ValueError: anything else that no method can work on.
    """
    if isinstance(data, GraphCollection):
        graphs = data
    else:
        for graph in data:
            if not isinstance(graph, Data):
                raise TypeError(f"every graph must be a torch_geometric Data; got {type(graph).__name__}")
            if graph.get("edge_weight") is not None:
                raise ValueError("edge_weight is not used by this method; remove it first: del data.edge_weight")
        graphs = GraphCollection.of(data)
    if graphs.edge_attr is not None and not accepts_edge_attr:
        remedy = "del data.edge_attr, or dataclasses.replace(graphs, edge_attr=None)"
        raise ValueError(f"edge_attr is not used by this method; remove it first: {remedy}")
    if empty := int((graphs.node_ptr.diff() == 0).sum()):
        raise ValueError(f"every graph must have a node; got {empty} without; leave them out")
    if features == "numbers":
        graphs = replace(graphs, x=_check_features(graphs.x))
    else:
        _check_categories("x", graphs.x)
        if graphs.edge_attr is not None:
            _check_categories("edge_attr", graphs.edge_attr)
    _check_ends(graphs)
    return replace(graphs, y=None)


def check_both_directions(graphs: GraphCollection) -> None:
    """Refuse graphs whose edges are not what their number of edits can be counted on.

    Raises:
        ValueError: a self loop, an edge that stands twice, one without its way back, or whose `edge_attr` differs
            on the way back.

    Example:
        >>> ends = torch.tensor([[0, 1], [1, 0]])
        >>> check_both_directions(GraphCollection.of([Data(x=torch.zeros(2, 1), edge_index=ends)]))
    """
    for start in range(0, len(graphs), PART):
        some = graphs[start : start + PART]
        part = some.batch(torch.arange(len(some)))
        head, tail = part.edge_index
        n = len(part.x)
        there, back = torch.sort(head * n + tail), torch.sort(tail * n + head)
        wrong, remedy = None, "to_undirected"
        if bool((head == tail).any()):
            wrong, remedy = ("no self loops", "some"), "remove_self_loops"
        elif bool((there.values[1:] == there.values[:-1]).any()):
            wrong = "no edge twice", "some"
        elif not torch.equal(there.values, back.values):
            wrong = "every edge in both directions", "some in one"
        elif part.get("edge_attr") is not None and not torch.equal(
            part.edge_attr[there.indices], part.edge_attr[back.indices]
        ):
            wrong = "the same edge_attr in both directions of an edge", "others"
        if wrong:
            raise ValueError(f"graphs must have {wrong[0]}; got {wrong[1]}; see torch_geometric.utils.{remedy}")


def _check_categories(name: str, values: Tensor) -> None:
    if values.is_floating_point():
        raise ValueError(
            f"{name} must hold categories, which are integers; got {values.dtype}; number them 0, 1, ..., as "
            "features=label does it for TU sets"
        )
    if values.numel() and int(values.min()) < 0:
        raise ValueError(
            f"{name} must hold categories of at least 0; got {int(values.min())}; number them 0, 1, ..."
        )


def _check_ends(graphs: GraphCollection) -> None:
    """Refuse an edge whose end is no node of its graph."""
    for start in range(0, len(graphs), PART):
        part = graphs[start : start + PART]
        nodes = torch.repeat_interleave(part.node_ptr.diff(), part.edge_ptr.diff())
        outside = ((part.edge_index < 0) | (part.edge_index >= nodes)).any(0)
        if outside.any():
            edge = int(outside.nonzero()[0])
            graph = start + int(torch.searchsorted(part.edge_ptr, edge, right=True)) - 1
            got = part.edge_index[:, edge].tolist()
            raise ValueError(
                f"edge_index must lie in [0, {int(nodes[edge])}), the nodes of graph {graph}; got an edge of {got}"
            )


def _check_features(x: Any) -> Tensor:
    if not _is_dense(x, or_csr=True) or x.dim() != 2:
        raise ValueError(f"x must be a tensor of shape (n, d); got {_kind(x)}; give each node a row of features")
    if x.is_complex():
        raise ValueError(f"x must hold real numbers; got {x.dtype}; give the parts columns of their own")
    if 0 in x.shape:
        raise ValueError(f"x must have at least one row and one column; got {tuple(x.shape)}: an empty graph")
    real: Tensor = x.detach().float()
    values = real.values() if real.layout == torch.sparse_csr else real
    low, high = map(float, values.aminmax()) if values.numel() else (0.0, 0.0)  # makes no copy; NaN comes through
    if not (math.isfinite(low) and math.isfinite(high)):
        bad = int((~torch.isfinite(values)).sum())
        raise ValueError(f"x must be finite; got {bad} NaN or infinite entries in float32; impute or drop them")
    if (largest := max(-low, high)) > LARGEST:
        raise ValueError(f"x must lie within ±{LARGEST:g}, for its squares; got {largest:g}; rescale it")
    return real


def _check_type(kind: Any, num_edges: int) -> Tensor:
    if not _is_dense(kind) or kind.shape != (num_edges,):
        got = f"{_kind(kind)}; number them from 0"
        raise ValueError(f"edge_type must name the relation of each edge, ({num_edges},); got {got}")
    if kind.is_floating_point() or kind.is_complex() or kind.dtype == torch.bool or (kind < 0).any():
        raise ValueError(f"edge_type must hold integers from 0; got {kind.dtype} or negative ones; renumber them")
    relation: Tensor = kind.long()
    if num_edges and (largest := int(relation.max())) >= MOST_RELATIONS:
        got = f"{largest}; renumber them without gaps, or leave some out"
        raise ValueError(f"edge_type must number at most {MOST_RELATIONS} relations, from 0; got {got}")
    return relation


def _check_weight(weight: Any, num_edges: int) -> Tensor:
    if not _is_dense(weight) or weight.shape != (num_edges,) or weight.is_complex():
        raise ValueError(f"edge_weight must have one value per edge, ({num_edges},); got {_kind(weight)}")
    real: Tensor = weight.detach().float()
    if bad := int((~torch.isfinite(real) | (real < 0)).sum()):
        raise ValueError(f"edge_weight must be finite and not negative; got {bad} others; clamp or drop them")
    return real


def _is_dense(value: Any, *, or_csr: bool = False) -> bool:
    layouts = (torch.strided, torch.sparse_csr) if or_csr else (torch.strided,)
    return isinstance(value, Tensor) and value.layout in layouts


def _kind(value: Any) -> str:
    """What was given in place of a tensor of the right shape."""
    if not isinstance(value, Tensor):
        return type(value).__name__
    layout = "" if value.layout == torch.strided else f" in the layout {value.layout}"
    return f"{tuple(value.shape)} of {value.dtype}{layout}"
