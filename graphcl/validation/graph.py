"""Checks of one graph: structure and features that any method can work on, and nothing else of it."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data, Dataset

from graphcl.typing import MOST_RELATIONS
from graphcl.validation.features import check_features, is_dense, kind_of


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
    x = check_features(x)
    n = x.size(0)
    if data.get("num_nodes") not in (None, n):
        raise ValueError(f"x must have a row for each node; got {n} rows, and num_nodes is {data.num_nodes}")
    if not is_dense(edge_index) or edge_index.dim() != 2 or edge_index.size(0) != 2:
        if data.get("adj_t") is not None:
            raise ValueError(
                "adj_t is not read; give edge_index: ToSparseTensor(remove_edge_index=False) keeps it"
            )
        got = f"{kind_of(edge_index)}; a graph without edges has torch.empty(2, 0).long()"
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


def _check_type(kind: Any, num_edges: int) -> Tensor:
    if not is_dense(kind) or kind.shape != (num_edges,):
        got = f"{kind_of(kind)}; number them from 0"
        raise ValueError(f"edge_type must name the relation of each edge, ({num_edges},); got {got}")
    if kind.is_floating_point() or kind.is_complex() or kind.dtype == torch.bool or (kind < 0).any():
        raise ValueError(f"edge_type must hold integers from 0; got {kind.dtype} or negative ones; renumber them")
    relation: Tensor = kind.long()
    if num_edges and (largest := int(relation.max())) >= MOST_RELATIONS:
        got = f"{largest}; renumber them without gaps, or leave some out"
        raise ValueError(f"edge_type must number at most {MOST_RELATIONS} relations, from 0; got {got}")
    return relation


def _check_weight(weight: Any, num_edges: int) -> Tensor:
    if not is_dense(weight) or weight.shape != (num_edges,) or weight.is_complex():
        raise ValueError(f"edge_weight must have one value per edge, ({num_edges},); got {kind_of(weight)}")
    real: Tensor = weight.detach().float()
    if bad := int((~torch.isfinite(real) | (real < 0)).sum()):
        raise ValueError(f"edge_weight must be finite and not negative; got {bad} others; clamp or drop them")
    return real
