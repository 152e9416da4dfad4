"""Layer-wise inference: the rows of all nodes after one layer, in blocks, before the next layer."""

from collections.abc import Sequence
from contextlib import ExitStack

from graphcl.feature_source import TensorFeatures
from graphcl.training.batching.node_batches import ALL_NEIGHBOURS, NodeBatches
from graphcl.training.method import Layer
from graphcl.training.row_store import RowStore


def embed_by_layers(layers: Sequence[Layer], batches: NodeBatches, store: RowStore) -> None:
    """Layer-wise inference: append the rows of the last layer, in the order of the nodes.

    Each neighbourhood is read once a layer, where blocks of all L hops would read it up to d^L times in a graph of
    mean degree d. The rows of the layers below lie where the store has its own: on the device, or in temporary
    files beside its file, of which two are there at a time; from those a block's rows are gathered, so that memory
    holds a block and its neighbours. The files go when they are done with, also after an error.

    Args:
        layers: from a batch, whose x are rows of the layer below, to one row per node.
        batches: of the graph.
        store: takes the rows.
    """
    stores = [*(store.beside() for _ in layers[1:]), store]
    with ExitStack() as temporary:
        for lower in stores[:-1]:
            temporary.enter_context(lower)
        for layer, below, target in zip(layers, [None, *stores], stores, strict=False):
            _append_all(layer, batches, below, target)
            if below is not None:
                below.discard()


def _append_all(layer: Layer, batches: NodeBatches, below: RowStore | None, target: RowStore) -> None:
    """The rows of one layer from those of the layer below, or from the features."""
    x = None if below is None else TensorFeatures(below.unnamed())
    for seeds in batches.blocks():
        batch = batches.sample(seeds, [ALL_NEIGHBOURS], x=x)
        target.append(layer(batch)[: batch.seeds])
