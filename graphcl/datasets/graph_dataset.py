"""One dataset, ready for training: a graph, what is known about it, and where it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

from graphcl.datasets.edges import undirected, undirected_by_type
from graphcl.datasets.files.checksum import content_checksum
from graphcl.graph_collection import GraphCollection
from graphcl.typing import Edges, Labels, Nodes


@dataclass(frozen=True, eq=False, repr=False)
class GraphDataset:
    """A graph with its name, number of classes, splits, parameters and checksums.

    Attributes:
        name: The name under which it was loaded; for a user's file, the file's name.
        graph: `x` (float32, dense), `edge_index` (int64, both directions, no self loops, no duplicates,
            sorted) and, where the source has labels, `y` (int64; values below 0 are unlabelled). A multiplex graph
            also has `edge_type` (int64): its edges have this form within each relation, which follow each other.
        num_classes: How many different labels there are; None where no node has one.
        splits: Boolean masks "train", "val", "test", where the source has them: [n], or [n, s] for s splits.
        parameters: The parameters in force, defaults included.
        checksum: sha256 over the content of x, edge_index and y, whatever file they were read from.
        files: The sha256 of every raw file, by name; empty for an embedded dataset.
        relations: The names of a multiplex graph's relations, in the order of their numbers; else empty.
    """

    name: str
    graph: Data
    num_classes: int | None
    splits: dict[str, Tensor] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    checksum: str = ""
    files: dict[str, str] = field(default_factory=dict)
    relations: tuple[str, ...] = ()

    @classmethod
    def from_parts(
        cls,
        name: str,
        x: Nodes,
        edge_index: Edges,
        y: Labels | None = None,
        *,
        splits: Mapping[str, Tensor] | None = None,
        parameters: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
        edge_type: Int[Tensor, " e"] | None = None,
        relations: Sequence[str] = (),
    ) -> "GraphDataset":
        """Bring the parts to the form described above, count the classes and compute the checksum.

        Args:
            name: The dataset's name.
            x: One row of features per node, finite.
            edge_index: Edges in any order and direction, entries in [0, n).
            y: One class per node; values below 0 are unlabelled.
            splits: Boolean masks by name.
            parameters: The parameters in force.
            files: Raw file name -> sha256.
            edge_type: The relation of each edge, where the graph is multiplex.
            relations: The names of its relations.

        Returns:
            The dataset.

        Example:
            >>> import torch
            >>> GraphDataset.from_parts("pair", torch.eye(2), torch.tensor([[0], [1]]), torch.tensor([0, 1]))
            GraphDataset('pair': 2 nodes, 1 edges, 2 features, 2 classes)
        """
        graph = Data(x=x.float().contiguous())
        if edge_type is None:
            graph.edge_index = undirected(edge_index, len(x))
        else:
            edges = undirected_by_type(edge_index, edge_type, len(x), len(relations))
            graph.edge_index, graph.edge_type = edges
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
        )

    @property
    def graphs(self) -> GraphCollection:
        """There are no many graphs here.

        Raises:
            ValueError: Always.
        """
        raise ValueError(
            f"{self.name} is one graph, where many are needed; take a dataset of many graphs, or .graph and a "
            "method for one"
        )

    def __repr__(self) -> str:
        nodes, features = self.graph.x.shape
        classes = "no" if self.num_classes is None else self.num_classes
        edges = self.graph.edge_index.shape[1] // 2
        kinds = f" of {len(self.relations)} relations" if self.relations else ""
        return (
            f"{type(self).__name__}({self.name!r}: {nodes} nodes, {edges} edges{kinds}, {features} features, "
            f"{classes} classes)"
        )
