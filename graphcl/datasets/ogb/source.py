"""Source of an OGB dataset in the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.ogb.folder import find_folder
from graphcl.datasets.ogb.molecule_sets import OF_MOLECULENET, read_molecule_set
from graphcl.datasets.ogb.one_graph import Counts, Features, read_one_graph
from graphcl.datasets.ogb.sets import SETS, OgbSet
from graphcl.datasets.parameters import check_dataset_parameters
from graphcl.datasets.sources.source import Dataset


@dataclass(frozen=True)
class OgbFiles:
    """Files of OGB in a data folder, `ogb/ogbn_arxiv/...`, or in `dataset/`, where its package puts them.

    Attributes:
        key: name of the dataset, in lower case.
    """

    key: str

    @property
    def facts(self) -> OgbSet:
        """On the dataset."""
        return SETS[self.key]

    @property
    def known(self) -> None:
        """None: OGB publishes counts, which are compared, and no checksums."""

    def present(self, folders: DataFolders) -> bool:
        """Whether the folder, or a file that stands in for it, is there."""
        stand_in = OF_MOLECULENET.get(self.facts.name)
        there = find_folder(self.facts, folders) is not None
        return there or (stand_in is not None and folders.folder_with([stand_in]) is not None)

    def read(self, name: str, folders: DataFolders, given: Mapping[str, Any]) -> Dataset:
        """Read the files, or what was made of them before."""

        def one_graph(*, counts: Counts = "published", features: Features = "float32") -> None: ...
        def molecules(*, counts: Counts = "published") -> None: ...

        if self.facts.kind == "graph":
            parameters = check_dataset_parameters(molecules, given, name)
            return read_molecule_set(self.facts, folders, **parameters)
        return read_one_graph(self.facts, folders, **check_dataset_parameters(one_graph, given, name))
