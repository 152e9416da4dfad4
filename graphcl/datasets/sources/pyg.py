"""Datasets read by PyG's own classes: raw files are verified, then parsed in a temporary folder."""

import os
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
import torch_geometric.datasets
from torch_geometric.data import Data

from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.files.checks import check_edges, check_labels, check_mask
from graphcl.datasets.files.checksum import file_checksum, warn_unknown
from graphcl.datasets.files.raw_npz import check_raw_npz
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import check_dataset_parameters
from graphcl.datasets.sources.guarded import guarded

PLAIN = frozenset({".npz", ".txt", ".csv", ".json"})
"""Extensions of formats that are read without unpickling; any other file is treated as a pickle."""


@dataclass(frozen=True)
class PygFiles:
    """Source of a dataset that a PyG class reads from raw files.

    The raw files are copied to a temporary folder, verified and parsed there; the user's folder is not changed. A
    pickle with an unknown checksum is an error; an npz, txt, csv or json file with an unknown checksum is checked
    and parsed, with a warning. If the files are not found, the class downloads them, and once verified they are
    copied to the cache.

    As in every `GraphDataset`, the graph is made undirected and self-loops are removed, also where the class
    returns a directed graph (WebKB, Actor).

    Attributes:
        dataset: Name of a class in `torch_geometric.datasets`.
        arguments: Its arguments besides `root`.
        root: The `root` argument of the class, relative to a data folder: "planetoid".
        raw: Its folder of raw files, relative to `root`: "Cora/raw".
        digests: Known sha256 checksums by raw file name.
        arrays: Names of the arrays that the class reads from each npz file.
    """

    dataset: str
    arguments: Mapping[str, Any]
    root: str
    raw: str
    digests: Mapping[str, frozenset[str]]
    arrays: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """Folder of the raw files, relative to a data folder."""
        return f"{self.root}/{self.raw}"

    @property
    def known(self) -> Mapping[str, frozenset[str]]:
        """Known sha256 checksums by file name."""
        return self.digests

    def present(self, folders: DataFolders) -> bool:
        """Whether all raw files are present."""
        return self._find(folders) is not None

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphDataset:
        """Verify and parse the raw files, downloading them if they are missing."""
        check_dataset_parameters(lambda: None, given, name)
        found = self._find(folders)
        home = (folders.cache if found is None else found) / self.folder
        with TemporaryDirectory() as temporary:
            raw = Path(temporary) / self.folder
            if found is not None:
                _copy(self.digests, home, raw)
            origin = Path("the download") if found is None else home
            graph, files = self._parse(name, folders, raw, origin)
            dataset = _dataset(name, Path(f"{name}: {origin}"), graph, files)
            if found is None:
                _copy(self.digests, raw, home)
        for file, digest in files.items():
            if digest not in self.digests[file]:
                warn_unknown(home / file, digest, name)
        return dataset

    def _find(self, folders: DataFolders) -> Path | None:
        return folders.folder_with([f"{self.folder}/{file}" for file in self.digests])

    def _parse(self, name: str, folders: DataFolders, raw: Path, origin: Path) -> tuple[Data, dict[str, str]]:
        """Parse the files in the temporary folder by the PyG class; return the graph and the files' checksums."""
        graphs: list[Data] = []
        files: dict[str, str] = {}

        def no_download(error: Exception) -> str:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            missing = f"not here: {', '.join(self.digests)}; the download failed ({reason})"
            return f"{name}: {missing}; {folders.advice(self.folder)}"

        def no_graph(error: Exception) -> str:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            return f"{name}: the files in {origin} have another layout ({reason}); download the originals again"

        reader = guarded(
            getattr(torch_geometric.datasets, self.dataset),
            verify=lambda: files.update(self._verify(name, raw, origin)),
            keep=graphs.append,
            no_download=no_download,
            no_graph=no_graph,
        )
        with warnings.catch_warnings():
            # The pickles of 2016 refer to a module that SciPy moved, and to a dtype flag that NumPy changed.
            warnings.filterwarnings("ignore", r"Please import `\w+` from the `scipy\.sparse` namespace")
            warnings.filterwarnings(
                "ignore", r"dtype\(\): align should be passed", np.exceptions.VisibleDeprecationWarning
            )
            reader(str(raw.parents[len(Path(self.raw).parts) - 1]), **self.arguments)
        return graphs[0], files

    def _verify(self, name: str, raw: Path, origin: Path) -> dict[str, str]:
        """Checksums of all files; raises an error if one must not be parsed."""
        files = {}
        for file, accepted in self.digests.items():
            digest = files[file] = file_checksum(raw / file)
            if digest not in accepted and Path(file).suffix not in PLAIN:
                known = " or ".join(sorted(accepted))
                raise ValueError(
                    f"{name}: {file} from {origin} is refused: expected sha256 {known}, got {digest}; "
                    f"it is a pickle, which can run code: download the original again"
                )
            if Path(file).suffix == ".npz":
                try:
                    check_raw_npz(raw / file, self.arrays)
                except ValueError as error:
                    reason = str(error).removeprefix(f"{raw / file}: ")
                    raise ValueError(f"{name}: {origin / file}: {reason}") from None
        return files


def _dataset(name: str, origin: Path, graph: Data, files: Mapping[str, str]) -> GraphDataset:
    """Check the graph that the class parsed, and build a dataset from it."""
    x = graph.x
    if x.dim() != 2 or 0 in x.shape:
        raise ValueError(f"{origin}: the features must have at least one row and one column; got {list(x.shape)}")
    if not torch.stack(x.aminmax()).isfinite().all():
        raise ValueError(
            f"{origin}: the features must be finite; got NaN or infinity; download the originals again"
        )
    n = len(x)
    masks = {
        key: torch.from_numpy(check_mask(origin, mask, graph[mask].numpy(), n, several=True))
        for key in ("train", "val", "test")
        if (mask := f"{key}_mask") in graph
    }
    edges = check_edges(origin, "the edges", graph.edge_index.numpy(), n)
    y = check_labels(origin, "the labels", graph.y.numpy(), n)
    return GraphDataset.from_parts(
        name, x, torch.from_numpy(edges), torch.from_numpy(y), splits=masks, files=files
    )


def _copy(files: Mapping[str, Any], source: Path, target: Path) -> None:
    """Copy files into a folder, each atomically."""
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        part = target / f"{file}.{os.getpid()}.part"
        shutil.copyfile(source / file, part)
        part.replace(target / file)
