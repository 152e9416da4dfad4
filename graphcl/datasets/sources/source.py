"""Sources of datasets: a function and an npz file here, the raw files of a PyG class in `pyg`."""

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
"""What a name stands for: one graph or many."""


@runtime_checkable
class Source(Protocol):
    """Something a dataset can be read from."""

    @property
    def known(self) -> Mapping[str, frozenset[str]] | None:
        """The digests that are known, by file name; None where files are compared with nothing."""
        ...

    def present(self, folders: DataFolders) -> bool:
        """Whether reading would need no download."""
        ...

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> Dataset:
        """Check the parameters that were given and read the dataset under this name."""
        ...


@dataclass(frozen=True)
class Embedded:
    """A function of keyword-only parameters that returns the dataset.

    Attributes:
        make: The function.
    """

    make: Callable[..., Dataset]

    @property
    def known(self) -> None:
        """There is no file."""

    def present(self, folders: DataFolders) -> bool:  # noqa: ARG002 - nothing to look for
        """Always."""
        return True

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> Dataset:  # noqa: ARG002
        """Call the function."""
        return self.make(**check_dataset_parameters(self.make, given, name))


@dataclass(frozen=True)
class NpzFile:
    """An npz file, for which nobody offers a download in this layout.

    Attributes:
        file: Its path relative to the root, as in "npz/acm_sdcn.npz".
        digests: The sha256 digests that are known; None asks for no comparison.
        reader: What reads the layout.
    """

    file: str
    digests: frozenset[str] | None = None
    reader: Callable[..., GraphDataset] = read_npz

    @property
    def known(self) -> Mapping[str, frozenset[str]] | None:
        """The digests that are known, by file name."""
        return None if self.digests is None else {Path(self.file).name: self.digests}

    def present(self, folders: DataFolders) -> bool:
        """Whether the file is there."""
        return folders.folder_with([self.file]) is not None

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphDataset:
        """Read the file; one with an unknown digest is read all the same, with a warning."""
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
