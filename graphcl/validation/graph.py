"""Validation of a graph: features, edges, edge weights and relations."""

import math
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data, Dataset

from graphcl.typing import MOST_RELATIONS
from graphcl.validation.edge_attributes import edge_weight_of, refuse_unread
from graphcl.validation.features import FLOAT32, check_features, is_dense, kind_of
from graphcl.validation.numbers import Numbers


def check_graph(
    data: Data,
    *,
    accepts_edge_weight: bool = False,
    multiplex: bool = False,
    needs_features: bool = True,
    numbers: Numbers = FLOAT32,
) -> Data:
    """Validate a graph, and copy its features and edges alone to a new `Data`, without labels and masks.

    Tensors that have the right type already are shared with the input, not copied.

    Args:
        data: with edge_index (2, e) and x (n, d), a tensor or a feature source (see `graphcl.feature_source`); a
            source is checked in blocks of rows. The input is not changed.
        accepts_edge_weight: whether the method uses `edge_weight`, or `weight` as in networkx; a method that
            does not raises an error on it.
        multiplex: whether the graph must have `edge_type`, (e,), the relation of each edge from 0; otherwise a
            graph with `edge_type` is an error.
        needs_features: whether the method reads x; for one that does not, a missing x becomes a column of zeros.
        numbers: the type, and the scale, of features; edge weights get the type.

    Returns:
        A new `Data` with x (of this type, dense or CSR as given; a source stays a source), edge_index (int64) and,
        if present, edge_weight (of this type) or edge_type (int64).

    Raises:
        TypeError: not a PyG `Data`, or edges that are not integers.
        ValueError: features, edges, weights or relations of the wrong shape or out of range, or an attribute that
            the method does not use.

    Example:
        >>> path = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]), y=torch.tensor([0, 0, 1]))
        >>> sorted(check_graph(path).keys())
        ['edge_index', 'num_nodes', 'x']
    """
    if not isinstance(data, Data):
        raise TypeError(f"data must be a torch_geometric Data; got {type(data).__name__}; {_remedy_for(data)}")
    edge_index = data.get("edge_index")
    x = (
        _no_features(data)
        if data.get("x") is None and not needs_features
        else check_features(data.get("x"), numbers)
    )
    n = x.size(0)
    if data.get("num_nodes") not in (None, n):
        raise ValueError(f"x must have a row for each node; got {n} rows, and num_nodes is {data.num_nodes}")
    if edge_index is None and data.get("adj_t") is not None:
        raise ValueError("adj_t is not read; give edge_index: ToSparseTensor(remove_edge_index=False) keeps it")
    _check_edges(edge_index, n)
    graph = Data(x=x, edge_index=edge_index.long(), num_nodes=n)
    if data.get("edge_attr") is not None:
        raise ValueError("edge_attr is not used by this method; remove it first: del data.edge_attr")
    if multiplex:
        graph.edge_type = _check_type(data.get("edge_type"), edge_index.size(1))
    elif data.get("edge_type") is not None:
        raise ValueError("edge_type is not used by this method; remove it first: del data.edge_type")
    refuse_unread([data])
    weight = edge_weight_of(data)
    if weight is not None:
        if not accepts_edge_weight:
            name = "edge_weight" if data.get("edge_weight") is not None else "weight"
            raise ValueError(f"{name} is not used by this method; remove it first: del data.{name}")
        graph.edge_weight = _check_weight(weight, edge_index.size(1), numbers.dtype)
    return graph


def _remedy_for(data: Any) -> str:
    """What to do with something else than a graph of PyG."""
    if isinstance(data, list | Dataset):
        return "give one of its graphs, as data[0]"
    package = type(data).__module__.partition(".")[0]
    if package in ("networkx", "scipy"):
        return f"convert it: graphcl.datasets.from_{package}(graph).graph"
    return "use dataset.graph" if hasattr(data, "graph") else "Data(x=x, edge_index=edge_index) makes one"


def _no_features(data: Data) -> Tensor:
    """A column of zeros, one for each node: their number is stated, or the largest in edge_index says it."""
    edge_index, n = data.get("edge_index"), data.get("num_nodes")
    if n is None:
        _check_edges(edge_index, 2**63 - 1)
        n = int(edge_index.max()) + 1 if edge_index.numel() else 0
    if n < 1:
        raise ValueError("a graph without x and edges must say num_nodes, at least 1; got none")
    return torch.zeros(n, 1)


def _check_edges(edge_index: Any, n: int) -> None:
    if not is_dense(edge_index) or edge_index.dim() != 2 or edge_index.size(0) != 2:
        got = f"{kind_of(edge_index)}; a graph without edges has torch.empty(2, 0).long()"
        raise ValueError(f"edge_index must be a tensor of shape (2, e); got {got}")
    if edge_index.is_floating_point() or edge_index.is_complex() or edge_index.dtype == torch.bool:
        raise TypeError(f"edge_index must hold integers; got {edge_index.dtype}; convert it with .long()")
    if edge_index.numel():
        low, high = torch.stack(edge_index.aminmax()).tolist()
        if low < 0 or high >= n:
            raise ValueError(f"edge_index must lie in [0, {n}), the rows of x; got values from {low} to {high}")


def _check_type(kind: Any, num_edges: int) -> Tensor:
    if not is_dense(kind) or kind.shape != (num_edges,):
        got = f"{kind_of(kind)}; number them from 0"
        raise ValueError(f"edge_type must name the relation of each edge, ({num_edges},); got {got}")
    integers = not (kind.is_floating_point() or kind.is_complex() or kind.dtype == torch.bool)
    low, high = torch.stack(kind.aminmax()).tolist() if integers and num_edges else (0, 0)
    if not integers or low < 0:
        raise ValueError(f"edge_type must hold integers from 0; got {kind.dtype} or negative ones; renumber them")
    if high >= MOST_RELATIONS:
        got = f"{high}; renumber them without gaps, or leave some out"
        raise ValueError(f"edge_type must number at most {MOST_RELATIONS} relations, from 0; got {got}")
    relation: Tensor = kind.long()
    return relation


def _check_weight(weight: Any, num_edges: int, dtype: torch.dtype) -> Tensor:
    if not is_dense(weight) or weight.shape != (num_edges,) or weight.is_complex():
        raise ValueError(f"edge_weight must have one value per edge, ({num_edges},); got {kind_of(weight)}")
    real: Tensor = weight.detach().to(dtype)
    low, high = torch.stack(real.aminmax()).tolist() if num_edges else (0.0, 0.0)
    if not (low >= 0 and math.isfinite(high)):  # either is NaN where any weight is
        bad = int((~torch.isfinite(real) | (real < 0)).sum())
        raise ValueError(
            f"edge_weight must be finite and not negative; got {bad} invalid values; clamp or drop them"
        )
    return real
