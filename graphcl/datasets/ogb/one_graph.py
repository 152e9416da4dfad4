"""OGB's datasets of one graph, for classes of nodes and for links: read once, then mapped from files."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import torch
from torch_geometric.data import Data

from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.checksum import arrays_checksum, file_checksum
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.mapped_features import MappedFeatures
from graphcl.datasets.molecules.prepared import Prepared, open_or_make
from graphcl.datasets.ogb.edge_file import write_undirected
from graphcl.datasets.ogb.folder import folder_of, identity_of, made_by, raw_files
from graphcl.datasets.ogb.official_split import read_indices, read_links
from graphcl.datasets.ogb.sets import OgbSet
from graphcl.datasets.ogb.tables import ROWS, read_column, read_table, table_blocks
from graphcl.datasets.ogb.zip_arrays import unpack_array

FORMAT = 1
"""Increased whenever the same files would be prepared otherwise."""

MAPPED_BYTES = 2**31
"""Features beyond this many bytes are a source of rows in a file; up to it they are a tensor."""

Counts = Literal["published", "any"]
Features = Literal["float32", "float16"]


def read_one_graph(facts: OgbSet, folders: DataFolders, *, counts: Counts, features: Features) -> GraphDataset:
    """Read a graph from OGB's files; what is made of them is kept in the cache and mapped from there.

    Edges stand in both directions, without loops and duplicates. Nodes without a class have -1.

    Args:
        facts: on the dataset.
        folders: that are searched; the cache is written to.
        counts: "published" refuses a graph of other sizes than OGB's.
        features: how they are stored in the cache; up to 2 GB they are float32 in memory in either case.

    Raises:
        FileNotFoundError: the folder, or a file of it, is missing.
        ValueError: a damaged file, or one that does not belong to the others.
        ModuleNotFoundError: pandas is not installed.
        OSError: the cache cannot be written.
    """
    place = folder_of(facts, folders)
    files = raw_files(place)
    identity = identity_of(facts, files, format=FORMAT, counts=counts, features=features)
    room = folders.cache / "prepared"
    with ExitStack() as until_written:

        def make() -> tuple[dict[str, Array], dict[str, Any]]:
            temporary = until_written.enter_context(TemporaryDirectory(dir=room, prefix=f"{facts.folder}."))
            return _Maker(facts, place, Path(temporary), counts == "published", features).make(list(files))

        prepared = open_or_make(room / f"{facts.folder}-{features}", identity, make)
    return _dataset(facts, prepared, {"counts": counts, "features": features, **made_by(facts, place)})


@dataclass(frozen=True)
class _Maker:
    """Makes the arrays of a dataset, the large ones in a temporary folder."""

    facts: OgbSet
    place: Path
    temporary: Path
    exact: bool
    features: Features

    def make(self, files: list[str]) -> tuple[dict[str, Array], dict[str, Any]]:
        """Arrays by name, and the checksums of their files and of their content."""
        arcs, nodes = self._arcs()
        self._check_count("nodes", nodes, self.facts.nodes)
        self._check_count("edges", arcs.shape[1], self.facts.edges)
        write_undirected(arcs, nodes, self.temporary / "edge_index.npy")
        arrays: dict[str, Array] = {
            "x": self._features(nodes),
            "edge_index": np.load(self.temporary / "edge_index.npy", mmap_mode="r"),
        }
        if self.facts.kind == "node":
            arrays["y"] = self._classes(nodes)
            parts = read_indices(self.place, self.facts, nodes, exact=self.exact)
        else:
            parts = read_links(self.place, self.facts, nodes, exact=self.exact)
        content = arrays_checksum(arrays)
        arrays |= {f"part_{name}": part.numpy() for name, part in parts.items()}
        sums = {name: file_checksum(self.place / name) for name in files}
        return arrays, {"checksum": content, "files": sums, "parts": list(parts)}

    def _arcs(self) -> tuple[Array, int]:
        """The edges, (2, e), as they are stored, and the number of nodes."""
        raw = self.place / "raw"
        if self.facts.binary:
            arcs = unpack_array(raw / "data.npz", "edge_index", self.temporary)
            nodes = unpack_array(raw / "data.npz", "num_nodes_list", self.temporary)
        else:
            arcs, nodes = read_table(raw / "edge.csv.gz", np.int64).T, read_column(raw / "num-node-list.csv.gz")
        if arcs.ndim != 2 or len(arcs) != 2 or arcs.dtype.kind not in "iu" or len(nodes) != 1:
            raise ValueError(
                f"{raw}: one graph with edges (2, e) is needed; got {arcs.shape} in {len(nodes)} graphs"
            )
        return arcs, int(nodes[0])

    def _features(self, nodes: int) -> Array:
        """The features in a file, row by row, in the type that was asked for."""
        raw, width = self.place / "raw", self.facts.features
        out = np.lib.format.open_memmap(
            self.temporary / "x.npy", mode="w+", dtype=np.dtype(self.features), shape=(nodes, width)
        )
        if self.facts.binary:
            given = unpack_array(raw / "data.npz", "node_feat", self.temporary)
            blocks: Iterator[Array] = (given[start : start + ROWS] for start in range(0, len(given), ROWS))
        else:
            blocks = table_blocks(raw / "node-feat.csv.gz", np.float32)
        start = 0
        for block in blocks:
            if block.ndim != 2 or block.shape[1] != width or start + len(block) > nodes:
                raise ValueError(
                    f"{raw}: features must be ({nodes}, {width}); got {block.shape} from row {start}; put OGB's "
                    "files there again"
                )
            if not np.isfinite(block).all():
                raise ValueError(
                    f"{raw}: features must be finite; got NaN or infinity; put OGB's files there again"
                )
            out[start : start + len(block)] = block
            start += len(block)
        if start < nodes:
            raise ValueError(f"{raw}: features must have {nodes} rows; got {start}; put OGB's files there again")
        out.flush()
        return out

    def _classes(self, nodes: int) -> Array:
        """The class of each node, -1 where it has none."""
        raw = self.place / "raw"
        if self.facts.binary:
            given = unpack_array(raw / "node-label.npz", "node_label", self.temporary).reshape(-1)
        else:
            given = read_column(raw / "node-label.csv.gz", np.float64)
        classes = np.nan_to_num(np.asarray(given, dtype=np.float64), nan=-1).astype(np.int64)
        if len(classes) != nodes or classes.max(initial=0) >= self.facts.outputs:
            got = f"{len(classes)}, up to {classes.max(initial=0)}"
            raise ValueError(f"{raw}: {nodes} classes below {self.facts.outputs} are needed; got {got}")
        return classes

    def _check_count(self, what: str, found: int, published: int | None) -> None:
        if self.exact and published is not None and found != published:
            raise ValueError(
                f"{self.place}: {self.facts.name} has {published:,} {what}; got {found:,}; put OGB's files there "
                "again, or load with counts='any'"
            )


def _dataset(facts: OgbSet, prepared: Prepared, parameters: dict[str, Any]) -> GraphDataset:
    """The dataset of prepared arrays."""
    arrays, notes = prepared.arrays, prepared.notes
    stored, n = arrays["x"], len(arrays["x"])
    mapped = 4 * stored.size > MAPPED_BYTES
    x: Any = MappedFeatures(prepared.folder / "x.npy") if mapped else torch.from_numpy(stored).float()
    graph = Data(x=x, edge_index=torch.from_numpy(arrays["edge_index"]), num_nodes=n)
    parts = {name: torch.from_numpy(arrays[f"part_{name}"]) for name in notes["parts"]}
    common = {"checksum": notes["checksum"], "files": notes["files"], "parameters": parameters, "ids": range(n)}
    if facts.kind == "link":
        return GraphDataset(facts.name.lower(), graph, None, links=parts, **common)
    graph.y = torch.from_numpy(arrays["y"])
    splits = {
        name: torch.zeros(n, dtype=torch.bool).index_fill_(0, part, value=True) for name, part in parts.items()
    }
    return GraphDataset(facts.name.lower(), graph, facts.outputs, splits=splits, **common)
