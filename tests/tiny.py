"""Three tiny methods that prove the loop's protocol: each uses a part of it that the others do not.

`TinyPrototypes` has two stages and targets over the whole graph, `TinyNeighbours` trains on sampled
neighbourhoods, `TinyCandidates` takes many graphs and makes several candidates of each on the device.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.heads import kmeans
from graphcl.training import GraphClusterer, GraphEmbedder, Method, Stage, adam
from graphcl.typing import Count, CountOrZero, Positive


class PrototypesModule(Method):
    """Stage "reconstruct": a linear autoencoder. Stage "assign": rows move to prototypes placed by k-means."""

    def __init__(self, in_channels: int, out_channels: int, n_clusters: int) -> None:
        super().__init__()
        self.encoder = nn.Linear(in_channels, out_channels)
        self.decoder = nn.Linear(out_channels, in_channels)
        self.prototypes = nn.Parameter(torch.zeros(n_clusters, out_channels))
        self.targets: Tensor | None = None

    def start(self, step, embed_all):
        if step.stage == "assign":
            with torch.no_grad():
                self.prototypes.copy_(kmeans(embed_all(), len(self.prototypes))[1])

    def refresh(self, step, embed_all):
        """Once an epoch: every node's target, sharpened by the sizes of all clusters."""
        if step.stage != "assign" or step.index:
            return False
        q = F.softmax(embed_all() @ self.prototypes.detach().T, dim=1)
        self.targets = F.normalize(q**2 / q.sum(0), p=1, dim=1)
        return True

    def get_extra_state(self):
        return self.targets

    def set_extra_state(self, state):
        self.targets = state

    def forward(self, batch, step):
        z = self.embed(batch)
        if step.stage == "reconstruct":
            target = batch.x.to_dense() if batch.x.layout == torch.sparse_csr else batch.x
            return {"reconstruction": F.mse_loss(self.decoder(z), target)}
        return {"assignment": F.cross_entropy(z @ self.prototypes.T, self.targets[batch.n_id])}

    def embed(self, batch):
        return batch.x @ self.encoder.weight.T + self.encoder.bias


@dataclass(kw_only=True, eq=False, repr=False)
class TinyPrototypes(GraphClusterer):
    """Full batch, two stages, global targets."""

    name: ClassVar[str] = "tiny-prototypes"

    out_channels: Count = 4
    batch_size: Count | None = None
    epochs: CountOrZero = 20
    lr: Positive = 1e-2

    def _build(self, data):
        return PrototypesModule(data.x.size(1), self.out_channels, self.n_clusters)

    def _stages(self):
        halves = ("reconstruct", "assign")
        return [Stage(name, self.epochs, adam(self.lr), batch_size=self.batch_size) for name in halves]

    def _hops(self):
        return 0

    def _cluster(self, z):
        return (z @ self.module_.prototypes.detach().T).argmax(1)


def neighbour_mean(x: Tensor, edge_index: Tensor, weight: Tensor) -> Tensor:
    source, target = edge_index
    return torch.zeros_like(x).index_add(0, target, x.index_select(0, source) * weight[:, None])


class NeighboursModule(Method):
    """Two rounds of neighbour means; the ends of an edge agree better than shuffled pairs."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.encoder = nn.Linear(in_channels, out_channels)

    def forward(self, batch, step):
        z = self._all(batch)
        source, target = batch.edge_index[:, batch.edge_index[1] < batch.seeds]
        other = torch.randint(len(z), source.shape, generator=step.generator, device=z.device)
        here, there, elsewhere = (z.index_select(0, ends) for ends in (source, target, other))
        gain = (here * there).sum(1) - (here * elsewhere).sum(1)
        return {"ranking": F.softplus(-gain).sum() / max(len(gain), 1)}

    def embed(self, batch):
        return self._all(batch)[: batch.seeds]

    def _all(self, batch):
        x = batch.x @ self.encoder.weight.T + self.encoder.bias
        for _ in range(2):
            x = x + neighbour_mean(x, batch.edge_index, batch.edge_mean.to(x.dtype))
        return x / batch.node_degree[:, None].sqrt()

    def prepare(self, data: Data) -> Data:
        """Degrees of the whole graph, so that a sample computes what the whole graph would."""
        degree = torch.bincount(data.edge_index[1], minlength=data.num_nodes)
        data = attach(data, "node", node_degree=1.0 + degree)
        return attach(data, "edge", edge_mean=1 / degree.clamp(min=1)[data.edge_index[1]].float())


@dataclass(kw_only=True, eq=False, repr=False)
class TinyNeighbours(GraphEmbedder):
    """Full batch or sampled neighbourhoods, an embedding and no clusters."""

    name: ClassVar[str] = "tiny-neighbours"

    out_channels: Count = 4
    batch_size: Count | None = None
    fanouts: tuple[int, ...] = (5, 5)
    epochs: CountOrZero = 10
    lr: Positive = 1e-2

    def _build(self, data):
        return NeighboursModule(data.x.size(1), self.out_channels)

    def _stages(self):
        return [Stage("rank", self.epochs, adam(self.lr), batch_size=self.batch_size, fanouts=self.fanouts)]


class CandidatesModule(Method):
    """Tells each graph from candidates whose edges end elsewhere, made anew at every step on the device."""

    CANDIDATES = 3

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.encoder = nn.Linear(in_channels, out_channels)
        self.score = nn.Linear(out_channels, 1)

    def forward(self, batch, step):
        source = batch.edge_index[0]
        size = torch.bincount(batch.batch, minlength=batch.seeds)
        first = torch.cumsum(size, 0) - size
        scores = [self._score(batch, batch.edge_index)]
        for _ in range(self.CANDIDATES):
            graph = batch.batch[source]
            draw = torch.rand(source.shape, generator=step.generator, device=source.device)
            elsewhere = first[graph] + (draw * size[graph]).long()
            scores.append(self._score(batch, torch.stack([source, elsewhere])))
        logits = torch.cat(scores, dim=1)
        return {"discrimination": F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))}

    def embed(self, batch):
        return self._pool(batch, batch.edge_index)

    def _score(self, batch, edge_index):
        return self.score(self._pool(batch, edge_index))

    def _pool(self, batch, edge_index):
        x = F.relu(self.encoder(batch.x))
        weight = torch.ones(edge_index.size(1), dtype=x.dtype)
        if "edge_attr" in batch:
            weight = weight / (1 + batch.edge_attr.sum(1))
        x = x * neighbour_mean(x, edge_index, weight)
        return torch.zeros(batch.seeds, x.size(1), dtype=x.dtype).index_add(0, batch.batch, x)


@dataclass(kw_only=True, eq=False, repr=False)
class TinyCandidates(GraphEmbedder):
    """Many graphs, several candidates per graph."""

    name: ClassVar[str] = "tiny-candidates"
    takes: ClassVar[str] = "graphs"
    accepts_edge_attr: ClassVar[bool] = True

    out_channels: Count = 4
    batch_size: Count | None = 8
    epochs: CountOrZero = 10
    lr: Positive = 1e-2

    def _build(self, data):
        return CandidatesModule(data.x.size(1), self.out_channels)

    def _stages(self):
        return [Stage("discriminate", self.epochs, adam(self.lr), batch_size=self.batch_size)]
