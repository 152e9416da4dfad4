"""In-degrees of the whole graph that a sample carries, scaled when an augmenter changes the sample's edges."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Data

Degrees = Float[Tensor, "n *relations"]
"""One in-degree for each node, (n,), or for each node and relation, (n, relations)."""

Counts = Int[Tensor, "n *relations"]


def scale_degree(out: Data, before: Data, nodes: Int[Tensor, " kept"] | None = None) -> Data:
    """Set the declared attachment `degree` of a changed graph to the in-degrees that its nodes now have.

    A sampled batch may carry `degree`, each node's in-degree in the whole graph, while its `edge_index` holds some
    of the in-edges. The others are taken to change as those in the sample did, see `scaled_degree`.

    Args:
        out: the changed graph, which is written to. It is returned as it is where it has no such attachment, or
            another one than `before` had.
        before: the graph before the change.
        nodes: which nodes of `before` those of `out` are; None for all of them.

    Raises:
        ValueError: a degree for each relation, but no `edge_type`.

    Example:
        >>> from copy import copy
        >>> from graphcl.attachments import attach
        >>> path = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))
        >>> before = attach(path, "node", degree=torch.tensor([1.0, 8.0, 1.0]))  # node 1: 2 of 8 in the sample
        >>> out = copy(before)
        >>> out.edge_index = before.edge_index[:, 1:]  # one of the two is dropped
        >>> scale_degree(out, before).degree
        tensor([1., 4., 1.])
    """
    degree = before.get("degree")
    if (before.get("axes") or {}).get("degree") != "node" or degree is None:
        return out
    if nodes is None:
        same_edges = out.get("edge_index") is before.edge_index
        if same_edges or out.get("degree") is not degree or out.num_nodes != before.num_nodes:
            return out
    relations = degree.size(1) if degree.dim() == 2 else None
    had, has = _in_degrees(before, relations), _in_degrees(out, relations)
    if nodes is not None:
        degree, had = degree[nodes], had[nodes]
    out.degree = scaled_degree(degree, had, has)
    return out


def scaled_degree(degree: Degrees, had: Counts, has: Counts) -> Degrees:
    """In-degrees in the whole graph after a change of edges that is known of a sample alone.

    A node whose h in-edges in the sample became k has degree * k / h; one without in-edges there, degree times the
    quotient of the sample's numbers of edges (of the same relation). Exact where the sample holds all in-edges.

    Args:
        degree: in the whole graph, before the change.
        had: in-degrees in the sample before the change.
        has: in-degrees in the sample after it.

    Example:
        >>> scaled_degree(torch.tensor([6.0, 4.0, 0.0]), torch.tensor([3, 0, 0]), torch.tensor([2, 0, 1]))
        tensor([4., 4., 1.])
    """
    before, after = had.double(), has.double()
    total = before.sum(0)
    share = torch.where(total > 0, after.sum(0) / total.clamp(min=1), 1.0)
    scaled = torch.where(before > 0, degree * after / before.clamp(min=1), degree * share)
    return torch.where(degree > 0, scaled, after).to(degree.dtype)


def _in_degrees(data: Data, relations: int | None) -> Counts:
    n, target = int(data.num_nodes), data.edge_index[1].long()
    if relations is None:
        return torch.bincount(target, minlength=n)
    if data.get("edge_type") is None:
        raise ValueError(f"degree has {relations} columns, one for each relation; the graph must have edge_type")
    return torch.bincount(target * relations + data.edge_type, minlength=n * relations).view(n, relations)
