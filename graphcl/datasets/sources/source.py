"""Sources of datasets: the protocol, generated or embedded datasets, and npz files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.files.checksum import warn_unknown
from graphcl.datasets.files.npz import read_npz
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import check_dataset_parameters

Dataset = GraphDataset | GraphCollectionDataset
"""A dataset of a single graph or of many graphs."""


@runtime_checkable
class Source(Protocol):
    """Protocol of a source that a dataset is read from."""

    @property
    def known(self) -> Mapping[str, frozenset[str]] | None:
        """Known sha256 checksums by file name; None if checksums are not compared."""
        ...

    def present(self, folders: DataFolders) -> bool:
        """Whether the dataset can be read without a download."""
        ...

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> Dataset:
        """Validate the given parameters, and read the dataset under this name."""
        ...


@dataclass(frozen=True)
class Embedded:
    """Source of a dataset that a function generates or loads from a package.

    Attributes:
        make: The function, of keyword-only parameters.
    """

    make: Callable[..., Dataset]

    @property
    def known(self) -> None:
        """None: there is no file."""

    def present(self, folders: DataFolders) -> bool:  # noqa: ARG002 - there is no file
        """True: no file is needed."""
        return True

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> Dataset:  # noqa: ARG002
        """Call the function."""
        return self.make(**check_dataset_parameters(self.make, given, name))


@dataclass(frozen=True)
class NpzFile:
    """Source of a dataset in one npz file that cannot be downloaded automatically.

    Attributes:
        file: Path of the file, relative to a data folder: "npz/acm_sdcn.npz".
        digests: Known sha256 checksums; None if checksums are not compared.
        reader: The function that reads the file.
    """

    file: str
    digests: frozenset[str] | None = None
    reader: Callable[..., GraphDataset] = read_npz

    @property
    def known(self) -> Mapping[str, frozenset[str]] | None:
        """Known sha256 checksums by file name."""
        return None if self.digests is None else {Path(self.file).name: self.digests}

    def present(self, folders: DataFolders) -> bool:
        """Whether the file is present."""
        return folders.folder_with([self.file]) is not None

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphDataset:
        """Read the file; an unknown checksum gives a warning."""
        parameters = check_dataset_parameters(self.reader, given, name)
        folder = folders.folder_with([self.file])
        if folder is None:
            file = Path(self.file)
            raise FileNotFoundError(f"{name}: {file.name} is missing; {folders.advice(str(file.parent))}")
        dataset = replace(self.reader(folder / self.file, **parameters), name=name)
        digest = next(iter(dataset.files.values()))
        if self.digests is not None and digest not in self.digests:
            warn_unknown(folder / self.file, digest, name)
        return dataset
