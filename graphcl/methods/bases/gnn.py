"""Base classes of methods with a graph encoder: module, hyper-parameters, undirected input."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field
from torch import nn
from torch_geometric.data import Data

from graphcl.encoders import GNN
from graphcl.encoders.calling import check_width, encode
from graphcl.encoders.convolution import Kind
from graphcl.encoders.gnn import Activation
from graphcl.encoders.skip_convolution import ChannelSkip, RootSkip, SkipConvolution
from graphcl.feature_source import map_rows
from graphcl.graph_collection import Graphs
from graphcl.ops.graph_matrices.edges import undirected_edges, undirected_relations
from graphcl.ops.graph_matrices.sparse import divide_rows
from graphcl.training import GraphEmbedder, GraphEstimator, Method
from graphcl.training.estimators.objects import ObjectName, made
from graphcl.training.method import Layer
from graphcl.training.stage import Strategy
from graphcl.typing import Count, Fanout, Flag, Layers, Nodes

Network = Literal["gcn", "sage", "gat", "gin", "channel-skip", "root-skip"]
"""The layer of our own network, see `Kind`; or `ChannelSkip` or `RootSkip` of `graphcl.encoders`, of one layer."""

SKIP: dict[str, type[SkipConvolution]] = {"channel-skip": ChannelSkip, "root-skip": RootSkip}

Encoder = Network | ObjectName | nn.Module
"""A network of ours, or an encoder of one's own: an object, or where it is found."""


class EncoderModule(Method):
    """Base class of modules with a graph encoder, whose output is the embedding.

    Args:
        encoder: a module of (x, edge_index), see `graphcl.encoders.calling`, to one row per node.
    """

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def finish(self, rows: Nodes) -> Nodes:
        """What becomes of the encoder's rows, each by itself, in the losses and in the embedding: nothing."""
        return rows

    def rows(self, data: Data) -> Nodes:
        """The encoder's rows of all nodes of a graph, a view or a sample, finished."""
        return self.finish(encode(self.encoder, data))

    def embed(self, batch: Data) -> Nodes:
        """The encoder's rows of the seeds, on the graph as it is."""
        return self.rows(batch)[: batch.seeds]

    @property
    def layers(self) -> Sequence[Layer] | None:
        """Those of the encoder, if it shows them in the form that inference reads; the last ends in `finish`."""
        layers = getattr(self.encoder, "layers", None)
        if not isinstance(layers, list) or not layers:
            return None
        return [*layers[:-1], partial(self._last_layer, layers[-1])]

    def _last_layer(self, layer: Layer, data: Data) -> Nodes:
        return self.finish(layer(data))


@dataclass(kw_only=True, eq=False, repr=False)
class GNNEstimator(GraphEstimator):
    """Base class of methods with a graph neural network, embedders (`GNNEmbedder`) and clusterers alike.

    Edges count in both directions, and once where they are repeated.

    With `batch_size` and `fanouts` a node's sum over its neighbours is estimated from some of them, without bias
    in the first layer, see `aggregator`; with all neighbours the rows of a sample's seeds are those of the full
    graph. The final embedding takes all neighbours, in blocks of nodes, one layer after the other.

    Args:
        encoder: "gcn", "sage", "gat" or "gin" for the network of such layers, see `GNN`; "channel-skip" or
            "root-skip", networks of one layer, see `ChannelSkip` and `RootSkip`; or an encoder of one's own: a
            module of (x, edge_index), of which a copy is trained, or "my_module:MyEncoder", a class or function of
            (in_channels, out_channels).
        hidden_channels: width between the layers of the network.
        out_channels: width of the embedding; that of one's own encoder.
        num_layers: layers of the network; of one's own encoder, how many edges away it reads.
        activation: after every layer of the network, the last included; see `GNN`.
        row_normalize: whether rows of x are first divided by their sums, where these are above 1.
        batch_size: seeds per step, of all processes together, around which neighbours are sampled; None trains on
            the full graph, and so does a number above that of the nodes.
        fanouts: in-neighbours sampled at each hop, -1 for all, one number for each layer; read with `batch_size`
            alone; None takes all.
        replace: whether the in-neighbours are drawn with replacement, which is faster where they are many; read
            with `fanouts` alone; None draws without.
        batches: read with `batch_size` alone. "neighbours", or None: any seeds, with sampled neighbours.
            "clusters": at most `batch_size` nodes in parts of connected nodes, found by breadth-first search, with
            the edges among them and degrees as within the batch, as Cluster-GCN has them. "communities": such
            parts within the communities of the Leiden algorithm (extra `community`). Neither takes fanouts.
    """

    activate_last: ClassVar[bool] = True
    """Whether the activation follows the network's last layer too."""
    decoder_layers: ClassVar[int] = 0
    """Graph layers after the encoder's that the losses read, and the embedding does not."""

    encoder: Encoder = "gcn"
    hidden_channels: Count = 512
    out_channels: Count = 256
    num_layers: Layers = 2
    activation: Activation = "prelu"
    row_normalize: Flag = True
    batch_size: Count | None = None
    fanouts: Annotated[tuple[Fanout, ...], Field(min_length=1)] | None = None
    replace: Flag | None = None
    batches: Strategy | None = None

    def _encoder(self, data: Data) -> nn.Module:
        in_channels = data.x.size(1)
        if isinstance(self.encoder, str) and self.encoder in SKIP:
            return SKIP[self.encoder](in_channels, self.out_channels)
        if isinstance(self.encoder, str) and ":" not in self.encoder:
            return GNN(
                in_channels,
                self.hidden_channels,
                self.out_channels,
                self.num_layers,
                **{
                    "kind": cast(Kind, self.encoder),
                    "activation": self.activation,
                    "activate_last": self.activate_last,
                    **self._network_settings(),
                },
            )
        own: nn.Module = deepcopy(made(self.encoder, in_channels, self.out_channels))
        check_width(own, in_channels, self.out_channels)
        return own

    def _network_settings(self) -> dict[str, Any]:
        """Keyword arguments of the network `GNN` beyond, or in place of, those of all methods."""
        return {}

    def _sampling(self) -> dict[str, Any]:
        """Keyword arguments of stages on sampled batches."""
        if self.batch_size is None:
            return {}
        if self.batches in ("clusters", "communities"):
            return {"batch_size": self.batch_size, "batches": self.batches}
        fanouts = self.fanouts or (-1,) * (self.num_layers + self.decoder_layers)
        return {"batch_size": self.batch_size, "fanouts": fanouts, "replace": bool(self.replace)}

    def _hops(self) -> int | None:
        return None if self.batch_size is None else self.num_layers

    def _check_sampling(self) -> None:
        """Refuse settings of batches that would not be read, and fan-outs for another number of layers."""
        fanouts, layers = self.fanouts, self.num_layers + self.decoder_layers
        for name, value in {"fanouts": fanouts, "batches": self.batches}.items():
            if value is not None and self.batch_size is None:
                raise ValueError(f"{name} are read with batch_size alone; got {value!r}; set batch_size too")
        if fanouts is not None and self.batches in ("clusters", "communities"):
            raise ValueError(f"batches={self.batches!r} take no fanouts; got {fanouts}; leave them out")
        if self.replace is not None and fanouts is None:
            raise ValueError(f"replace is read with fanouts alone; got {self.replace}; set fanouts too")
        if fanouts is not None and len(fanouts) != layers:
            example = (*fanouts, *[fanouts[-1]] * layers)[:layers]
            counted = f"num_layers={self.num_layers}" + (", and the decoder's" if self.decoder_layers else "")
            raise ValueError(
                f"fanouts must have one number for each layer, {counted}; got {fanouts}; take {example}"
            )

    def _checked(self, data: Data | Graphs) -> Graphs:
        self._check_sampling()
        if isinstance(self.encoder, str) and self.encoder in SKIP and self.num_layers != 1:
            got = f"{self.num_layers}; set num_layers=1 or take encoder='gcn'"
            raise ValueError(f"encoder={self.encoder!r} has one layer; got num_layers={got}")
        if self._network_settings().get("dropout") == 1:
            raise ValueError("dropout must lie in [0, 1); got 1.0")
        graphs = super()._checked(data)
        for graph in graphs:
            _make_undirected(graph)
            if self.row_normalize:
                graph.x = map_rows(graph.x, divide_rows)
        return graphs


@dataclass(kw_only=True, eq=False, repr=False)
class GNNEmbedder(GNNEstimator, GraphEmbedder):
    """Base class of embedders with a graph neural network; they write `_build` and `_stages`.

    Edges count in both directions, and once where they are repeated. K-means sees the rows at unit length.

    Attributes:
        embedding_: (n, out_channels).
        labels_: (n,), int64, if `n_clusters` is given.
        cluster_centers_: (n_clusters, out_channels), of rows at unit length, if `n_clusters` is given.
        history_: one dict per epoch; stages_: what each stage cost.
    """

    unit_rows: ClassVar[bool] = True


def _make_undirected(graph: Data) -> None:
    """Give every edge its reverse, within its relation where there are several; repeats go, self loops stay."""
    n, kind = graph.x.size(0), graph.get("edge_type")
    if kind is None:
        graph.edge_index = undirected_edges(graph.edge_index, n)
    else:
        graph.edge_index, graph.edge_type = undirected_relations(graph.edge_index, kind, n)
