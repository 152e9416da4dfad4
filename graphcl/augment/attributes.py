"""What else changes when edges or nodes do: attributes that go with edges, with nodes, and the books of a batch.

Names decide, sizes confirm. A tensor is of the edges if its name begins with `edge_` (or is `e_id`) and it has one
row per edge; any other tensor with one row per node is of the nodes. PyG guesses by size first, which goes wrong
where a graph has as many nodes as edges. Pairs to be predicted, `edge_label_index`, and their `edge_label` are of
neither. The rest (graph-level targets, numbers, lists) stays as it is.
"""

from copy import copy

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from graphcl.augment.nodes import Subgraph
from graphcl.ops.sparse import select_rows


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
        if not isinstance(data.get(name), Tensor):
            raise ValueError(f"data must have the tensor {name}; got {sorted(data.to_dict())}")  # noqa: TRY004
    if not any(key in data for key in ("num_nodes", "x", "pos", "batch")):
        raise ValueError(f"data must say how many nodes it has; got {sorted(data.to_dict())}; set data.num_nodes")
    return data


def edge_keys(data: Data) -> list[str]:
    """Names of the attributes with one row per edge, `edge_index` apart.

    What has an index of its own, as `edge_label` has `edge_label_index`, is not of these edges, however many rows
    there are.

    Example:
        >>> circle = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]), edge_attr=torch.ones(2, 1))
        >>> edge_keys(circle), node_keys(circle)
        (['edge_attr'], ['x'])
    """
    rows = data.edge_index.size(1)
    return [
        key
        for key, value in data.to_dict().items()
        if _of_edges(key) and not _of_pairs(data, key) and _rows(value) == rows
    ]


def node_keys(data: Data) -> list[str]:
    """Names of the attributes with one row per node; in a batch each graph must have as many as it has nodes."""
    others = {"edge_index", "e_id", "ptr"}
    rows = data.num_nodes
    return [
        key
        for key, value in data.to_dict().items()
        if not _of_edges(key) and key not in others and _rows(value) == rows and _by_graph(data, key)
    ]


def with_edges(data: Data, edge_index: Tensor, origin: Tensor) -> Data:
    """A copy with other edges, each with the attributes of an edge of old.

    Args:
        data: a graph or a batch of graphs.
        edge_index: (2, k), the edges that the copy has; in a batch it puts those of one graph together.
        origin: (k,), the edge of old from which each takes its attributes.

    Example:
        >>> data = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]), edge_weight=torch.rand(2))
        >>> with_edges(data, data.edge_index[:, 1:], torch.tensor([1])).edge_weight == data.edge_weight[1]
        tensor([True])
    """
    out = copy(data)
    if isinstance(data, Batch):
        order = torch.argsort(data.batch[edge_index[0]], stable=True)
        edge_index, origin = edge_index[:, order], origin[order]
    for key in edge_keys(data):
        out[key] = data[key][origin]
    out.edge_index = edge_index
    return _booked(out, data)


def with_weighted_edges(data: Data, edge_index: Tensor, edge_weight: Tensor) -> Data:
    """A copy with edges that have nothing to do with those of old, sorted by graph, and their weights.

    Raises:
        ValueError: edges of old with attributes besides their weights, which no new edge could take.

    Example:
        >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 2]]), num_nodes=3)
        >>> with_weighted_edges(data, torch.tensor([[2], [2]]), torch.ones(1))
        Data(edge_index=[2, 1], num_nodes=3, edge_weight=[1])
    """
    others = [key for key in edge_keys(data) if key != "edge_weight"]
    if others:
        raise ValueError(f"{others[0]} belongs to edges that are replaced; remove it first: del data.{others[0]}")
    out = copy(data)
    out.edge_index, out.edge_weight = edge_index, edge_weight
    return _booked(out, data)


def with_nodes(data: Data, part: Subgraph) -> Data:
    """A copy with some of the nodes and the edges between them; in a batch every graph must keep a node.

    Raises:
        ValueError: an attribute that holds node numbers, which would no longer be right.

    Example:
        >>> from graphcl.augment import induced_subgraph
        >>> data = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]))
        >>> part = induced_subgraph(data.edge_index, torch.tensor([False, True, True]))
        >>> with_nodes(data, part).edge_index.tolist()
        [[0], [1]]
    """
    numbers = [key for key in data.to_dict() if ("index" in key and key != "edge_index") or key == "face"]
    if numbers:
        raise ValueError(f"{numbers[0]} holds node numbers, which change; remove it first: del data.{numbers[0]}")
    out = copy(data)
    kept = part.nodes.nonzero().flatten()
    for key in node_keys(data):
        out[key] = select_rows(data[key], kept)
    for key in edge_keys(data):
        out[key] = data[key][part.edges]
    out.edge_index = part.edge_index
    if "num_nodes" in out:
        out.num_nodes = len(kept)
    return _booked(out, data)


def _booked(out: Data, before: Data) -> Data:
    """A batch with the places in it where each graph begins and ends, from which PyG takes it apart again.

    PyG keeps these in private attributes and offers no others.
    """
    if not isinstance(before, Batch):
        return out
    sizes = torch.bincount(out.batch, minlength=before.num_graphs)
    out.ptr = _places(sizes)
    if not hasattr(before, "_slice_dict"):
        return out
    of_nodes = out.ptr.cpu()  # those of sparse features have a second dimension
    of_edges = _places(torch.bincount(out.batch[out.edge_index[0]], minlength=before.num_graphs)).cpu()
    slices, shifts = dict(before._slice_dict), dict(before._inc_dict)  # noqa: SLF001
    slices |= {key: of_nodes.view_as(slices[key]) for key in node_keys(before) if key in slices}
    for key in ["edge_index", *edge_keys(out)]:
        slices[key] = of_edges
        shifts[key] = of_nodes[:-1] if key == "edge_index" else torch.zeros_like(of_nodes[:-1])
    out._slice_dict, out._inc_dict = slices, shifts  # noqa: SLF001
    if hasattr(before, "_num_nodes"):
        out._num_nodes = sizes.tolist()  # noqa: SLF001
    return out


def _of_edges(key: str) -> bool:
    return (key.startswith("edge_") and key != "edge_index") or key == "e_id"


def _of_pairs(data: Data, key: str) -> bool:
    """Whether an attribute is or has an index of its own: of pairs to be predicted, not of edges."""
    return key.endswith("_index") or f"{key}_index" in data


def _by_graph(data: Data, key: str) -> bool:
    """Whether the parts of an attribute are as long as the graphs, as far as the batch keeps books of it."""
    slices = getattr(data, "_slice_dict", {})
    return key not in slices or torch.equal(slices[key].flatten(), data.ptr.cpu())


def _places(sizes: Tensor) -> Tensor:
    return torch.cat([sizes.new_zeros(1), torch.cumsum(sizes, 0)])


def _rows(value: object) -> int:
    """How many rows a tensor has; -1 for anything else."""
    return value.size(0) if isinstance(value, Tensor) and value.dim() else -1
