"""Dataset of a single graph: graph, labels, splits, parameters and checksums."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Data

from graphcl.datasets.edges import undirected, undirected_by_type, undirected_weighted
from graphcl.datasets.files.checksum import content_checksum
from graphcl.graph_collection import GraphCollection
from graphcl.typing import Edges, Labels, Nodes


@dataclass(frozen=True, eq=False, repr=False)
class GraphDataset:
    """Dataset of a single graph: graph, number of classes, splits, parameters and checksums.

    Attributes:
        name: The name under which it was loaded; for a user's file, the file's name.
        graph: `x` (float32, dense; CSR where it is one-hot; absent where the source has no features), `edge_index`
            (int64, both directions, no self-loops, no duplicates, sorted) and, where the source has them,
            `edge_weight` (float32) and labels `y` (int64; negative values are unlabelled). A multiplex graph also
            has `edge_type` (int64); its edges are sorted by relation, and have this form within each.
        num_classes: Number of classes; None where no node is labelled.
        splits: Boolean masks "train", "val", "test", where the source has them: [n], or [n, s] for s splits.
        parameters: The dataset's parameters, defaults included.
        checksum: sha256 of the content of x, edge_index and y, independent of the file format.
        files: The sha256 of every raw file, by name; empty for an embedded dataset.
        relations: Names of a multiplex graph's relations, in the order of `edge_type`; else empty.
        ids: What the source calls each node, by row; the row numbers where it gives no other names.
        communities: Known communities that may overlap, where the source has them: where the members of each
            begin, [c + 1], and the members, [m], node numbers.
        links: Official links, [2, m] pairs, where the source has them: "train", "val", "val_negative", "test",
            "test_negative". Of val and test none is an edge of the graph.
    """

    name: str
    graph: Data
    num_classes: int | None
    splits: dict[str, Tensor] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    checksum: str = ""
    files: dict[str, str] = field(default_factory=dict)
    relations: tuple[str, ...] = ()
    ids: Sequence[Hashable] = ()
    communities: tuple[Tensor, Tensor] | None = None
    links: dict[str, Tensor] = field(default_factory=dict)

    @classmethod
    def from_parts(
        cls,
        name: str,
        x: Nodes | None,
        edge_index: Edges,
        y: Labels | None = None,
        *,
        splits: Mapping[str, Tensor] | None = None,
        parameters: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
        edge_type: Int[Tensor, " e"] | None = None,
        relations: Sequence[str] = (),
        edge_weight: Float[Tensor, " e"] | None = None,
        ids: Sequence[Hashable] | None = None,
        communities: tuple[Tensor, Tensor] | None = None,
    ) -> "GraphDataset":
        """Build a dataset from tensors: make edges undirected, count the classes and compute the checksum.

        Args:
            name: The dataset's name.
            x: One row of features per node, finite; None where there are none, and `ids` says how many nodes.
            edge_index: Edges in any order and direction, entries in [0, n).
            y: One class per node; negative values are unlabelled.
            splits: Boolean masks by name.
            parameters: The dataset's parameters, defaults included.
            files: sha256 of each raw file, by name.
            edge_type: The relation of each edge of a multiplex graph.
            relations: Names of the relations.
            edge_weight: The weight of each edge of a graph of one relation, see `undirected_weighted`.
            ids: What each node is called; None takes the row numbers.
            communities: Known communities that may overlap, see the class.

        Returns:
            The dataset.

        Example:
            >>> import torch
            >>> GraphDataset.from_parts("pair", torch.eye(2), torch.tensor([[0], [1]]), torch.tensor([0, 1]))
            GraphDataset('pair': 2 nodes, 1 edges, 2 features, 2 classes)
        """
        n = len(ids or ()) if x is None else x.size(0)
        graph = Data(num_nodes=n) if x is None else Data(x=_float32(x))
        if edge_type is not None:
            edges = undirected_by_type(edge_index, edge_type, n, len(relations))
            graph.edge_index, graph.edge_type = edges
        elif edge_weight is not None:
            graph.edge_index, graph.edge_weight = undirected_weighted(edge_index, edge_weight, n)
        else:
            graph.edge_index = undirected(edge_index, n)
        num_classes = None
        if y is not None:
            graph.y = y.long()
            num_classes = len(graph.y[graph.y >= 0].unique()) or None
        return cls(
            name=name,
            graph=graph,
            num_classes=num_classes,
            splits=dict(splits or {}),
            parameters=dict(parameters or {}),
            checksum=content_checksum(graph),
            files=dict(files or {}),
            relations=tuple(relations),
            ids=range(n) if ids is None else ids,
            communities=communities,
        )

    @property
    def graphs(self) -> GraphCollection:
        """Not available: this dataset is a single graph.

        Raises:
            ValueError: Always.
        """
        raise ValueError(
            f"{self.name} is one graph, where many are needed; take a dataset of many graphs, or .graph and a "
            "method for one"
        )

    def __repr__(self) -> str:
        features = 0 if self.graph.x is None else self.graph.x.size(1)
        classes = "no" if self.num_classes is None else self.num_classes
        edges = self.graph.edge_index.shape[1] // 2
        kinds = f" of {len(self.relations)} relations" if self.relations else ""
        return (
            f"{type(self).__name__}({self.name!r}: {self.graph.num_nodes} nodes, {edges} edges{kinds}, "
            f"{features or 'no'} features, {classes} classes)"
        )


def _float32(x: Nodes) -> Nodes:
    """Features in float32, their dense rows one after the other in memory."""
    return x.float() if x.layout == torch.sparse_csr else x.float().contiguous()
