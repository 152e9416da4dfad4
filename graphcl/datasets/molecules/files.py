"""Molecule datasets from SMILES files: converted once, cached, and split by scaffold, at random or by a file."""

import hashlib
import json
import os
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.data_folders import DataFolders, find_data_folders
from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.checksum import arrays_checksum, file_checksum
from graphcl.datasets.files.texts import Texts
from graphcl.datasets.molecules.arrays import featurise_all
from graphcl.datasets.molecules.featurise import rdkit_version
from graphcl.datasets.molecules.prepared import Prepared, add_array, find_array, open_or_make
from graphcl.datasets.molecules.prepared_graphs import GRAPH_ARRAYS, prepared_graphs
from graphcl.datasets.molecules.scaffolds import scaffold_groups
from graphcl.datasets.molecules.smiles_file import read_smiles_file
from graphcl.datasets.parameters import checked
from graphcl.datasets.splits import GraphSplit, random_split, read_split, scaffold_balanced_split, scaffold_split
from graphcl.typing import Count, Seed

SPLITS = "none, scaffold, scaffold-balanced, random, or the path of an .npz file"

NAMED = 5
"""Number of left-out molecules whose rows are listed in the warning."""


@dataclass(frozen=True)
class Layout:
    """Columns of a file of molecules.

    Attributes:
        column: The column of SMILES; None selects the one named "smiles", in upper or lower case.
        labels: Columns of numeric labels; None selects all but the SMILES and those in `ignored`.
        ignored: Columns that are not labels.
        canonical: Whether scaffolds are computed from canonical SMILES.
    """

    column: str | None = None
    labels: tuple[str, ...] | None = ()
    ignored: tuple[str, ...] = ()
    canonical: bool = False


@checked
def read_molecules(
    path: str | os.PathLike[str],
    *,
    column: str | None = None,
    labels: tuple[str, ...] = (),
    first: Count | None = None,
    split: str = "none",
    split_seed: Seed = 0,
) -> GraphCollectionDataset:
    """Read a dataset of molecules from a file of SMILES; each becomes a graph, see `featurise`.

    The conversion takes about 0.2 ms per molecule and core; its result is cached in the folder `prepared` of the
    cache. Molecules that cannot be converted are left out, with a warning that counts them.

    Args:
        path: A table (.csv) or a list (.smi), or either with .gz.
        column: The column of SMILES; None selects the one named "smiles", in upper or lower case.
        labels: Columns of numeric labels; an empty cell is a missing label.
        first: Use only this many molecules from the start of the file; None uses all.
        split: "none", "scaffold" (deterministic), "scaffold-balanced", "random", or the path of an npz file with
            the arrays train, val and test.
        split_seed: Seed of a random or scaffold-balanced split.

    Returns:
        A dataset named after the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file has another layout, or no molecule in it can be converted.
        ModuleNotFoundError: If RDKit is not installed and the file is not in the cache.
    """
    path = Path(path)
    parameters = {
        "column": column,
        "labels": list(labels),
        "first": first,
        "split": split,
        "split_seed": split_seed,
    }
    return molecule_dataset(path.name, path, Layout(column, labels), find_data_folders(), parameters)


@checked
def user_molecules(
    *,
    smiles: str = "",
    column: str | None = None,
    labels: tuple[str, ...] = (),
    first: Count | None = None,
    split: str = "none",
    split_seed: Seed = 0,
) -> GraphCollectionDataset:
    """Read the file of molecules named by the parameter `smiles`; see `read_molecules` for the others."""
    if not smiles:
        raise ValueError("molecules: smiles must name a file of molecules, as smiles=my.csv; got none")
    return read_molecules(smiles, column=column, labels=labels, first=first, split=split, split_seed=split_seed)


def molecule_dataset(
    name: str, path: Path, layout: Layout, folders: DataFolders, parameters: dict[str, Any]
) -> GraphCollectionDataset:
    """Read a file of molecules, from the cache if it has been converted before.

    Args:
        name: The dataset's name.
        path: The file.
        layout: Its columns.
        folders: The data folders, with the cache.
        parameters: Parameters of the dataset; `first`, `split` and `split_seed` are read.

    Returns:
        The dataset.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file has another layout, or no molecule in it can be converted.
        ModuleNotFoundError: If RDKit is needed and not installed.
    """
    prepared, digest = _prepare(path, layout, parameters["first"], folders)
    arrays, notes = prepared.arrays, prepared.notes
    texts = Texts(arrays["smiles"], arrays["smiles_ptr"])
    if notes["skipped"]:
        rows = f"{'first ' if parameters['first'] else ''}{len(texts):,}"
        missing = np.setdiff1d(np.arange(len(texts)), arrays["rows"])[: NAMED + 1]
        _warn_skipped(name, path, rows, tuple(notes["skipped"].items()), tuple(missing.tolist()))
    return GraphCollectionDataset(
        name=name,
        graphs=prepared_graphs(prepared),
        tasks=tuple(notes["tasks"]),
        splits=_split(parameters["split"], parameters["split_seed"], prepared, texts, canonical=layout.canonical),
        parameters=parameters,
        checksum=notes["checksum"],
        files={path.name: digest},
        skipped=notes["skipped"],
        smiles=texts,
        rows=torch.from_numpy(arrays["rows"]).long(),
    )


def _prepare(path: Path, layout: Layout, first: int | None, folders: DataFolders) -> tuple[Prepared, str]:
    """Converted arrays of a file, or of its first molecules, and the file's checksum."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; name an existing file of SMILES")
    digest = file_checksum(path)
    columns = {
        "column": layout.column,
        "labels": layout.labels and list(layout.labels),
        "apart": list(layout.ignored),  # part of the key of caches that exist
        **({} if first is None else {"first": first}),
    }
    key = hashlib.sha256(json.dumps([digest, columns], sort_keys=True).encode()).hexdigest()
    folder = folders.cache / "prepared" / f"{path.name}-{key[:16]}"
    version = rdkit_version()
    identity = {"source": digest, "columns": json.dumps(columns), "rdkit": version}
    return open_or_make(folder, identity, lambda: _make(path, layout, first)), digest


def _make(path: Path, layout: Layout, first: int | None) -> tuple[dict[str, Array], dict[str, Any]]:
    """Read the file and convert its molecules: arrays and metadata for the cache."""
    table = read_smiles_file(path, column=layout.column, labels=layout.labels, ignored=layout.ignored, first=first)
    made = featurise_all(table.smiles)
    if not len(made.rows):
        raise ValueError(
            f"{path}: none of the {len(table.smiles):,} molecules has a graph ({_counts(made.failures)})"
        )
    texts = Texts.of(table.smiles)
    arrays: dict[str, Array] = {name: getattr(made, name) for name in GRAPH_ARRAYS[:-1]}
    if table.tasks:
        arrays["y"] = table.labels[made.rows]
    notes = {"tasks": table.tasks, "skipped": made.failures, "checksum": arrays_checksum(arrays)}
    arrays |= {"rows": made.rows, "smiles": texts.data, "smiles_ptr": texts.ptr}
    return arrays, notes


def file_scaffolds(path: Path, layout: Layout, folders: DataFolders) -> Array:
    """Scaffold index of every molecule of a file, as of `scaffold_groups`; computed once, then in the cache.

    Args:
        path: The file.
        layout: Its columns.
        folders: The data folders, with the cache.

    Raises:
        FileNotFoundError, ValueError, ModuleNotFoundError: As for `molecule_dataset`.
    """
    prepared, _ = _prepare(path, layout, None, folders)
    texts = Texts(prepared.arrays["smiles"], prepared.arrays["smiles_ptr"])
    return _scaffolds(prepared, texts, canonical=layout.canonical)


def _scaffolds(prepared: Prepared, texts: Texts, *, canonical: bool) -> Array:
    name = "scaffold_canonical" if canonical else "scaffold"
    groups = find_array(prepared, name)
    if groups is None or groups.shape != (len(texts),):
        groups = scaffold_groups(list(texts), canonical=canonical)
        add_array(prepared, name, groups)
    return groups


def _split(split: str, seed: Seed, prepared: Prepared, texts: Texts, *, canonical: bool) -> GraphSplit:
    """The requested split, in indices of graphs."""
    rows = prepared.arrays["rows"]
    if split == "none":
        return {}
    if split == "random":
        return random_split(len(rows), seed)
    if split in ("scaffold", "scaffold-balanced"):
        groups = _scaffolds(prepared, texts, canonical=canonical)
        # As in the published code, the split is over all molecules that can be parsed, also those that cannot be
        # converted to graphs.
        parsed = torch.from_numpy(np.flatnonzero(groups >= 0))
        scaffolds = groups[parsed.numpy()].tolist()
        places = scaffold_split(scaffolds) if split == "scaffold" else scaffold_balanced_split(scaffolds, seed)
        chosen = {part: parsed[index] for part, index in places.items()}
    elif split.endswith(".npz"):
        chosen = read_split(Path(split), len(texts))
    else:
        raise ValueError(f"split must be {SPLITS}; got {split!r}")
    graph_of_row = torch.full((len(texts),), -1)
    graph_of_row[torch.from_numpy(rows)] = torch.arange(len(rows))
    graphs = {part: graph_of_row[index] for part, index in chosen.items()}
    return {part: index[index >= 0] for part, index in graphs.items()}


@cache
def _warn_skipped(
    name: str, path: Path, rows: str, skipped: tuple[tuple[str, int], ...], numbers: tuple[int, ...]
) -> None:
    """Warn, once per process and file, how many molecules were left out, and which."""
    missing = sum(count for _, count in skipped)
    first = ", ".join(map(str, numbers[:NAMED])) + (", ..." if len(numbers) > NAMED else "")
    warnings.warn(
        f"{name}: {missing:,} of the {rows} molecules in {path.name} have no graph and are left out "
        f"({_counts(dict(skipped))}): counted from 0, {first}",
        UserWarning,
        stacklevel=2,
    )


def _counts(failures: dict[Any, int]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in failures.items())
