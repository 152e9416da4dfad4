"""Files of clusters and of names of rows, by which results are joined to the user's own tables."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from numpy.lib import format as npy

from graphcl.datasets import GraphCollectionDataset
from graphcl.datasets.sources.source import Dataset
from graphcl.ops.files.tensor_files import whole_file
from graphcl.typing import Labels

SUFFIXES = (".csv", ".npy")


def check_label_file(path: Path) -> None:
    """Refuse a file of clusters of another kind, before anything runs.

    Raises:
        ValueError: its name ends in neither .csv nor .npy.

    Example:
        >>> check_label_file(Path("labels.xls"))
        Traceback (most recent call last):
            ...
        ValueError: labels.xls: clusters are written to .csv (with ids) or .npy; name such a file
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{path}: clusters are written to .csv (with ids) or .npy; name such a file")


def write_labels(path: Path, dataset: Dataset, labels: Labels) -> None:
    """Write the cluster of each row: to .csv with the user's id of it, to .npy in the order of rows.

    The columns of a .csv are id and label; of molecules row (in the file, from 0, without the header) and label.
    Beside a .npy there is an index, see `write_index`.

    Args:
        path: of the file, .csv or .npy.
        dataset: what was clustered.
        labels: one per row.

    Raises:
        ValueError: another ending.
        OSError: the file cannot be written.
    """
    check_label_file(path)
    if path.suffix.lower() == ".csv":
        heading, names = _names(dataset)
        _write_table(path, (heading, "label"), zip(names, labels.tolist(), strict=True))
        return
    array = labels.cpu().contiguous().numpy()
    with whole_file(path) as file:
        npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(array))
        file.write(array.data)  # np.save does not notice a disk that is full
    write_index(path, dataset)


def write_index(beside: Path, dataset: Dataset) -> Path | None:
    """Write what each row of an array is where it is not a row of the user's file: z.index.csv for z.npy.

    Of molecules, some of which have no graph, that is their row in the file (from 0, without the header) and their
    SMILES; of a graph whose nodes have ids of their own, the ids.

    Args:
        beside: the file of the array.
        dataset: what its rows are of.

    Returns:
        The file, or None where none is needed.

    Raises:
        OSError: the file cannot be written.
    """
    path = beside.with_name(f"{beside.stem}.index.csv")
    if isinstance(dataset, GraphCollectionDataset):
        if dataset.rows is None or dataset.smiles is None:
            return None
        smiles = dataset.smiles
        _write_table(path, ("row", "smiles"), ((row, smiles[row]) for row in dataset.rows.tolist()))
    elif list(dataset.ids) == list(range(len(dataset.ids))):
        return None
    else:
        _write_table(path, ("id",), ((node,) for node in dataset.ids))
    return path


def _names(dataset: Dataset) -> tuple[str, Sequence[object]]:
    """What the rows of a dataset are called, and what the names are."""
    if not isinstance(dataset, GraphCollectionDataset):
        return "id", dataset.ids
    if dataset.rows is not None:
        return "row", dataset.rows.tolist()
    return "graph", range(len(dataset.graphs))


def _write_table(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with whole_file(path) as file:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
        file.write(text.getvalue().encode())
