"""A dataset of many graphs, ready for training: the graphs, what is known about them, and where they came from."""

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
    """Many graphs with their name, labels, splits, parameters and checksums.

    Labels are `graphs.y`: a class per graph (int64, `num_classes` of them), or a column per task (float32; 0 and 1
    where it is yes or no, NaN where the label is missing), named by `tasks`. Methods never see them.

    Attributes:
        name: The name under which it was loaded; for a user's file, the file's name.
        graphs: The graphs and their labels.
        num_classes: How many different classes there are; None where labels are tasks, or there are none.
        tasks: The names of the columns of y; empty where y is a class per graph, or there are no labels.
        splits: The numbers of the graphs in "train", "val" and "test"; empty where the dataset is not split.
        parameters: The parameters in force, defaults included.
        checksum: sha256 over the content of the graphs and their labels, whatever file they were read from.
        files: The sha256 of every raw file, by name.
        skipped: How many molecules of the file have no graph, by reason.
        smiles: The SMILES of every row of the file, for molecules.
        rows: The row of each graph, from 0, for molecules.
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
        """There is no one graph here.

        Raises:
            ValueError: Always.
        """
        raise many_graphs_error(self)

    @property
    def binary(self) -> bool:
        """Whether labels are tasks and every label that is not missing is 0 or 1."""
        y = self.graphs.y
        return bool(self.tasks) and y is not None and bool(((y == 0) | (y == 1) | torch.isnan(y)).all())

    def __repr__(self) -> str:
        n = len(self.graphs)
        nodes, edges = len(self.graphs.x) / n, self.graphs.edge_index.shape[1] / 2 / n
        labels = f"{len(self.tasks)} tasks" if self.tasks else f"{self.num_classes or 'no'} classes"
        sizes = f"{n} graphs of {nodes:.1f} nodes and {edges:.1f} edges"
        return f"{type(self).__name__}({self.name!r}: {sizes}, {labels})"


def many_graphs_error(dataset: GraphCollectionDataset) -> ValueError:
    """What to raise where a dataset of many graphs came in the place of one."""
    return ValueError(
        f"{dataset.name} holds {len(dataset.graphs):,} graphs, where one graph is needed; take a dataset of one "
        "graph, or .graphs and a method for many"
    )
