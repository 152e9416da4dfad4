"""TU Dortmund datasets (TUDataset), from the text files `tu/NAME/raw/NAME_A.txt` and so on, as in PyG.

[Morris et al., "TUDataset: a collection of benchmark datasets for learning with graphs", 2020, arXiv:2007.08663]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.edges import undirected
from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.checksum import arrays_checksum, file_checksum, warn_unknown
from graphcl.datasets.files.smallest_dtype import smallest_dtype
from graphcl.datasets.parameters import check_dataset_parameters
from graphcl.datasets.sources.dgcnn import read_dgcnn
from graphcl.datasets.sources.tu_text import Structure, read_integers, read_node_rows, read_structure
from graphcl.datasets.splits import split_graphs
from graphcl.graph_collection import GraphCollection
from graphcl.typing import Flag, Seed

TUFeatures = Literal["auto", "one-hot", "attributes", "label", "degree"]

_NEEDED = ("A", "graph_indicator", "graph_labels")
OPTIONAL = ("node_labels", "node_attributes", "edge_labels")
_SHORT = "dgcnn"


@dataclass(frozen=True)
class TUFiles:
    """Source of a TU dataset: its text files, or its DGCNN file, which the user has to download.

    Attributes:
        name: Name of the dataset, with which its file names start: "IMDB-BINARY".
        digests: Known sha256 checksum of each file, by its suffix: "A", "graph_labels" ...
    """

    name: str
    digests: Mapping[str, str]

    @property
    def folder(self) -> str:
        """Folder of the raw files, relative to a data folder."""
        return f"tu/{self.name}/raw"

    @property
    def known(self) -> Mapping[str, frozenset[str]]:
        """Known sha256 checksums by file name."""
        files = {part: Path(self._file(part)).name for part in (*_NEEDED, *OPTIONAL, _SHORT)}
        known = {part: frozenset({digest}) for part, digest in self.digests.items()}
        return {file: known.get(part, frozenset()) for part, file in files.items()}

    def present(self, folders: DataFolders) -> bool:
        """Whether the required files are present."""
        return bool(self._find(folders))

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphCollectionDataset:
        """Read the files; an unknown checksum gives a warning."""
        parameters = check_dataset_parameters(_schema, given, name)
        paths = self._find(folders)
        if not paths:
            files = ", ".join(Path(self._file(part)).name for part in _NEEDED)
            raise FileNotFoundError(f"{name}: {files} are missing; {folders.advice(self.folder)}")
        dataset = read_tu(name, paths, parameters)
        for part, path in paths.items():
            if dataset.files[path.name] != self.digests.get(part):
                warn_unknown(path, dataset.files[path.name], name)
        return dataset

    def _file(self, part: str) -> str:
        """Path of a file, relative to a data folder."""
        short = f"tu/{self.name}/{self.name}.dgcnn.txt.xz"
        return short if part == _SHORT else f"{self.folder}/{self.name}_{part}.txt"

    def _find(self, folders: DataFolders) -> dict[str, Path]:
        """Files that are present, by suffix; empty if a required one is missing."""
        for needed, further in ((_NEEDED, OPTIONAL), ((_SHORT,), ())):
            place = folders.folder_with([self._file(part) for part in needed])
            if place is not None:
                paths = {part: place / self._file(part) for part in (*needed, *further)}
                return {part: path for part, path in paths.items() if path.is_file()}
        return {}


def _schema(
    *, features: TUFeatures = "auto", edge_labels: Flag = False, split: str = "none", split_seed: Seed = 0
) -> None:
    """Parameters of a TU dataset.

    Args:
        features: "one-hot": one-hot node labels; "attributes": node attributes, followed by the one-hot labels if
            there are any; "label" or "degree": as categories; "auto": the first of "one-hot", "attributes",
            "degree" that is available.
        edge_labels: Whether edge_attr holds the edge labels, as categories.
        split: "none", "random", or the path of an npz file with the arrays train, val and test.
        split_seed: Seed of a random split.
    """


def read_tu(name: str, paths: Mapping[str, Path], parameters: Mapping[str, Any]) -> GraphCollectionDataset:
    """Read a TU dataset from its files; edges are made undirected, and self-loops are removed.

    Args:
        name: The dataset's name.
        paths: Files by suffix: A, graph_indicator and, if present, graph_labels, node_labels, node_attributes,
            edge_labels; or dgcnn, a DGCNN file.
        parameters: All parameters of the dataset.

    Returns:
        The dataset; classes are numbered 0, 1, ... in ascending order of the labels in the file. Labels that are
        not all whole numbers are the values of one task, "label".

    Raises:
        ValueError: If a file is damaged, files are inconsistent, requested features or edge labels are missing,
            or an edge is there twice with different labels.
    """
    structure = read_dgcnn(paths[_SHORT]) if _SHORT in paths else read_structure(paths)
    n, graphs = len(structure.graph), int(structure.graph[-1]) + 1
    edges, edge_attr = _edges(name, structure, paths.get("edge_labels"), labelled=parameters["edge_labels"])
    features, x = _features(name, paths, parameters["features"], edges, n)
    node_ptr = np.searchsorted(structure.graph, np.arange(graphs + 1))
    local = edges - node_ptr[structure.graph[edges[0]]]
    y, num_classes = _targets(structure.y)
    arrays = {
        "x": x,
        "edge_index": local.astype(smallest_dtype(int(local.max(initial=0)))),
        "node_ptr": node_ptr,
        "edge_ptr": np.searchsorted(edges[0], node_ptr),
        **({} if edge_attr is None else {"edge_attr": edge_attr}),
        **({} if y is None else {"y": y}),
    }
    return GraphCollectionDataset(
        name=name,
        graphs=GraphCollection(**{key: torch.from_numpy(array) for key, array in arrays.items()}),
        num_classes=num_classes,
        tasks=("label",) if y is not None and num_classes is None else (),
        splits=split_graphs(graphs, parameters["split"], parameters["split_seed"]),
        parameters={**parameters, "features": features},
        checksum=arrays_checksum(arrays),
        files={path.name: file_checksum(path) for path in paths.values()},
    )


def _targets(labels: Array | None) -> tuple[Array | None, int | None]:
    """One class per graph and their number; or the values of one task, and None."""
    if labels is None:
        return None, None
    if labels.dtype.kind == "f":
        return labels.astype(np.float32)[:, None], None
    values, classes = np.unique(labels, return_inverse=True)
    return classes.astype(np.int64), len(values)


def _edges(name: str, structure: Structure, path: Path | None, *, labelled: bool) -> tuple[Array, Array | None]:
    """Edges of all graphs, and their labels as categories if requested."""
    n = len(structure.graph)
    row, col = structure.pairs
    if not labelled:
        return undirected(torch.from_numpy(structure.pairs), n).numpy(), None
    if path is None:
        raise ValueError(f"{name}: edges have no labels; leave edge_labels out")
    labels = read_integers(path)[:, 0]
    if len(labels) != len(row):
        raise ValueError(f"{path}: there must be a label per edge; got {len(labels)} for {len(row)} edges")
    _check_repeats(path, row * n + col, labels)
    # Where the file has an edge in one direction only, the other direction gets the same label.
    keys, first = np.unique(np.concatenate([row * n + col, col * n + row]), return_index=True)
    apart = keys // n != keys % n
    keys, first = keys[apart], first[apart] % len(row)
    return np.stack([keys // n, keys % n]), _categories(labels)[first, None]


def _check_repeats(path: Path, edges: Array, labels: Array) -> None:
    """Refuse an edge that is there twice, in one direction, with different labels."""
    order = np.argsort(edges, kind="stable")
    again = np.flatnonzero((np.diff(edges[order]) == 0) & (np.diff(labels[order]) != 0))
    if len(again):
        first, second = order[again[0]] + 1, order[again[0] + 1] + 1
        got = f"{labels[first - 1]} and {labels[second - 1]}"
        raise ValueError(f"{path}: lines {first} and {second} give one edge two labels, {got}; leave one of them")


def _features(
    name: str, paths: Mapping[str, Path], wanted: TUFeatures, edges: Array, n: int
) -> tuple[TUFeatures, Array]:
    """Resolve the name of the features, and compute them."""
    if wanted == "auto":
        by_part: dict[str, TUFeatures] = {"node_labels": "one-hot", "node_attributes": "attributes"}
        wanted = next((features for part, features in by_part.items() if part in paths), "degree")
    if wanted == "degree":
        degree = np.bincount(edges[0], minlength=n)[:, None]
        return wanted, degree.astype(smallest_dtype(int(degree.max())))
    needed = "node_attributes" if wanted == "attributes" else "node_labels"
    if needed not in paths:
        raise ValueError(f"{name}: nodes have no {needed[5:]} for features={wanted}; features=degree needs none")
    parts: list[Array] = []
    if wanted == "attributes":
        parts.append(read_node_rows(paths["node_attributes"], np.float32, n))
    if "node_labels" in paths:
        labels = _categories(read_node_rows(paths["node_labels"], np.int64, n))
        if wanted == "label":
            return wanted, labels
        parts += [np.eye(int(column.max()) + 1, dtype=np.float32)[column] for column in labels.T]
    return wanted, np.concatenate(parts, axis=1)


def _categories(labels: Array) -> Array:
    """Labels shifted to start at 0, as in PyG; gaps are kept."""
    numbered: Array = labels - labels.min(axis=0, keepdims=True)
    return numbered.astype(smallest_dtype(int(numbered.max(initial=0))))
