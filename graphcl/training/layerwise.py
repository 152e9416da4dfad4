"""Layer-wise inference: the rows of all nodes after one layer, in blocks, before the next layer."""

from collections.abc import Sequence

from graphcl.training.method import Layer
from graphcl.training.node_batches import ALL_NEIGHBOURS, NodeBatches
from graphcl.training.row_store import RowStore


def embed_by_layers(layers: Sequence[Layer], batches: NodeBatches, store: RowStore) -> None:
    """Layer-wise inference: append the rows of the last layer, in the order of the nodes.

    Each neighbourhood is read once a layer, where blocks of all L hops would read it up to d^L times in a graph of
    mean degree d. The rows of one layer below are held; each block is as large as the batches say.

    Args:
        layers: from a batch, whose x are rows of the layer below, to one row per node.
        batches: of the graph.
        store: takes the rows.
    """
    below = None
    for depth, layer in enumerate(layers, start=1):
        target = store if depth == len(layers) else RowStore(None)
        for seeds in batches.blocks():
            batch = batches.sample(seeds, [ALL_NEIGHBOURS], x=below)
            target.append(layer(batch)[: batch.seeds])
        if target is not store:
            below = target.rows()
