"""Communities of a graph for batches, by the Leiden algorithm, where its packages are installed."""

import torch
from torch import Tensor

from graphcl.typing import Edges, Labels


def leiden_communities(edge_index: Edges, num_nodes: int) -> Labels:
    """Communities by modularity, found by `leidenalg.find_partition` from single nodes; weights are not read.

    Args:
        edge_index: (2, e); directions, repeats and self loops do not count.
        num_nodes: n.

    Returns:
        (n,), from 0, on the device of the edges; the same for the same graph.

    Raises:
        ImportError: leidenalg or igraph is missing.
    """
    try:
        import igraph
        import leidenalg
    except ImportError as error:
        remedy = "pip install 'graphcl[community]', or take batches='clusters'"
        raise ImportError(f"batches='communities' needs leidenalg and igraph; {remedy}") from error
    low, high = edge_index.cpu().aminmax(dim=0)
    pairs = torch.unique((low * num_nodes + high)[low < high])
    network = igraph.Graph(n=num_nodes, edges=torch.stack([pairs // num_nodes, pairs % num_nodes], 1).numpy())
    found = leidenalg.find_partition(network, leidenalg.ModularityVertexPartition, seed=0)
    labels: Tensor = torch.tensor(found.membership, device=edge_index.device)
    return labels
