"""What methods with a graph encoder share: hyper-parameters, the features they read, k-means at the end."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from graphcl.encoders import GNN
from graphcl.encoders.convolution import Kind
from graphcl.encoders.gnn import Activation
from graphcl.graph_collection import Graphs
from graphcl.heads import kmeans, nearest_centre
from graphcl.ops.sparse import divide_rows, unit_rows
from graphcl.training import GraphClusterer, Method
from graphcl.typing import Count, Flag, Labels, Nodes


class EncoderModule(Method):
    """An encoder of features and edges, whose output is the embedding.

    Args:
        encoder: (x, edge_index) to one row per node.
    """

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def embed(self, batch: Data) -> Nodes:
        """What the encoder makes of the graph as it is."""
        z: Tensor = self.encoder(batch.x, batch.edge_index)
        return z[: batch.seeds]


@dataclass(kw_only=True, eq=False, repr=False)
class GNNClusterer(GraphClusterer):
    """A clusterer with a graph neural network; k-means on the embeddings' rows at unit length.

    Training is on the full graph. Edges count in both directions, and once where they are repeated.

    Args:
        hidden_channels: width between layers.
        out_channels: width of the embedding.
        num_layers: layers of the network.
        kind: "gcn", "sage", "gat" or "gin"; see `GNN`.
        activation: after every layer, the last included; see `GNN`.
        row_normalize: whether rows of x are first divided by their sums, where these are above 1.
        n_init: restarts of k-means.

    Attributes:
        labels_: (n,), int64.
        embedding_: (n, out_channels).
        cluster_centers_: (n_clusters, out_channels), of rows at unit length.
        history_: one dict per epoch; stages_: what each stage cost.
    """

    hidden_channels: Count = 512
    out_channels: Count = 256
    num_layers: Count = 2
    kind: Kind = "gcn"
    activation: Activation = "prelu"
    row_normalize: Flag = True
    n_init: Count = 10

    def predict(self, data: Data) -> Labels:
        """The nearest centre of each node, also in a graph that `fit` did not see."""
        return nearest_centre(unit_rows(self.transform(data)), self.cluster_centers_)

    def _encoder(self, data: Data) -> GNN:
        return GNN(
            data.x.size(1),
            self.hidden_channels,
            self.out_channels,
            self.num_layers,
            kind=self.kind,
            activation=self.activation,
            activate_last=True,
        )

    def _cluster(self, z: Nodes) -> Labels:
        labels, self.cluster_centers_ = kmeans(unit_rows(z), self.n_clusters, n_init=self.n_init, seed=self.seed)
        return labels

    def _check(self, data: Data | Graphs) -> Graphs:
        graphs = super()._check(data)
        for graph in graphs:
            _undirect(graph)
            if self.row_normalize:
                graph.x = divide_rows(graph.x)
        return graphs


def _undirect(graph: Data) -> None:
    """Give every edge its reverse, within its relation where there are several; repeats go, self loops stay."""
    n, kind = graph.x.size(0), graph.get("edge_type")
    relations = 1 if kind is None or not len(kind) else int(kind.max()) + 1
    shift = 0 if kind is None else n * kind
    ends = to_undirected(graph.edge_index + shift, num_nodes=n * relations)  # a copy of the nodes per relation
    graph.edge_index = ends % n
    if kind is not None:
        graph.edge_type = ends[0] // n
