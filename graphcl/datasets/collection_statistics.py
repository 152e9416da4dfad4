"""Statistics of a graph collection: sizes, features, labels, splits."""

from typing import Any

import torch
from torch import Tensor

from graphcl.datasets.collection_dataset import GraphCollectionDataset


def collection_statistics(dataset: GraphCollectionDataset) -> dict[str, Any]:
    """Statistics of a dataset of many graphs: sizes, features, labels and splits.

    Args:
        dataset: Any dataset of many graphs.

    Returns:
        A JSON-serialisable dictionary with these keys in this order:

        - `graphs`: their number; `skipped`: molecules that cannot be converted to graphs, by reason;
        - `nodes` and `edges` (undirected) per graph: `smallest`, `mean` and `largest`;
        - `features` and `edge_features`: columns of x and of edge_attr;
        - `isolated`: nodes without an edge; `single`: graphs with one node;
        - `classes` and `class_sizes`: graphs per class; `unlabelled`: graphs without a class or any task label;
        - `tasks`: by name, the numbers of `positive`, `negative` and `missing` labels of binary tasks; of
          regression tasks `mean`, `std` and the number of `missing` labels;
        - `splits`: number of graphs in each part.
    """
    graphs = dataset.graphs
    nodes, edges = graphs.node_ptr.diff(), graphs.edge_ptr.diff() // 2
    first = torch.repeat_interleave(graphs.node_ptr[:-1], graphs.edge_ptr.diff())
    joined = torch.zeros(len(graphs.x), dtype=torch.bool).index_fill(0, graphs.edge_index[0] + first, value=True)
    sizes: dict[str, int] = {}
    unlabelled = len(graphs)
    if graphs.y is not None:
        labelled = graphs.labelled
        unlabelled = int((~labelled.reshape(len(graphs), -1).any(1)).sum())
        if not dataset.tasks:
            found = graphs.y[labelled].unique(return_counts=True)
            sizes = {str(label): size for label, size in zip(*(part.tolist() for part in found), strict=True)}
    return {
        "graphs": len(graphs),
        "skipped": dict(dataset.skipped),
        "nodes": _span(nodes),
        "edges": _span(edges),
        "features": graphs.x.shape[1],
        "edge_features": 0 if graphs.edge_attr is None else graphs.edge_attr.shape[1],
        "isolated": int((~joined).sum()),
        "single": int((nodes == 1).sum()),
        "classes": len(sizes),
        "class_sizes": sizes,
        "unlabelled": unlabelled,
        "tasks": _tasks(dataset),
        "splits": {part: len(index) for part, index in dataset.splits.items()},
    }


def _span(sizes: Tensor) -> dict[str, int | float]:
    """Minimum, mean and maximum."""
    return {"smallest": int(sizes.min()), "mean": float(sizes.double().mean()), "largest": int(sizes.max())}


def _tasks(dataset: GraphCollectionDataset) -> dict[str, dict[str, int | float | None]]:
    """Label statistics of each task."""
    y = dataset.graphs.y
    if y is None or not dataset.tasks:
        return {}
    known = dataset.graphs.labelled
    binary = dataset.binary
    rows: dict[str, dict[str, int | float | None]] = {}
    for i, task in enumerate(dataset.tasks):
        values = y[known[:, i], i].double()
        missing = len(y) - len(values)
        if binary:
            positive = int(values.sum())
            rows[task] = {"positive": positive, "negative": len(values) - positive, "missing": missing}
        else:
            mean, std = (float(values.mean()), float(values.std(correction=0))) if len(values) else (None, None)
            rows[task] = {"mean": mean, "std": std, "missing": missing}
    return rows
