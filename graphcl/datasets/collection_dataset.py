"""Dataset of many graphs: graphs, labels, splits, parameters and checksums."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

from graphcl.datasets.files.texts import Texts
from graphcl.graph_collection import GraphCollection


@dataclass(frozen=True, eq=False, repr=False)
class GraphCollectionDataset:
    """Dataset of many graphs, for graph-level tasks: graphs, labels, splits, parameters and checksums.

    Labels are `graphs.y`: a class per graph (int64, `num_classes` of them), or a column per task (float32; 0 or 1
    for binary tasks, NaN where the label is missing), named by `tasks`. Self-supervised methods never see them.

    Attributes:
        name: The name under which it was loaded; for a user's file, the file's name.
        graphs: The graphs and their labels.
        num_classes: Number of classes; None where labels are tasks, or there are no labels.
        tasks: The names of the columns of y; empty where y is a class per graph, or there are no labels.
        splits: Indices of the graphs in "train", "val" and "test"; empty where the dataset is not split.
        parameters: The dataset's parameters, defaults included.
        checksum: sha256 of the content of the graphs and their labels, independent of the file format.
        files: The sha256 of every raw file, by name.
        skipped: Number of molecules in the file that cannot be converted to graphs, by reason.
        smiles: The SMILES of every row of the file, for molecules.
        rows: For molecules, the row of each graph in the file, from 0.
    """

    name: str
    graphs: GraphCollection
    num_classes: int | None = None
    tasks: tuple[str, ...] = ()
    splits: dict[str, Int[Tensor, " part"]] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    checksum: str = ""
    files: dict[str, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    smiles: Texts | None = None
    rows: Int[Tensor, " graphs"] | None = None

    @property
    def graph(self) -> Data:
        """Not available: this dataset holds many graphs.

        Raises:
            ValueError: Always.
        """
        raise many_graphs_error(self)

    @property
    def binary(self) -> bool:
        """Whether the labels are binary tasks: 0, 1 or missing."""
        y = self.graphs.y
        return bool(self.tasks) and y is not None and bool(((y == 0) | (y == 1) | torch.isnan(y)).all())

    def __repr__(self) -> str:
        n = len(self.graphs)
        nodes, edges = len(self.graphs.x) / n, self.graphs.edge_index.shape[1] / 2 / n
        labels = f"{len(self.tasks)} tasks" if self.tasks else f"{self.num_classes or 'no'} classes"
        sizes = f"{n} graphs of {nodes:.1f} nodes and {edges:.1f} edges"
        return f"{type(self).__name__}({self.name!r}: {sizes}, {labels})"


def many_graphs_error(dataset: GraphCollectionDataset) -> ValueError:
    """The error for a dataset of many graphs where a single graph is needed."""
    return ValueError(
        f"{dataset.name} holds {len(dataset.graphs):,} graphs, where one graph is needed; take a dataset of one "
        "graph, or .graphs and a method for many"
    )
