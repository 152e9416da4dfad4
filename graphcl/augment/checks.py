"""Checks of arguments that functions of edges share."""

import torch
from torch import Tensor

from graphcl.typing import Edges


def check_num_nodes(edge_index: Edges, num_nodes: int) -> None:
    """Raise for a number of nodes that the edges exceed.

    Raises:
        ValueError: an edge with a node of number `num_nodes` or more.

    Example:
        >>> import torch
        >>> check_num_nodes(torch.tensor([[0, 1], [1, 2]]), 2)
        Traceback (most recent call last):
            ...
        ValueError: num_nodes must exceed every node of edge_index; got 2 nodes and node 2; give at least 3
    """
    greatest = int(edge_index.max()) if edge_index.numel() else -1
    if greatest >= num_nodes:
        raise ValueError(
            f"num_nodes must exceed every node of edge_index; got {num_nodes} nodes and node {greatest}; "
            f"give at least {greatest + 1}"
        )


def check_some_nodes(edge_index: Edges, num_nodes: int) -> None:
    """Raise for a graph without a node, or with fewer than the edges have.

    Raises:
        ValueError: `num_nodes` below 1, or an edge with a node of number `num_nodes` or more.

    Example:
        >>> import torch
        >>> check_some_nodes(torch.empty(2, 0, dtype=torch.long), 0)
        Traceback (most recent call last):
            ...
        ValueError: num_nodes must be at least 1; got 0; give a graph with a node
    """
    if num_nodes < 1:
        raise ValueError(f"num_nodes must be at least 1; got {num_nodes}; give a graph with a node")
    check_num_nodes(edge_index, num_nodes)


def check_batch(batch: Tensor | None, num_nodes: int) -> None:
    """Raise for a batch vector that does not have the graph of each node.

    Raises:
        ValueError: another shape than (n,), or a negative number of a graph.

    Example:
        >>> import torch
        >>> check_batch(torch.tensor([0, 0, 1]), 2)
        Traceback (most recent call last):
            ...
        ValueError: batch must have the graph of each of 2 nodes, from 0; got shape (3,)
    """
    if batch is None:
        return
    wanted = f"batch must have the graph of each of {num_nodes} nodes, from 0; got"
    if batch.shape != (num_nodes,):
        raise ValueError(f"{wanted} shape {tuple(batch.shape)}")
    if len(batch) and int(batch.min()) < 0:
        raise ValueError(f"{wanted} {int(batch.min())}")


def check_ptr(ptr: Tensor | None, edge_index: Edges, num_nodes: int) -> None:
    """Raise for offsets that are not those of the graphs of a batch.

    Raises:
        ValueError: offsets that do not rise from 0 to n, or an edge between two graphs.

    Example:
        >>> import torch
        >>> check_ptr(torch.tensor([0, 1, 3]), torch.tensor([[0], [1]]), 3)
        Traceback (most recent call last):
            ...
        ValueError: edges must join nodes of one graph of the batch; got 0 -> 1; take ptr from the same batch
    """
    if ptr is None:
        return
    if len(ptr) == 0 or int(ptr[0]) != 0 or int(ptr[-1]) != num_nodes or bool((ptr.diff() < 0).any()):
        raise ValueError(f"ptr must rise from 0 to the number of nodes, {num_nodes}; got {ptr[:5].tolist()} ...")
    graph = torch.bucketize(edge_index, ptr, right=True)
    between = (graph[0] != graph[1]).nonzero()[:, 0]
    if len(between):
        source, target = edge_index[:, between[0]].tolist()
        raise ValueError(
            f"edges must join nodes of one graph of the batch; got {source} -> {target}; "
            "take ptr from the same batch"
        )


def check_share(name: str, value: float) -> None:
    """Raise for a rate, a share or a probability outside [0, 1].

    Raises:
        ValueError: such a value.

    Example:
        >>> check_share("edge_rate", 1.5)
        Traceback (most recent call last):
            ...
        ValueError: edge_rate must lie in [0, 1]; got 1.5
    """
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must lie in [0, 1]; got {value}")


def check_not_negative(name: str, values: Tensor) -> None:
    """Raise for values that are negative, infinite or NaN, with the first of them.

    Raises:
        ValueError: one of them.

    Example:
        >>> import torch
        >>> check_not_negative("edge_weight", torch.tensor([1.0, -2.0]))
        Traceback (most recent call last):
            ...
        ValueError: edge_weight must be finite and not negative; got -2; clamp or replace it
    """
    wrong = values[~((values >= 0) & values.isfinite())]
    if len(wrong):
        raise ValueError(f"{name} must be finite and not negative; got {float(wrong[0]):g}; clamp or replace it")
