"""The dataset that is made of a user's graph, features and labels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.own.feature_source import Features, features_of
from graphcl.datasets.own.label_source import LabelSource, labels_of_nodes
from graphcl.datasets.own.node_table import NodeTable, is_table
from graphcl.datasets.own.own_graph import OwnGraph
from graphcl.typing import Seed


def to_dataset(
    graph: OwnGraph,
    features: Features | NodeTable = None,
    labels: LabelSource = None,
    *,
    seed: Seed = 0,
    parameters: Mapping[str, Any] | None = None,
) -> GraphDataset:
    """Make a dataset: edges undirected, features and labels brought into the order of the rows.

    Args:
        graph: The graph.
        features: Where the features come from.
        labels: Where the known classes come from.
        seed: Of features that are drawn at random.
        parameters: The dataset's parameters; those that are None are left out.

    Returns:
        The dataset, whose `ids` are those of the graph.

    Raises:
        ValueError: If the graph has no nodes, a weight is not finite or negative, or features or labels do not
            fit.
    """
    if not graph.ids:
        raise ValueError(f"{graph.name}: the graph has no nodes; give at least one")
    weight = (
        None if graph.edge_weight is None else torch.from_numpy(_checked_weight(graph.name, graph.edge_weight))
    )
    edges = torch.from_numpy(graph.edge_index)
    given = {key: value for key, value in (parameters or {}).items() if value is not None}
    tables = [value for value in given.values() if isinstance(value, str) and is_table(value)]
    return GraphDataset.from_parts(
        graph.name,
        features_of(graph, features, seed, edges, weight),
        edges,
        labels_of_nodes(graph, labels),
        edge_weight=weight,
        parameters=given,
        files={**graph.files, **{table: file_checksum(Path(table)) for table in tables}},
        ids=graph.ids,
    )


def _checked_weight(name: str, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    if not (np.isfinite(weight) & (weight >= 0)).all():
        bad = weight[~(np.isfinite(weight) & (weight >= 0))][0]
        raise ValueError(
            f"{name}: weights must be finite and at least 0; got {bad}; clamp them, or say weight=false"
        )
    return weight
