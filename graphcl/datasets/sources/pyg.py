"""Datasets that are read by PyG's own classes: verified first, parsed in a temporary folder, kept as raw files."""

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
"""Formats that are read without unpickling; a file with any other ending is taken for a pickle."""


@dataclass(frozen=True)
class PygFiles:
    """The raw files of a PyG dataset class, and how to have the class read them.

    The class never sees the user's folder: the files are copied to a temporary one, verified there and parsed
    there. A pickle with an unknown digest is refused; an npz, txt, csv or json file with an unknown digest is
    checked, parsed and warned about. Where the files are found nowhere, the class downloads them, and they are
    kept in the cache once verified.

    The graph becomes what every `GraphDataset` is, symmetric and without self loops, also where the class gives
    a directed one (WebKB, Actor).

    Attributes:
        dataset: Name of a class in `torch_geometric.datasets`.
        arguments: Its arguments besides `root`.
        root: The folder, under a data root, that the class takes as its `root`: "planetoid".
        raw: Its folder of raw files, under `root`: "Cora/raw".
        digests: Raw file name -> the sha256 digests that are known.
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
        """The folder of raw files under a data root."""
        return f"{self.root}/{self.raw}"

    @property
    def known(self) -> Mapping[str, frozenset[str]]:
        """The digests that are known, by file name."""
        return self.digests

    def present(self, folders: DataFolders) -> bool:
        """Whether all raw files are there."""
        return self._find(folders) is not None

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphDataset:
        """Verify and parse the raw files, after a download where they are nowhere."""
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
        """Let the PyG class work in the temporary folder; return the graph and the digests of its files."""
        graphs: list[Data] = []
        files: dict[str, str] = {}

        def no_download(error: Exception) -> str:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            missing = f"not here: {', '.join(self.digests)}; the download failed ({reason})"
            return f"{name}: {missing}; {folders.advice(self.folder)}"

        def no_graph(error: Exception) -> str:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            return f"{name}: the files in {origin} have another layout ({reason}); fetch the originals again"

        reader = guarded(
            getattr(torch_geometric.datasets, self.dataset),
            verify=lambda: files.update(self._verify(name, raw, origin)),
            keep=graphs.append,
            no_download=no_download,
            no_graph=no_graph,
        )
        with warnings.catch_warnings():
            # Unpickling files of 2016 names a module that SciPy moved, and a dtype flag that NumPy changed.
            warnings.filterwarnings("ignore", r"Please import `\w+` from the `scipy\.sparse` namespace")
            warnings.filterwarnings(
                "ignore", r"dtype\(\): align should be passed", np.exceptions.VisibleDeprecationWarning
            )
            reader(str(raw.parents[len(Path(self.raw).parts) - 1]), **self.arguments)
        return graphs[0], files

    def _verify(self, name: str, raw: Path, origin: Path) -> dict[str, str]:
        """The digest of every file, after refusing what must not be parsed."""
        files = {}
        for file, accepted in self.digests.items():
            digest = files[file] = file_checksum(raw / file)
            if digest not in accepted and Path(file).suffix not in PLAIN:
                known = " or ".join(sorted(accepted))
                raise ValueError(
                    f"{name}: {file} from {origin} is refused: expected sha256 {known}, got {digest}; "
                    f"it is a pickle, which can run code: fetch the original again"
                )
            if Path(file).suffix == ".npz":
                try:
                    check_raw_npz(raw / file, self.arrays)
                except ValueError as error:
                    reason = str(error).removeprefix(f"{raw / file}: ")
                    raise ValueError(f"{name}: {origin / file}: {reason}") from None
        return files


def _dataset(name: str, origin: Path, graph: Data, files: Mapping[str, str]) -> GraphDataset:
    """Check what the class made of the files, which may have been any, and bring it to our form."""
    x = graph.x
    if x.dim() != 2 or 0 in x.shape:
        raise ValueError(f"{origin}: the features must have at least one row and one column; got {list(x.shape)}")
    if not torch.stack(x.aminmax()).isfinite().all():
        raise ValueError(f"{origin}: the features must be finite; got NaN or infinity; fetch the originals again")
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
    """Copy files into a folder; each appears there whole or not at all."""
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        part = target / f"{file}.{os.getpid()}.part"
        shutil.copyfile(source / file, part)
        part.replace(target / file)
