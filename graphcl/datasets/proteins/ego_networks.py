"""Ego networks of proteins, of pretrain-gnns: unlabelled for pre-training, and with 40 tasks of protein function.

[Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020, arXiv 1905.12265]. The reader follows
the published code; it has not been run on the real files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.molecules.prepared import Prepared, open_or_make
from graphcl.datasets.molecules.prepared_graphs import prepared_graphs
from graphcl.datasets.parameters import check_dataset_parameters
from graphcl.datasets.proteins.ego_arrays import TASKS, ego_arrays
from graphcl.datasets.proteins.species_split import species_split
from graphcl.datasets.splits import GraphSplit, random_split, read_split
from graphcl.typing import Seed

SPLITS = "species, random, none, or the path of an .npz file"

FILE = "geometric_data_processed.pt"


@dataclass(frozen=True)
class EgoFile:
    """Source of ego networks: the processed file of pretrain-gnns, converted once into memory-mapped arrays.

    Attributes:
        kind: "supervised" (eight species, labels of 40 tasks) or "unsupervised" (50 species).
    """

    kind: str

    @property
    def file(self) -> str:
        """Path of the file, relative to a data folder: as in the authors' folder `bio/dataset`."""
        return f"ppi_ego/{self.kind}/processed/{FILE}"

    @property
    def known(self) -> None:
        """None: no checksum of the files is known here."""

    def present(self, folders: DataFolders) -> bool:
        """Whether the file is present."""
        return folders.folder_with([self.file]) is not None

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> GraphCollectionDataset:
        """Read the file, or its converted graphs from the cache."""

        def of_labelled(*, split: str = "species", split_seed: Seed = 0) -> None: ...

        def of_others() -> None: ...

        labelled = self.kind == "supervised"
        parameters = check_dataset_parameters(of_labelled if labelled else of_others, given, name)
        folder = folders.folder_with([self.file])
        if folder is None:
            raise FileNotFoundError(f"{name}: {FILE} is missing; {folders.advice(str(Path(self.file).parent))}")
        path = folder / self.file
        digest = file_checksum(path)
        prepared = open_or_make(
            folders.cache / "prepared" / f"{name}-{digest[:16]}",
            {"source": digest},
            lambda: ego_arrays(path, labelled=labelled),
        )
        return GraphCollectionDataset(
            name=name,
            graphs=prepared_graphs(prepared),
            tasks=tuple(f"go-{number}" for number in range(TASKS)) if labelled else (),
            splits=_split(prepared, name, **parameters) if labelled else {},
            parameters=parameters,
            checksum=prepared.notes["checksum"],
            files={FILE: digest},
        )


def _split(prepared: Prepared, name: str, split: str, split_seed: Seed) -> GraphSplit:
    species = torch.from_numpy(prepared.arrays["species"])
    if split == "none":
        return {}
    if split == "species":
        return species_split(species)
    if split == "random":
        return random_split(len(species), split_seed)
    if split.endswith(".npz"):
        return read_split(Path(split), len(species))
    raise ValueError(f"{name}: split must be {SPLITS}; got {split!r}")
