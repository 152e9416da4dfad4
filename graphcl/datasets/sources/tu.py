"""Sets of graphs in the text files of TU Dortmund, as in PyG's `TUDataset`: `tu/NAME/raw/NAME_A.txt` and so on.

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
from graphcl.datasets.sources.tu_text import Structure, read_node_rows, read_rows, read_structure
from graphcl.datasets.splits import split_graphs
from graphcl.graph_collection import GraphCollection
from graphcl.typing import Flag, Seed

Features = Literal["auto", "one-hot", "attributes", "label", "degree"]

_NEEDED = ("A", "graph_indicator", "graph_labels")
_OPTIONAL = ("node_labels", "node_attributes", "edge_labels")
_SHORT = "dgcnn"


@dataclass(frozen=True)
class TUFiles:
    """The text files of a set, or its short form; they have to be put into their place by hand.

    Attributes:
        name: The set's name there, which its files start with: "IMDB-BINARY".
        digests: The sha256 that is known of each file, by what stands in it: "A", "graph_labels" ...
    """

    name: str
    digests: Mapping[str, str]

    @property
    def folder(self) -> str:
        """The folder of raw files under a data root."""
        return f"tu/{self.name}/raw"

    @property
    def known(self) -> Mapping[str, frozenset[str]]:
        """The digests that are known, by file name."""
        files = {part: Path(self._file(part)).name for part in (*_NEEDED, *_OPTIONAL, _SHORT)}
        known = {part: frozenset({digest}) for part, digest in self.digests.items()}
        return {file: known.get(part, frozenset()) for part, file in files.items()}

    def present(self, folders: DataFolders) -> bool:
        """Whether the files that are needed are there."""
        return bool(self._find(folders))

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphCollectionDataset:
        """Read the files; one with an unknown digest gives a warning."""
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
        """Where a file lies under a data root."""
        short = f"tu/{self.name}/{self.name}.dgcnn.txt.xz"
        return short if part == _SHORT else f"{self.folder}/{self.name}_{part}.txt"

    def _find(self, folders: DataFolders) -> dict[str, Path]:
        """The files that are there, by what stands in them; none if one is missing that is needed."""
        for needed, further in ((_NEEDED, _OPTIONAL), ((_SHORT,), ())):
            place = folders.folder_with([self._file(part) for part in needed])
            if place is not None:
                paths = {part: place / self._file(part) for part in (*needed, *further)}
                return {part: path for part, path in paths.items() if path.is_file()}
        return {}


def _schema(
    *, features: Features = "auto", edge_labels: Flag = False, split: str = "none", split_seed: Seed = 0
) -> None:
    """The parameters of a set.

    Args:
        features: "one-hot", the node labels; "attributes", the numbers that come with nodes, then the one-hot
            labels where there are any; "label" or "degree", as categories; "auto", the first of "one-hot",
            "attributes", "degree" that there is.
        edge_labels: Whether edges have their label as a category, in edge_attr.
        split: "none", "random", or the path of an npz file with the arrays train, val and test.
        split_seed: Of a random split.
    """


def read_tu(name: str, paths: Mapping[str, Path], parameters: Mapping[str, Any]) -> GraphCollectionDataset:
    """Read the files of a set; edges become what they are in every dataset: both directions, no self loops.

    Args:
        name: The dataset's name.
        paths: A, graph_indicator, graph_labels, and node_labels, node_attributes, edge_labels where there are any;
            or dgcnn, the short form.
        parameters: All of those that `TUFiles` has.

    Returns:
        The dataset; classes are numbered 0, 1, ... in the order of the labels in the file.

    Raises:
        ValueError: If a file is damaged, the files do not fit together, or lack what is asked for.
    """
    structure = read_dgcnn(paths[_SHORT]) if _SHORT in paths else read_structure(paths)
    n, graphs = len(structure.graph), len(structure.y)
    edges, edge_attr = _edges(name, structure, paths.get("edge_labels"), labelled=parameters["edge_labels"])
    features, x = _features(name, paths, parameters["features"], edges, n)
    node_ptr = np.searchsorted(structure.graph, np.arange(graphs + 1))
    local = edges - node_ptr[structure.graph[edges[0]]]
    values, classes = np.unique(structure.y, return_inverse=True)
    arrays = {
        "x": x,
        "edge_index": local.astype(smallest_dtype(int(local.max(initial=0)))),
        "node_ptr": node_ptr,
        "edge_ptr": np.searchsorted(edges[0], node_ptr),
        **({} if edge_attr is None else {"edge_attr": edge_attr}),
        "y": classes.astype(np.int64),
    }
    return GraphCollectionDataset(
        name=name,
        graphs=GraphCollection(**{key: torch.from_numpy(array) for key, array in arrays.items()}),
        num_classes=len(values),
        splits=split_graphs(graphs, parameters["split"], parameters["split_seed"]),
        parameters={**parameters, "features": features},
        checksum=arrays_checksum(arrays),
        files={path.name: file_checksum(path) for path in paths.values()},
    )


def _edges(name: str, structure: Structure, path: Path | None, *, labelled: bool) -> tuple[Array, Array | None]:
    """Edges between the nodes of all graphs, and their labels as categories."""
    n = len(structure.graph)
    row, col = structure.pairs
    if not labelled:
        return undirected(torch.from_numpy(structure.pairs), n).numpy(), None
    if path is None:
        raise ValueError(f"{name}: edges have no labels; leave edge_labels out")
    labels = read_rows(path, np.int64)[:, 0]
    if len(labels) != len(row):
        raise ValueError(f"{path}: there must be a label per edge; got {len(labels)} for {len(row)} edges")
    # Where the file has an edge in one direction only, the other has its label too.
    keys, first = np.unique(np.concatenate([row * n + col, col * n + row]), return_index=True)
    apart = keys // n != keys % n
    keys, first = keys[apart], first[apart] % len(row)
    return np.stack([keys // n, keys % n]), _categories(labels)[first, None]


def _features(
    name: str, paths: Mapping[str, Path], wanted: Features, edges: Array, n: int
) -> tuple[Features, Array]:
    """Which features are meant, and the features."""
    if wanted == "auto":
        by_part: dict[str, Features] = {"node_labels": "one-hot", "node_attributes": "attributes"}
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
    """Labels numbered from 0 by subtraction, as PyG does; gaps stay gaps."""
    numbered: Array = labels - labels.min(axis=0, keepdims=True)
    return numbered.astype(smallest_dtype(int(numbered.max(initial=0))))
