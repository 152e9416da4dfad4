"""DFCN: an autoencoder and a graph autoencoder, fused along edges and by attention, and trained by one target.

[Tu, Zhou, Liu, Guo, Cai, Zhu, Cheng, "Deep Fusion Clustering Network", AAAI 2021, arXiv 2012.09600]. Losses follow
the published code (github.com/WxTu/DFCN at 4bdd381). Its pre-training script is not in the repository: that
schedule is ours. Its read-out, the epoch of the highest accuracy, is not taken either: the last state counts.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import ClassVar, Literal, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.encoders.feature_maps.spectrum import principal_components
from graphcl.encoders.igae import IGAE, SLOPE, PropagatedActivation
from graphcl.encoders.self_attention import self_correlation
from graphcl.heads import StudentHead, kmeans, nearest_centre
from graphcl.methods.bases.self_training import CLUSTER, SelfTrainedClusterer, SelfTrainingModule
from graphcl.objectives import adjacency_squared_error, clustering_divergence, target_distribution
from graphcl.ops.graph_matrices.sparse import from_scipy, stored_entries
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.ops.machine.runtime import Runtime
from graphcl.ops.random_walks.walk_matrices import transition_matrix
from graphcl.training import Stage, Step, adam
from graphcl.training.batching.batches import Batches
from graphcl.typing import Count, CountOrZero, Labels, Nodes, NonNegative, Positive, Widths

FUSION = 0.5
"""Share of the autoencoder's rows in the fused ones: a constant in the published checkpoints."""

FEATURES, GRAPH, JOINT = "features", "graph", "joint"
"""The stages before "cluster": the autoencoder, the graph autoencoder, and both with their fusion."""

ReadOut = Literal["k-means", "student"]
"""Hard clusters: by one k-means on the fused embedding after the last step, or the most probable by the head."""


class DFCNModule(SelfTrainingModule):
    """DFCN in four stages: "features", "graph", "joint" (reconstruction alone) and "cluster".

    Args:
        in_channels: width of the features.
        components: principal components that the networks see.
        hidden_channels: of the autoencoder's encoder; its decoder mirrors them.
        graph: the graph autoencoder, on the components.
        head: soft clusters, of the fused embedding and of its two parts.
        structure_weight: of the error of the adjacency.
        divergence_weight: of the self-training.
        columns: nodes drawn in each step to estimate the sum over all pairs; None sums over all.
        n_init: restarts of the k-means that places the centres.
        seed: of the random projection in the PCA.
    """

    mean: Tensor
    axes: Tensor

    def __init__(
        self,
        in_channels: int,
        components: int,
        hidden_channels: Sequence[int],
        graph: IGAE,
        head: StudentHead,
        *,
        structure_weight: float = 0.1,
        divergence_weight: float = 10.0,
        columns: int | None = None,
        n_init: int = 20,
        seed: int = 0,
    ) -> None:
        super().__init__(head, n_init)
        widths = (components, *hidden_channels, head.centres.size(1))
        self.encoder, self.decoder, self.graph = _leaky_mlp(widths), _leaky_mlp(widths[::-1]), graph
        self.attention_weight = nn.Parameter(torch.zeros(()))
        self.register_buffer("mean", torch.zeros(in_channels))
        self.register_buffer("axes", torch.zeros(in_channels, components))
        self.structure_weight, self.divergence_weight = structure_weight, divergence_weight
        self.columns, self.seed = columns, seed

    def prepare(self, data: Data) -> Data:
        """Reduce the features by PCA, that of the graph of `fit`; attach P and, for the losses, P X."""
        if self.training:
            self._fit_components(data.x)
        walk = transition_matrix(data.edge_index, data.num_nodes, data.get("edge_weight"))
        matrix = from_scipy(walk, self.axes.dtype, narrow=True).to(data.edge_index.device)
        reduced = copy(data)
        reduced.x = data.x @ self.axes - self.mean @ self.axes
        reduced = attach(reduced, "whole", walk=matrix)
        if not self.training:
            return reduced
        ends, values = stored_entries(walk, matrix.dtype)
        device = data.edge_index.device
        reduced = attach(reduced, "whole", walk_ends=ends.to(device), walk_values=values.to(device))
        return attach(reduced, "node", smoothed=multiply(matrix, reduced.x))

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The losses of the stage; in "cluster" the reconstructions and the divergence, p the target of this q."""
        if step.stage == FEATURES:
            return {"features": F.mse_loss(self.decoder(self.encoder(batch.x)), batch.x)}
        if step.stage == GRAPH:
            z_graph = self.graph.encode(batch.x, batch.walk)
            return self._graph_errors(batch, z_graph, z_graph, step)
        z, z_features, z_graph = self.parts(batch)
        losses = {"features": F.mse_loss(self.decoder(z), batch.x), **self._graph_errors(batch, z, z_graph, step)}
        if step.stage == CLUSTER:
            log_q, *others = (self.head(rows) for rows in (z, z_features, z_graph))
            mean = torch.stack([log_q, *others]).mean(0)
            divergence = clustering_divergence(mean, target_distribution(log_q.detach()))
            losses["divergence"] = self.divergence_weight * divergence
        return losses

    def parts(self, batch: Data) -> tuple[Nodes, Nodes, Nodes]:
        """The fused embedding, and those of the autoencoder and of the graph autoencoder, each (n, c)."""
        z_features, z_graph = self.encoder(batch.x), self.graph.encode(batch.x, batch.walk)
        local = multiply(batch.walk, FUSION * z_features + (1 - FUSION) * z_graph)
        return self.attention_weight * self_correlation(local) + local, z_features, z_graph

    def embed(self, batch: Data) -> Nodes:
        """The fused embedding."""
        return self.parts(batch)[0]

    def of_features(self) -> Iterable[nn.Parameter]:
        """What the stage "features" trains."""
        return chain(self.encoder.parameters(), self.decoder.parameters())

    def of_graph(self) -> Iterable[nn.Parameter]:
        """What the stage "graph" trains."""
        return self.graph.parameters()

    def of_both(self) -> Iterable[nn.Parameter]:
        """What the stage "joint" trains: all but the centres."""
        return chain(self.of_features(), self.of_graph(), [self.attention_weight])

    def _graph_errors(self, batch: Data, z: Nodes, z_graph: Nodes, step: Step) -> dict[str, Tensor]:
        """Errors of P X, by z decoded, and of the adjacency, by z_graph and what was decoded."""
        decoded = self.graph.decode(z, batch.walk)
        structure = adjacency_squared_error(
            [z_graph, decoded],
            batch.walk_ends,
            batch.walk_values,
            columns=self.columns,
            generator=step.generator,
        )
        return {"smoothed": F.mse_loss(decoded, batch.smoothed), "structure": self.structure_weight * structure}

    @torch.no_grad()
    def _fit_components(self, x: Tensor) -> None:
        draws = torch.Generator(x.device).manual_seed(self.seed)
        mean, axes = principal_components(x, self.axes.size(1), generator=draws)
        self.mean.copy_(mean)
        self.axes.zero_()[:, : axes.size(1)] = axes  # of fewer nodes than components the others stay 0


@dataclass(kw_only=True, eq=False, repr=False)
class DFCN(SelfTrainedClusterer):
    """DFCN: an autoencoder and a graph autoencoder on principal components, fused, reconstructed and self-trained.

    The fused embedding is the mean of both, propagated once, plus a learned multiple, 0 at first, of the attention
    of each node to all. It is decoded twice, to the features and to the propagated ones; inner products of the
    graph autoencoder's rows reconstruct the adjacency; soft clusters of all three embeddings on the same centres
    follow the sharpened ones of the fused. The fusion weight is the constant 1/2 of the published checkpoints.

    A directed graph is made undirected (the maximum of both directions); `edge_weight` is honoured. All nodes are
    in each step, as published. Time is quadratic, in blocks, and memory linear: the sum over all pairs in the
    reconstruction is exact, or estimated from drawn `columns`; the attention is always exact.

    Args:
        n_components: principal components of x that the networks see, at most its columns.
        hidden_channels: widths of the autoencoder's hidden layers; its decoder mirrors them.
        graph_hidden_channels: the same of the graph autoencoder.
        out_channels: width of the three embeddings.
        activation: of the graph autoencoder, between linear map and propagation.
        pretrain_epochs: steps of either autoencoder alone.
        joint_epochs: steps of both with their fusion, before any clusters.
        pretrain_lr: learning rate of all these.
        epochs: steps with self-training.
        lr: their learning rate.
        structure_weight: of the error of the adjacency.
        divergence_weight: of the self-training.
        columns: nodes drawn in each step, with which all pairs of the reconstruction are formed, an estimate
            without bias; None forms all n^2.
        read_out: hard clusters by "k-means" on the embedding after the last step, or the most probable of the
            "student" head. `soft_labels_` are the head's in both cases.
        n_init: restarts of k-means, for the centres and for the read-out.

    Attributes:
        labels_: (n,), int64, by the read-out, after the last step.
        soft_labels_: (n, n_clusters), rows sum to 1, by the head.
        cluster_centers_: (n_clusters, out_channels), of the read-out.
        embedding_: (n, out_channels), the fused one.
        history_: one dict per epoch; stages_: what each stage cost.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = DFCN(n_clusters=2, hidden_channels=(16,), pretrain_epochs=2, joint_epochs=2, epochs=5)
        >>> model.fit(karate.graph).history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'features', 'smoothed', 'structure', 'divergence'])
    """

    name: ClassVar[str] = "dfcn"

    n_components: Count = 100
    hidden_channels: Widths = (128, 256, 512)
    graph_hidden_channels: Widths = (128, 256)
    out_channels: Count = 20
    activation: PropagatedActivation = "tanh"
    pretrain_epochs: CountOrZero = 30
    joint_epochs: CountOrZero = 100
    pretrain_lr: Positive = 1e-3
    epochs: CountOrZero = 200
    lr: Positive = 1e-3
    structure_weight: NonNegative = 0.1
    divergence_weight: NonNegative = 10.0
    columns: Count | None = None
    read_out: ReadOut = "k-means"
    n_init: Count = 20

    def predict(self, data: Data) -> Labels:
        """The cluster of each node by the read-out of `fit`, also in graphs that `fit` did not see.

        Raises:
            NotFittedError: before `fit`.
            ValueError: an input as for `transform`.
        """
        if self.read_out == "student":
            return super().predict(data)
        return nearest_centre(self.transform(data), self.cluster_centers_)

    def _build(self, data: Data) -> DFCNModule:
        width = data.x.size(1)
        components = min(self.n_components, width)
        graph = IGAE(components, tuple(self.graph_hidden_channels), self.out_channels, self.activation)
        head = StudentHead(self.n_clusters, self.out_channels)
        settings = self._settings_for(DFCNModule)
        return DFCNModule(width, components, self.hidden_channels, graph, head, **settings)

    def _stages(self) -> list[Stage]:
        def stage(name: str, epochs: int, parameters: Callable[[DFCNModule], Iterable[nn.Parameter]]) -> Stage:
            return Stage(name, epochs, adam(self.pretrain_lr, parameters=parameters))

        return [
            stage(FEATURES, self.pretrain_epochs, DFCNModule.of_features),
            stage(GRAPH, self.pretrain_epochs, DFCNModule.of_graph),
            stage(JOINT, self.joint_epochs, DFCNModule.of_both),
            Stage(CLUSTER, self.epochs, adam(self.lr)),
        ]

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        super()._read_out(batches, runtime)
        if self.read_out == "k-means":
            self.labels_, self.cluster_centers_ = kmeans(
                self.embedding_, self.n_clusters, n_init=self.n_init, seed=self.seed
            )
        else:
            centres = cast("DFCNModule", self.module_).head.centres
            self.cluster_centers_ = centres.detach().to("cpu", runtime.dtype)

    def _fitted_names(self) -> tuple[str, ...]:
        return (*super()._fitted_names(), "cluster_centers_")


def _leaky_mlp(widths: Sequence[int]) -> nn.Sequential:
    """Linear layers with a leaky ReLU between them."""
    layers: list[nn.Module] = []
    for below, above in pairwise(widths):
        layers += [nn.Linear(below, above), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers[:-1])
