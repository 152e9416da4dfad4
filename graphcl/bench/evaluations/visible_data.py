"""A dataset without its held-out edges: what a method is fitted on and embeds in link prediction."""

from dataclasses import replace

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.datasets import GraphCollection, GraphCollectionDataset
from graphcl.datasets.own.made_features import MADE, make_features
from graphcl.datasets.sources.source import Dataset
from graphcl.evaluation import LinkSplit, split_links
from graphcl.graph_collection import bounds


def dataset_links(dataset: Dataset, seed: int) -> LinkSplit:
    """A random split of the edges of a graph, or of all graphs together.

    Args:
        dataset: one graph of one relation, or many graphs.
        seed: of the split.

    Raises:
        ValueError: a graph of several relations, or too few edges.

    Example:
        >>> from graphcl.datasets import load
        >>> dataset_links(load("karate"), 0).test.shape
        torch.Size([2, 7])
    """
    if not isinstance(dataset, GraphCollectionDataset):
        if dataset.relations:
            raise ValueError(
                f"link prediction is for graphs of one relation; got {len(dataset.relations)} in {dataset.name}; "
                "take one of them"
            )
        return split_links(dataset.graph.edge_index, dataset.graph.num_nodes, seed=seed)
    graphs = dataset.graphs
    edges, graph = _over_all(graphs)
    return split_links(edges, len(graphs.x), graph=graph, seed=seed)


def visible_data(dataset: Dataset, split: LinkSplit) -> Data | GraphCollection:
    """The data without held-out edges; features that are made of edges are made again from what is visible.

    Args:
        dataset: that the split was made of.
        split: from `dataset_links`; of a leaky split, the data as it is.

    Example:
        >>> from graphcl.datasets import load
        >>> karate = load("karate")
        >>> visible_data(karate, dataset_links(karate, 0)).edge_index.shape, karate.graph.edge_index.shape
        (torch.Size([2, 136]), torch.Size([2, 156]))
    """
    features = dataset.parameters.get("features")
    if not isinstance(dataset, GraphCollectionDataset):
        graph = split.apply(dataset.graph)
        if features in MADE:
            weight = graph.get("edge_weight")
            seed = int(dataset.parameters.get("feature_seed", 0))
            graph.x = make_features(str(features), graph.edge_index, split.num_nodes, weight, seed)
        return graph
    graphs, visible = dataset.graphs, split.visible
    edges = graphs.edge_index[:, visible]
    of = torch.repeat_interleave(torch.arange(len(graphs)), graphs.edge_ptr.diff())[visible]
    x = graphs.x
    if features == "degree":
        degree = torch.bincount(split.edge_index[0], minlength=len(x))
        x = degree[:, None].to(x.dtype)
    attr = None if graphs.edge_attr is None else graphs.edge_attr[visible]
    edge_ptr = bounds(torch.bincount(of, minlength=len(graphs)))
    return replace(graphs, x=x, edge_index=edges, edge_ptr=edge_ptr, edge_attr=attr)


def _over_all(graphs: GraphCollection) -> tuple[Tensor, Tensor]:
    """The edges with nodes numbered over all graphs, and the graph of each node."""
    number = torch.arange(len(graphs))
    graph = torch.repeat_interleave(number, graphs.node_ptr.diff())
    first = torch.repeat_interleave(graphs.node_ptr[:-1], graphs.edge_ptr.diff())
    return graphs.edge_index.long() + first, graph
