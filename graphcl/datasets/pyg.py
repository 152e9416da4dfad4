"""Datasets that are read by PyG's own classes: verified first, parsed in a temporary folder, kept as raw files."""

import os
import shutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch_geometric.datasets
from torch_geometric.data import Data, InMemoryDataset

from graphcl.datasets.checksum import file_checksum
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import check_parameters
from graphcl.datasets.places import Places


@dataclass(frozen=True)
class PygFiles:
    """The raw files of a PyG dataset class, and how to have the class read them.

    The class never sees the user's folder: the files are copied to a temporary one, verified there and parsed
    there, so that its `processed` folder (a pickle) is gone afterwards. Where the files are found nowhere, the
    class downloads them, and they are kept in the cache once verified.

    Attributes:
        dataset: Name of a class in `torch_geometric.datasets`.
        arguments: Its arguments besides `root`.
        root: The folder, under a data root, that the class takes as its `root`: "planetoid".
        raw: Its folder of raw files, under `root`: "Cora/raw".
        digests: Raw file name -> accepted sha256 digests. The formats are pickles: any other file is refused.
    """

    dataset: str
    arguments: Mapping[str, Any]
    root: str
    raw: str
    digests: Mapping[str, frozenset[str]]

    @property
    def folder(self) -> str:
        """The folder of raw files under a data root."""
        return f"{self.root}/{self.raw}"

    def present(self, places: Places) -> bool:
        """Whether all raw files are there."""
        return self._find(places) is not None

    def read(self, name: str, places: Places, given: Mapping[str, Any]) -> GraphDataset:
        """Verify and parse the raw files, after a download where they are nowhere."""
        check_parameters(lambda: None, given, name)
        found = self._find(places)
        with TemporaryDirectory() as temporary:
            raw = Path(temporary) / self.folder
            if found is not None:
                _copy(self.digests, found / self.folder, raw)
            graph = self._parse(name, places, raw, "the download" if found is None else str(found / self.folder))
            if found is None:
                _copy(self.digests, raw, places.cache / self.folder)
            files = {file: file_checksum(raw / file) for file in self.digests}
        masks = {key: graph[f"{key}_mask"] for key in ("train", "val", "test") if f"{key}_mask" in graph}
        return GraphDataset.from_parts(name, graph.x, graph.edge_index, graph.y, splits=masks, files=files)

    def _find(self, places: Places) -> Path | None:
        return places.folder_with([f"{self.folder}/{file}" for file in self.digests])

    def _parse(self, name: str, places: Places, raw: Path, origin: str) -> Data:
        """Let the PyG class work in the temporary folder."""

        def verify() -> None:
            for file, accepted in self.digests.items():
                if (digest := file_checksum(raw / file)) not in accepted:
                    known = " or ".join(sorted(accepted))
                    raise ValueError(
                        f"{name}: {file} from {origin} is refused: expected sha256 {known}, got {digest}; "
                        f"it is a pickle, which can run code: fetch the original again"
                    )

        def explain(error: Exception) -> str:
            files = ", ".join(self.digests)
            reason = f"{type(error).__name__}: {error}"
            return f"{name}: {files} are missing and the download failed ({reason}); {places.advice(self.folder)}"

        guarded = _guarded(getattr(torch_geometric.datasets, self.dataset), verify, explain)
        root = raw.parents[len(Path(self.raw).parts) - 1]
        with warnings.catch_warnings():
            # Unpickling files of 2016 names a module that SciPy moved, and a dtype flag that NumPy changed.
            warnings.filterwarnings("ignore", r"Please import `\w+` from the `scipy\.sparse` namespace")
            warnings.filterwarnings(
                "ignore", r"dtype\(\): align should be passed", np.exceptions.VisibleDeprecationWarning
            )
            return guarded(str(root), **self.arguments)[0]


def _guarded(
    base: type[InMemoryDataset], verify: Callable[[], None], explain: Callable[[Exception], str]
) -> type[InMemoryDataset]:
    """A PyG class that verifies before it parses, explains a failed download and prints nothing."""

    class Guarded(base):
        log = property(lambda self: False, lambda self, value: None)  # noqa: ARG005 - PyG sets it to True

        def download(self) -> None:
            try:
                super().download()
            except Exception as error:
                raise FileNotFoundError(explain(error)) from error

        def process(self) -> None:
            verify()
            super().process()

    return Guarded


def _copy(files: Mapping[str, Any], source: Path, target: Path) -> None:
    """Copy files into a folder; each appears there whole or not at all."""
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        part = target / f"{file}.{os.getpid()}.part"
        shutil.copyfile(source / file, part)
        part.replace(target / file)
