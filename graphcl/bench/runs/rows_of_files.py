"""Rows of the user's files of molecules, and that embeddings stay with them."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.datasets import GraphCollectionDataset
from graphcl.datasets.sources.source import Dataset
from graphcl.typing import Nodes

SHOWN = 3
"""Molecules without a graph that a message names."""


def check_every_row(dataset: Dataset) -> None:
    """Refuse a file some of whose molecules have no graph: rows of embeddings would not be those of the file.

    Raises:
        ValueError: the message names the first of these rows, with their SMILES.
    """
    if missing := without_graph(dataset):
        raise ValueError(f"{missing}; --keep-rows writes rows of NaN for them; or correct the file")


def without_graph(dataset: Dataset) -> str:
    """Which molecules of a file have no graph, in words; an empty text where all have one."""
    if not isinstance(dataset, GraphCollectionDataset) or dataset.rows is None or dataset.smiles is None:
        return ""
    gone = torch.ones(len(dataset.smiles), dtype=torch.bool)
    gone[dataset.rows] = False
    rows = gone.nonzero().flatten().tolist()
    if not rows:
        return ""
    named = ", ".join(f"row {row} ({dataset.smiles[row][:40]!r})" for row in rows[:SHOWN])
    more = ", ..." if len(rows) > SHOWN else ""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in dataset.skipped.items())
    return (
        f"{dataset.name}: {len(rows):,} of {len(gone):,} molecules have no graph ({reasons}), counted from 0 "
        f"without the header: {named}{more}"
    )


def rows_of_file(dataset: Dataset) -> tuple[Int[Tensor, " graphs"], int]:
    """The row of the user's file of each molecule that has a graph, and the number of rows.

    Raises:
        ValueError: the dataset is not of molecules in a file.
    """
    if isinstance(dataset, GraphCollectionDataset) and dataset.rows is not None and dataset.smiles is not None:
        return dataset.rows, len(dataset.smiles)
    raise ValueError(f"--keep-rows is for molecules of a file, of which some have no graph; got {dataset.name}")


def in_rows_of_file(z: Nodes, rows: Int[Tensor, " graphs"], n: int) -> Nodes:
    """Embeddings of molecules in the rows of their file, with NaN for those that have no graph.

    Example:
        >>> import torch
        >>> in_rows_of_file(torch.ones(1, 2), torch.tensor([1]), 2)
        tensor([[nan, nan],
                [1., 1.]])
    """
    all_rows = z.new_full((n, z.size(1)), float("nan"))
    all_rows[rows] = z
    return all_rows
