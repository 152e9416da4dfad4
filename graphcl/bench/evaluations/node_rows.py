"""The rows of the nodes by a fitted method, also by one whose embedding has one row per graph."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.datasets import GraphCollection
from graphcl.methods.bases.graph_encoder import GraphEncoderModule
from graphcl.training import GraphEstimator
from graphcl.training.batching.graph_batches import GraphBatches
from graphcl.typing import Nodes


def node_rows(estimator: GraphEstimator, data: Data | GraphCollection) -> Nodes:
    """One row per node of the data that a method was fitted on.

    A method of one graph gives its embedding; one of many graphs the rows of its frozen encoder, before the mean.

    Args:
        estimator: a fitted method.
        data: what it was fitted on.

    Returns:
        (n, d), on the CPU.

    Raises:
        ValueError: a method of many graphs whose module has no encoder of nodes.

    Example:
        >>> import graphcl
        >>> graph = graphcl.datasets.load("karate").graph
        >>> node_rows(graphcl.RandomGNN().fit(graph), graph).shape[0]
        34
    """
    if not isinstance(data, GraphCollection):
        rows: Tensor = estimator.embedding_
        return rows
    module = getattr(estimator, "module_", None)
    if not isinstance(module, GraphEncoderModule):
        raise ValueError(  # noqa: TRY004
            f"{estimator.name} has no rows of nodes, which links need; choose dsla, attr-masking, edge-pred, "
            "graph-cl, simgrace, infograph or infomax"
        )
    device = next(module.parameters()).device
    with torch.no_grad():
        blocks = [module.rows(batch).float().cpu() for batch in GraphBatches(data.to(device)).sweep()]
    return torch.cat(blocks)
