"""Inference: embeddings of all nodes or graphs by a method in its current state."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.ops.machine.runtime import Runtime
from graphcl.training.batching.batches import Batches
from graphcl.training.batching.graph_batches import GraphBatches
from graphcl.training.batching.node_batches import NodeBatches
from graphcl.training.layerwise import embed_by_layers
from graphcl.training.method import Method
from graphcl.training.row_store import RowStore


@torch.no_grad()
def embed_all(
    method: Method,
    batches: Batches,
    runtime: Runtime,
    embed: Callable[[Data], Tensor] | None = None,
    *,
    out: Path | None = None,
) -> Tensor:
    """Embeddings of all seeds, in order, in evaluation mode and in float32 at least.

    Where the batches of one graph sweep it in blocks (`NodeBatches(hops=...)`) and the method says which layers it
    consists of, one layer after the other is computed for all nodes, each neighbourhood once; otherwise each block
    takes all neighbours within the method's hops with it.

    Args:
        method: its mode, training or evaluation, is put back afterwards.
        batches: its `sweep` gives every seed once.
        runtime: precision and device.
        embed: what makes the rows of a batch; None is `method.embed`.
        out: an npy file that the rows are written to, mapped into memory; None keeps them on the run's device. The
            rows of lower layers then lie in temporary files beside it, so that memory holds a block at a time.

    Returns:
        (n, d), on the run's device, or mapped from the file.
    """
    training = method.training
    method.eval()
    try:
        with runtime.autocast(), RowStore(out, _count(batches)) as store:
            layers = method.layers if embed is None else None
            if layers and isinstance(batches, NodeBatches) and batches.hops:
                embed_by_layers(layers, batches, store)
            else:
                for batch in batches.sweep():
                    store.append((embed or method.embed)(batch))
            return store.rows()
    finally:
        method.train(training)


def _count(batches: Batches) -> int | None:
    """How many rows there will be, where it is known."""
    if isinstance(batches, NodeBatches):
        return batches.num_nodes
    return len(batches.graphs) if isinstance(batches, GraphBatches) else None
