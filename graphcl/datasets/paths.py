"""What a path can be: the reader of each kind of file, by its suffix, and of a folder."""

import csv
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from graphcl.datasets.files.archive import member_names
from graphcl.datasets.files.npz import read_npz
from graphcl.datasets.files.text_lines import open_lines
from graphcl.datasets.molecules.files import read_molecules
from graphcl.datasets.own.edge_list import read_edge_list
from graphcl.datasets.own.from_scipy import read_matrix
from graphcl.datasets.own.graph_files import read_graph_file
from graphcl.datasets.own.matrix_files import SPARSE
from graphcl.datasets.sources.source import Dataset
from graphcl.datasets.sources.tu_folder import read_tu_folder, tu_files

Reader = Callable[..., Dataset]


class Format(NamedTuple):
    """A kind of file: what it holds, in words; its reader, or what chooses it by (path, parameters)."""

    what: str
    reader: Reader | None = None
    choose: Callable[[Path, Mapping[str, Any]], Reader] | None = None


def _reader_of_npz(path: Path, parameters: Mapping[str, Any]) -> Reader:  # noqa: ARG001 - of one protocol
    return read_matrix if set(SPARSE) <= set(member_names(path)) else read_npz


def _reader_of_csv(path: Path, parameters: Mapping[str, Any]) -> Reader:
    """Molecules if there is a column of SMILES or a parameter that only molecules have; else edges."""
    if not path.is_file() or {"column", "first", "split", "split_seed"} & parameters.keys():
        return read_molecules
    with open_lines(path) as lines:
        header = next(csv.reader(lines), [])
    return read_molecules if any(name.strip().lower() == "smiles" for name in header) else read_edge_list


_EDGES = Format("edges, separated by blanks", read_edge_list)

FORMATS = {
    ".npz": Format("a graph, or a matrix of SciPy", choose=_reader_of_npz),
    ".csv": Format("edges, or molecules where a column is named smiles", choose=_reader_of_csv),
    ".tsv": Format("edges", read_edge_list),
    ".txt": _EDGES,
    ".edges": _EDGES,
    ".edgelist": _EDGES,
    ".graphml": Format("a graph", read_graph_file),
    ".gml": Format("a graph", read_graph_file),
    ".mtx": Format("a matrix in the form of Matrix Market", read_matrix),
    ".smi": Format("molecules", read_molecules),
}
"""The kinds of files by suffix; all but .npz may be compressed, as .csv.gz."""


def has_known_suffix(name: str | os.PathLike[str]) -> bool:
    """Whether a text ends as the path of a file that can be read.

    Example:
        >>> has_known_suffix("edges.tsv.gz"), has_known_suffix("karate")
        (True, False)
    """
    return _suffix(Path(name)) in FORMATS


def is_tu_folder(name: str | os.PathLike[str]) -> bool:
    """Whether a path is a folder with files in the layout of TU Dortmund.

    Example:
        >>> is_tu_folder("no-such-folder")
        False
    """
    return bool(tu_files(Path(name)))


def reader_of(path: str | os.PathLike[str], parameters: Mapping[str, Any]) -> Reader:
    """The function that reads a file or folder.

    Args:
        path: Its path.
        parameters: Parameters of the dataset; of a .csv they may say that it holds molecules.

    Returns:
        A function of the path and keyword-only parameters.

    Raises:
        FileNotFoundError: If there is no such file and the suffix is not known.
        ValueError: If the suffix is not known.

    Example:
        >>> reader_of("edges.tsv", {}).__name__
        'read_edge_list'
    """
    path = Path(path)
    if path.is_dir() and is_tu_folder(path):
        return read_tu_folder
    kind = FORMATS.get(_suffix(path))
    if kind is None:
        known = "; ".join(f"{suffix} holds {kind.what}" for suffix, kind in FORMATS.items())
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file; name an existing file, or a folder in TU layout")
        if path.is_dir():
            raise ValueError(
                f"{path}: a folder without NAME_A.txt; name a file, or a folder of graphs in TU layout"
            )
        if zipfile.is_zipfile(path):
            return _reader_of_npz(path, parameters)
        got = path.suffix or "none"
        raise ValueError(f"{path}: what a file holds is known by its suffix; got {got}; rename it: {known}")
    return kind.choose(path, parameters) if kind.choose else kind.reader or read_npz


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix == ".gz" else suffix
