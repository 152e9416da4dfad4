"""A graph, or a batch of graphs, with other edges or fewer nodes, and the attributes that follow them."""

from copy import copy

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from graphcl.augment.attributes import edge_attachments, edge_keys, node_keys, node_numbers, without
from graphcl.augment.degrees import scale_degree
from graphcl.augment.nodes import Subgraph
from graphcl.graph_collection import bounds
from graphcl.ops.graph_matrices.sparse import select_rows


def with_edges(data: Data, edge_index: Tensor, origin: Tensor) -> Data:
    """A copy with other edges, each with the attributes of an edge of the input.

    The attachment `degree` of a sampled batch is scaled, see `graphcl.augment.degrees.scale_degree`.

    Args:
        data: a graph or a batch of graphs.
        edge_index: (2, k), the edges that the copy has; in a batch it puts those of one graph together.
        origin: (k,), the edge of the input from which each takes its attributes.

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
    return scale_degree(_sliced(out, data), data)


def without_edges(data: Data, stays: Tensor) -> Data:
    """A copy with some of the edges, in their order; see `with_edges`.

    Args:
        data: a graph or a batch of graphs.
        stays: (e,), True for the edges that stay.

    Example:
        >>> data = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]))
        >>> without_edges(data, torch.tensor([False, True])).edge_index.tolist()
        [[1], [2]]
    """
    kept = stays.nonzero().flatten()
    return with_edges(data, data.edge_index[:, kept], kept)


def with_weighted_edges(data: Data, edge_index: Tensor, edge_weight: Tensor) -> Data:
    """A copy with new edges, sorted by graph, and their weights; attachments of the replaced edges are removed.

    Raises:
        ValueError: replaced edges with attributes of their own besides weights, which no new edge could take.

    Example:
        >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 2]]), num_nodes=3)
        >>> with_weighted_edges(data, torch.tensor([[2], [2]]), torch.ones(1))
        Data(edge_index=[2, 1], num_nodes=3, edge_weight=[1])
    """
    attached = edge_attachments(data)
    others = [key for key in edge_keys(data) if key != "edge_weight" and key not in attached]
    if others:
        raise ValueError(f"{others[0]} belongs to edges that are replaced; remove it first: del data.{others[0]}")
    out = without(copy(data), attached)
    out.edge_index, out.edge_weight = edge_index, edge_weight
    return scale_degree(_sliced(out, data), data)


def with_nodes(data: Data, part: Subgraph) -> Data:
    """A copy with some of the nodes and the edges between them; in a batch every graph must keep a node.

    Raises:
        ValueError: an attribute that holds node numbers, such as a second set of edges: they would be wrong.

    Example:
        >>> from graphcl.augment import induced_subgraph
        >>> data = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]))
        >>> part = induced_subgraph(data.edge_index, torch.tensor([False, True, True]))
        >>> with_nodes(data, part).edge_index.tolist()
        [[0], [1]]
    """
    if numbers := node_numbers(data):
        raise ValueError(f"{numbers[0]} holds node numbers, which change; {numbers[1]}")
    out = copy(data)
    kept = part.nodes.nonzero().flatten()
    for key in node_keys(data):
        out[key] = select_rows(data[key], kept)
    for key in edge_keys(data):
        out[key] = data[key][part.edges]
    out.edge_index = part.edge_index
    if "num_nodes" in out:
        out.num_nodes = len(kept)
    return scale_degree(_sliced(out, data), data, kept)


def _sliced(out: Data, before: Data) -> Data:
    """A batch that says where in it each graph begins and ends, so that PyG can take it apart again.

    PyG keeps this in private attributes and offers no others.
    """
    if not isinstance(before, Batch):
        return out
    sizes = torch.bincount(out.batch, minlength=before.num_graphs)
    out.ptr = bounds(sizes)
    if not hasattr(before, "_slice_dict"):
        return out
    of_nodes = out.ptr.cpu()  # those of sparse features have a second dimension
    of_edges = bounds(torch.bincount(out.batch[out.edge_index[0]], minlength=before.num_graphs)).cpu()
    slices = {key: value for key, value in before._slice_dict.items() if key in out}  # noqa: SLF001
    shifts = {key: value for key, value in before._inc_dict.items() if key in out}  # noqa: SLF001
    slices |= {key: of_nodes.view_as(slices[key]) for key in node_keys(before) if key in slices}
    for key in ["edge_index", *edge_keys(out)]:
        slices[key] = of_edges
        shifts[key] = of_nodes[:-1] if key == "edge_index" else torch.zeros_like(of_nodes[:-1])
    out._slice_dict, out._inc_dict = slices, shifts  # noqa: SLF001
    if hasattr(before, "_num_nodes"):
        out._num_nodes = sizes.tolist()  # noqa: SLF001
    return out
