"""Known classes of a user's graph: from a table, an attribute of its nodes, or values in memory."""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from graphcl.datasets.files.archive import Array
from graphcl.datasets.own.label_table import number_classes, read_label_table
from graphcl.datasets.own.node_table import NodeTable, is_table
from graphcl.datasets.own.own_graph import OwnGraph, in_order
from graphcl.typing import Labels

LabelSource = str | Sequence[Hashable] | Array | Tensor | Mapping[Hashable, Any] | None
"""The path of a table, the name of an attribute, one label per node, labels by id, or None."""


def labels_of_nodes(graph: OwnGraph, labels: LabelSource) -> Labels | None:
    """Known classes of a graph, in the order of its rows; -1 where a node has none.

    Args:
        graph: The graph.
        labels: Where they come from; None for no labels.

    Returns:
        int64, or None.

    Raises:
        ValueError: If there is no such table or attribute, or its rows do not fit the graph.
    """
    if labels is None:
        return None
    if isinstance(labels, str) and is_table(labels):
        table = read_label_table(Path(labels))
        return number_classes(list(in_order(graph, table, required=False)))
    if isinstance(labels, str):
        if labels not in graph.attributes:
            raise ValueError(
                f"{graph.name}: labels must name a file (.csv, .npy) or an attribute of the nodes; got {labels!r}"
                f"{graph.named_attributes()}"
            )
        return number_classes(graph.attributes[labels])
    if isinstance(labels, Mapping):
        return number_classes([labels.get(node) for node in graph.ids])
    given = labels.tolist() if isinstance(labels, Tensor | np.ndarray) else list(labels)
    return number_classes(list(in_order(graph, NodeTable("labels", given), required=True)))
