"""Which attributes of a graph go with its edges and which with its nodes.

An attribute that is declared in `data.axes` (see `graphcl.attachments`) follows its declaration: one of the axis
"edge" goes with the edges, one of "node" with the nodes; those of "row" and "whole" and second edge sets stay.
Others follow their name, confirmed by size: a tensor belongs to the edges if its name begins with `edge_` (or is
`e_id`) and it has one row per edge; any other tensor with one row per node belongs to the nodes. PyG guesses by
size first, which goes wrong where a graph has as many nodes as edges. Pairs to be predicted, `edge_label_index`,
and their `edge_label` belong to neither. The rest (targets of graphs, numbers, lists) stays as it is.
"""

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.feature_source import is_feature_source


def require(data: Data, *names: str) -> Data:
    """The input itself, if it is a graph or a batch of graphs that has these tensors.

    Raises:
        TypeError: neither `Data` nor `Batch`.
        ValueError: a tensor is missing, or the number of nodes.

    Example:
        >>> require(Data(x=torch.eye(2)), "x", "edge_index")
        Traceback (most recent call last):
            ...
        ValueError: data must have the tensor edge_index; got ['x']
    """
    if not isinstance(data, Data):
        raise TypeError(f"data must be a torch_geometric Data or Batch; got {type(data).__name__}")
    for name in names:
        value = data.get(name)
        if value is not None and not isinstance(value, Tensor):
            got = type(value).__name__
            raise ValueError(f"{name} must be a tensor where it is read as a whole; got {got}; give it as one")
        if value is None:
            raise ValueError(f"data must have the tensor {name}; got {sorted(data.to_dict())}")
    if not any(key in data for key in ("num_nodes", "x", "pos", "batch")):
        raise ValueError(f"data must say how many nodes it has; got {sorted(data.to_dict())}; set data.num_nodes")
    return data


def require_features(data: Data, *names: str) -> Data:
    """The same with features besides, a tensor or a feature source."""
    return require(data, *names) if is_feature_source(data.get("x")) else require(data, "x", *names)


def edge_keys(data: Data) -> list[str]:
    """Names of the attributes with one row per edge, `edge_index` apart.

    What has an index of its own, as `edge_label` has `edge_label_index`, is not of these edges, however many rows
    there are.

    Raises:
        ValueError: an attachment declared to go with the edges that has another number of rows.

    Example:
        >>> circle = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]), edge_attr=torch.ones(2, 1))
        >>> edge_keys(circle), node_keys(circle)
        (['edge_attr'], ['x'])
    """
    rows = data.edge_index.size(1)
    declared = _declared(data, "edge_index", rows)
    return [
        key
        for key, value in data.to_dict().items()
        if key in declared
        or (not _axis(data, key) and _of_edges(key) and not _of_pairs(data, key) and _rows(value) == rows)
    ]


def node_keys(data: Data) -> list[str]:
    """Names of the attributes with one row per node; in a batch each graph must have as many as it has nodes.

    Raises:
        ValueError: an attachment declared to go with the nodes that has another number of rows.

    Example:
        >>> from graphcl.attachments import attach
        >>> pair = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]), depth=torch.tensor([0, 1]))
        >>> node_keys(attach(pair, "whole", scale=torch.ones(2)))
        ['x', 'depth']
    """
    others = {"edge_index", "e_id", "ptr"}
    rows = int(data.num_nodes)
    declared = _declared(data, "node", rows)
    return [
        key
        for key, value in data.to_dict().items()
        if key in declared
        or (
            not _axis(data, key)
            and not _of_edges(key)
            and key not in others
            and _rows(value) == rows
            and _by_graph(data, key)
        )
    ]


def node_numbers(data: Data) -> tuple[str, str] | None:
    """The first attribute besides `edge_index` that holds node numbers, with a remedy; None where there is none.

    Example:
        >>> pairs = Data(edge_index=torch.tensor([[0], [1]]), edge_label_index=torch.tensor([[1], [0]]))
        >>> node_numbers(pairs)
        ('edge_label_index', 'remove it first: del data.edge_label_index')
    """
    for key in data.to_dict():
        if _axis(data, key) == "edge_set":
            return key, "attach this set of edges after dropping nodes"
        if ("index" in key and key != "edge_index" and not _axis(data, key)) or key == "face":
            return key, f"remove it first: del data.{key}"
    return None


def without(data: Data, names: list[str]) -> Data:
    """Remove attachments and their declarations from a graph that may be written to.

    Example:
        >>> from graphcl.attachments import attach
        >>> pair = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> "drop" in without(attach(pair, "edge", drop=torch.ones(2)), ["drop"])
        False
    """
    if names:
        data.axes = {name: axis for name, axis in data.axes.items() if name not in names}
        for name in names:
            del data[name]
    return data


def without_stale(out: Data, before: Data) -> Data:
    """Remove the attachments of edges that a transform changed without changing the attachments.

    Args:
        out: the changed graph, which is written to.
        before: the graph before the change.

    Example:
        >>> from torch_geometric.transforms import AddSelfLoops
        >>> from graphcl.attachments import attach
        >>> pair = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> before = attach(pair, "edge", drop=torch.ones(2))
        >>> "drop" in without_stale(AddSelfLoops()(before), before)
        False
    """
    had, has = before.get("edge_index"), out.get("edge_index")
    if had is None or has is None or has is had or torch.equal(has, had):
        return out
    return without(out, [key for key in edge_attachments(out) if out.get(key) is before.get(key)])


def edge_attachments(data: Data) -> list[str]:
    """Names of the attachments declared to go with the edges.

    Example:
        >>> from graphcl.attachments import attach
        >>> pair = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]), edge_weight=torch.ones(2))
        >>> edge_attachments(attach(pair, "edge", drop=torch.ones(2)))
        ['drop']
    """
    return [key for key in data.get("axes") or {} if _axis(data, key) == "edge_index"]


def _axis(data: Data, key: str) -> str | None:
    """The declared axis of an attribute; PyG's batches of graphs keep a list with that of each graph."""
    axis: str | list[str] | None = (data.get("axes") or {}).get(key)
    return axis[0] if isinstance(axis, list) else axis


def _declared(data: Data, axis: str, rows: int) -> set[str]:
    """The attachments along an axis; each must have as many rows as there are."""
    found = {key for key in data.get("axes") or {} if _axis(data, key) == axis and key in data}
    for key in found:
        if _rows(data[key]) != rows:
            raise ValueError(
                f"{key} must have {rows} rows, one for each along {axis!r}; got {_rows(data[key])}; a transform "
                "changed the graph without it: call transforms by graphcl.augment.apply"
            )
    return found


def _of_edges(key: str) -> bool:
    return (key.startswith("edge_") and key != "edge_index") or key == "e_id"


def _of_pairs(data: Data, key: str) -> bool:
    """Whether an attribute is or has an index of its own: of pairs to be predicted, not of edges."""
    return key.endswith("_index") or f"{key}_index" in data


def _by_graph(data: Data, key: str) -> bool:
    """Whether the parts of an attribute are as long as the graphs, as far as the batch records them."""
    slices = getattr(data, "_slice_dict", {})
    return key not in slices or torch.equal(slices[key].flatten(), data.ptr.cpu())


def _rows(value: object) -> int:
    """How many rows a tensor has; -1 for anything else."""
    return value.size(0) if isinstance(value, Tensor) and value.dim() else -1
