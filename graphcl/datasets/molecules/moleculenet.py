"""MoleculeNet and other sets of molecules by name: files of SMILES in the layout of PyG's `MoleculeNet`.

[Wu et al., "MoleculeNet: a benchmark for molecular machine learning", Chemical Science 2018]; scaffolds split it
as in [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020].
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
    """A file of SMILES with a name; it has to be put into its place by hand.

    Attributes:
        file: Its path relative to the root.
        digests: The sha256 digests that are known.
        layout: What stands where in it.
        split: The split where none is asked for.
    """

    file: str
    digests: frozenset[str]
    layout: Layout
    split: str = "scaffold"

    @property
    def known(self) -> Mapping[str, frozenset[str]]:
        """The digests that are known, by file name."""
        return {Path(self.file).name: self.digests}

    def present(self, folders: DataFolders) -> bool:
        """Whether the file is there."""
        return folders.folder_with([self.file]) is not None

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphCollectionDataset:
        """Read the file, from the cache where it is prepared; one with an unknown digest gives a warning."""

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
    """A set of MoleculeNet; where labels are not named, they are all columns besides the SMILES and `mol_id`."""
    layout = Layout(column, labels, ("mol_id",), canonical)
    return MoleculeFile(f"moleculenet/{name}/raw/{file}", frozenset(digests), layout)
