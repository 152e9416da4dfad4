"""Self-training of soft clusters on a graph, for SDCN, DAEGC and DFCN: centres by k-means, and the read-out."""

from dataclasses import dataclass
from typing import ClassVar, cast

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.heads import StudentHead, kmeans
from graphcl.ops.machine.runtime import Runtime
from graphcl.training import GraphClusterer, Method, Step
from graphcl.training.batching.batches import Batches
from graphcl.training.inference import embed_all
from graphcl.training.method import EmbedAll
from graphcl.typing import Labels, Nodes

CLUSTER = "cluster"
"""The stage that trains the clusters."""

CENTRE_ROWS = 2**20
"""Most nodes whose embeddings the centres are first placed by."""


def first_centres(z: Nodes, n_clusters: int, n_init: int, generator: torch.Generator) -> Tensor:
    """Centres that a training starts from: of k-means on the embeddings, or on 2^20 of them where there are more.

    Args:
        z: (n, d).
        n_clusters: k.
        n_init: restarts of k-means.
        generator: of the draw and of k-means' seed.

    Returns:
        (k, d).
    """
    seed = int(torch.randint(2**31 - 1, (), generator=generator, device=generator.device))
    if len(z) > CENTRE_ROWS:
        chosen = torch.randperm(len(z), generator=generator, device=generator.device)[:CENTRE_ROWS]
        z = z[chosen.to(z.device)]
    return kmeans(z, n_clusters, n_init=n_init, seed=seed)[1]


class SelfTrainingModule(Method):
    """Base class of modules with a `head` on their embeddings and a stage "cluster", which k-means starts.

    Args:
        head: soft clusters on the embeddings.
        n_init: restarts of the k-means that places the centres.
    """

    def __init__(self, head: StudentHead, n_init: int) -> None:
        super().__init__()
        self.head, self.n_init = head, n_init

    def start(self, step: Step, embed_all: EmbedAll) -> None:
        """Place the centres by k-means on the pre-trained embeddings."""
        if step.stage == CLUSTER:
            self.head.place(first_centres(embed_all(), len(self.head.centres), self.n_init, step.generator))

    def soft(self, batch: Data) -> Tensor:
        """Soft clusters by the Student-t head, (seeds, k), rows sum to 1."""
        log_q: Tensor = self.head(self.embed(batch))
        return log_q.exp()


@dataclass(kw_only=True, eq=False, repr=False)
class SelfTrainedClusterer(GraphClusterer):
    """Base class of clusterers whose soft clusters are `soft(batch)` of their module, on the whole graph.

    Attributes:
        labels_: (n,), int64, the most probable cluster after the last step.
        soft_labels_: (n, n_clusters), rows sum to 1.
        embedding_: (n, out_channels).
        history_: one dict per epoch; stages_: what each stage cost.
    """

    accepts_edge_weight: ClassVar[bool] = True

    def predict(self, data: Data) -> Labels:
        """The most probable cluster of each node, also in graphs that `fit` did not see.

        Raises:
            NotFittedError: before `fit`.
            ValueError: an input as for `transform`.
        """
        graph = self._checked_as_fitted(data)
        runtime = Runtime.launch(self.device, self.precision, self.seed)
        module = self.module_.to(runtime.device).eval()
        return self._soft(self._batches(module, graph, runtime), runtime).argmax(1)

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        self.soft_labels_ = self._soft(batches, runtime)
        self.labels_ = self.soft_labels_.argmax(1)

    def _soft(self, batches: Batches, runtime: Runtime) -> Tensor:
        module = cast("SelfTrainingModule", self.module_)
        return embed_all(module, batches, runtime, module.soft).to("cpu", runtime.dtype)
