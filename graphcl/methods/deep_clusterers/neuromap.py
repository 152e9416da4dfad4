"""Neuromap: a graph neural network trained on the map equation, which finds the number of clusters by itself.

[Bloecker, Tan, Scholtes, "The Map Equation Goes Neural: Mapping Network Flows with Graph Neural Networks", NeurIPS
2024, arXiv 2310.01144]; the authors' code is chrisbloecker/neuromap, read at 51e0c79. Of the paper the abstract
was at hand.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders.gnn import Norm
from graphcl.heads import SoftmaxHead
from graphcl.methods.bases.soft_partition import SoftPartition
from graphcl.methods.bases.soft_partitioner import SoftPartitioner
from graphcl.objectives.partition_quality import LinkShares, PartitionSums, flow_shares, partition_sums
from graphcl.objectives.partition_quality.map_equation import codelength_of, visit_entropy
from graphcl.objectives.partition_quality.modularity import collapse_of
from graphcl.training import Selection, Stage, adam
from graphcl.typing import CountOrZero, Layers, NonNegative, Positive, Probability


@dataclass(kw_only=True, eq=False, repr=False)
class Neuromap(SoftPartitioner):
    """The map equation of soft modules in bits, without regularisation: unneeded modules stay empty.

    The authors give n_clusters = round(sqrt n), stop 100 epochs after the lowest codelength, of 10,000 at most,
    and keep the state that had it; here the number of epochs is fixed, and that state is kept all the same.
    Their last convolution gives the logits; here a linear head follows the encoder, as in DMoN.

    Args:
        n_clusters: the most modules there can be.
        temperature: of the softmax; the authors' starts at 0.5, and where they ran it, on GPUs, it stays there.
        teleport: alpha of the random walk; without effect on undirected graphs, and so on all that this reads.
        collapse_weight: of DMoN's collapse regularisation of the sizes; the authors have none, PyAGC has 1 or 5.
        select_every: epochs between two looks at the codelength of the whole graph, without dropout, whose lowest
            decides which state is kept; it reads no labels. 0 keeps the last state.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> model = Neuromap(n_clusters=6, hidden_channels=16, epochs=5).fit(karate)
        >>> model.soft_labels_.shape, model.history_[-1].keys()
        (torch.Size([34, 6]), dict_keys(['stage', 'epoch', 'loss', 'codelength', 'compression']))
    """

    name: ClassVar[str] = "neuromap"

    num_layers: Layers = 2
    dropout: Probability = 0.5
    norm: Norm | None = "batch"
    temperature: Positive = 0.5
    teleport: Probability = 0.15
    collapse_weight: NonNegative = 0.0
    select_every: CountOrZero = 10

    def _build(self, data: Data) -> SoftPartition:
        head = SoftmaxHead(self.n_clusters, self.out_channels, logits="orthogonal", temperature=self.temperature)
        links = partial(flow_shares, teleport=self.teleport)
        sampled = self.batch_size is not None
        return SoftPartition(self._encoder(data), head, self._losses, links=links, sampled=sampled)

    def _losses(self, sums: PartitionSums, shares: LinkShares) -> dict[str, Tensor]:
        losses = {"codelength": codelength_of(sums, visit_entropy(shares.visits))}
        if self.collapse_weight:
            losses["collapse"] = self.collapse_weight * collapse_of(sums.sizes)
        return losses

    def _stages(self) -> list[Stage]:
        selection = Selection("compression", self.select_every, compression) if self.select_every else None
        optimizers = adam(self.lr, self.weight_decay)
        return [Stage("partition", self.epochs, optimizers, selection=selection, **self._sampling())]


@torch.no_grad()
def compression(module: SoftPartition, z: Tensor) -> float:
    """Minus the codelength in bits of the whole graph's partition, for embeddings of all nodes.

    Args:
        module: trained on the graph, in evaluation mode.
        z: (n, d).
    """
    dtype, device = module.shares.out.dtype, module.shares.out.device
    training = module.head.training
    module.head.eval()
    sums = partition_sums(module.head.assign(z.to(device, dtype)), module.shares)
    module.head.train(training)
    return -float(codelength_of(sums, visit_entropy(module.shares.visits)))
