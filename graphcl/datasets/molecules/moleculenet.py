"""MoleculeNet and other named molecule datasets, from SMILES files in the folders of PyG's `MoleculeNet`.

[Wu et al., "MoleculeNet: a benchmark for molecular machine learning", Chemical Science 2018]; scaffold splits as
in [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.files.checksum import warn_unknown
from graphcl.datasets.molecules.files import Layout, molecule_dataset
from graphcl.datasets.parameters import check_dataset_parameters
from graphcl.typing import Count, Seed


@dataclass(frozen=True)
class MoleculeFile:
    """Source of a named molecule dataset: a SMILES file that the user has to download.

    Attributes:
        file: Path of the file, relative to a data folder.
        digests: Known sha256 checksums.
        layout: Columns of the file.
        split: Default split.
    """

    file: str
    digests: frozenset[str]
    layout: Layout
    split: str = "scaffold"

    @property
    def known(self) -> Mapping[str, frozenset[str]]:
        """Known sha256 checksums by file name."""
        return {Path(self.file).name: self.digests}

    def present(self, folders: DataFolders) -> bool:
        """Whether the file is present."""
        return folders.folder_with([self.file]) is not None

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphCollectionDataset:
        """Read the file, or its converted graphs from the cache; an unknown checksum gives a warning."""

        def schema(*, first: Count | None = None, split: str = self.split, split_seed: Seed = 0) -> None: ...

        parameters = check_dataset_parameters(schema, given, name)
        folder = folders.folder_with([self.file])
        if folder is None:
            file = Path(self.file)
            raise FileNotFoundError(f"{name}: {file.name} is missing; {folders.advice(str(file.parent))}")
        path = folder / self.file
        dataset = molecule_dataset(name, path, self.layout, folders, parameters)
        if dataset.files[path.name] not in self.digests:
            warn_unknown(path, dataset.files[path.name], name)
        return dataset


def moleculenet(
    name: str,
    file: str,
    *digests: str,
    column: str = "smiles",
    labels: tuple[str, ...] | None = None,
    canonical: bool = False,
) -> MoleculeFile:
    """Source of a MoleculeNet dataset; by default labels are all columns except the SMILES and `mol_id`."""
    layout = Layout(column, labels, ("mol_id",), canonical)
    return MoleculeFile(f"moleculenet/{name}/raw/{file}", frozenset(digests), layout)
