"""OGB's datasets of molecules: atoms and bonds from its raw files, in the categories of the other molecules here.

===================  ======================================================================
column               from OGB's columns
===================  ======================================================================
`x[:, 0]`            the element, 0 ... 117; OGB's "misc" becomes 117, which no molecule has
`x[:, 1]`            chiral tag: none, clockwise, counterclockwise; others become none
`edge_attr[:, 0]`    single, double, triple, aromatic bond; "misc" becomes single
`edge_attr[:, 1]`    0: OGB does not store the direction of bonds
===================  ======================================================================

So every molecule of OGB is there, also those that today's RDKit cannot parse.
"""

import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.checksum import arrays_checksum, file_checksum
from graphcl.datasets.files.texts import Texts
from graphcl.datasets.molecules.featurise import CHIRALITIES, ELEMENTS
from graphcl.datasets.molecules.files import Layout, file_scaffolds, molecule_dataset
from graphcl.datasets.molecules.prepared import open_or_make
from graphcl.datasets.molecules.prepared_graphs import prepared_graphs
from graphcl.datasets.ogb.folder import find_folder, folder_of, identity_of, raw_files
from graphcl.datasets.ogb.official_split import read_indices
from graphcl.datasets.ogb.sets import OgbSet
from graphcl.datasets.ogb.tables import read_column, read_table, read_texts
from graphcl.datasets.splits import scaffold_split

FORMAT = 1
"""Increased whenever the same files would be prepared otherwise."""

BONDS = 4
"""Kinds of bonds that are told apart."""

OF_MOLECULENET = {"ogbg-molhiv": "moleculenet/hiv/raw/HIV.csv"}
"""Sets whose molecules are those of a file of MoleculeNet, which stands in where OGB's folder is not there."""

HIV = Layout("smiles", ("HIV_active",), ("mol_id",))
"""Columns of that file."""


def read_molecule_set(facts: OgbSet, folders: DataFolders, *, counts: str) -> GraphCollectionDataset:
    """Read molecules from OGB's files, or, for ogbg-molhiv, from MoleculeNet's HIV.csv, with a warning.

    Args:
        facts: on the dataset.
        folders: that are searched; the cache is written to.
        counts: "published" refuses other numbers of molecules than OGB's.

    Raises:
        FileNotFoundError: the folder, or a file of it, is missing.
        ValueError: a damaged file, or one that does not belong to the others.
        ModuleNotFoundError: pandas, or RDKit for a file of SMILES, is not installed.
        OSError: the cache cannot be written.
    """
    stand_in = OF_MOLECULENET.get(facts.name)
    if stand_in and find_folder(facts, folders) is None and (root := folders.folder_with([stand_in])):
        return _of_moleculenet(facts, root / stand_in, folders)
    place = folder_of(facts, folders)
    files = raw_files(place)
    identity = identity_of(facts, files, format=FORMAT, counts=counts)
    prepared = open_or_make(
        folders.cache / "prepared" / facts.folder,
        identity,
        lambda: _make(facts, place, list(files), exact=counts == "published"),
    )
    arrays, notes = prepared.arrays, prepared.notes
    graphs = prepared_graphs(prepared)
    return GraphCollectionDataset(
        name=facts.name,
        graphs=graphs,
        tasks=tuple(notes["tasks"]),
        splits={name: torch.from_numpy(arrays[f"part_{name}"]) for name in ("train", "val", "test")},
        parameters={"counts": counts},
        checksum=notes["checksum"],
        files=notes["files"],
        smiles=Texts(arrays["smiles"], arrays["smiles_ptr"]),
        rows=torch.arange(len(graphs)),
    )


def _make(facts: OgbSet, place: Path, files: list[str], *, exact: bool) -> tuple[dict[str, Array], dict[str, Any]]:
    raw = place / "raw"
    nodes, edges = read_column(raw / "num-node-list.csv.gz"), read_column(raw / "num-edge-list.csv.gz")
    if exact and len(nodes) != facts.graphs:
        raise ValueError(
            f"{raw}: {facts.name} has {facts.graphs:,} molecules; got {len(nodes):,}; put OGB's files there "
            "again, or load with counts='any'"
        )
    arcs, atoms, bonds, y = (
        read_table(raw / f"{name}.csv.gz", dtype)
        for name, dtype in (
            ("edge", np.int64), ("node-feat", np.int64), ("edge-feat", np.int64), ("graph-label", np.float32)
        )
    )  # fmt: skip
    _check_rows(raw, facts, nodes, edges, {"edge": arcs, "node-feat": atoms, "edge-feat": bonds, "graph-label": y})
    arrays: dict[str, Array] = {
        "x": np.stack([np.minimum(atoms[:, 0], ELEMENTS - 1), _known(atoms[:, 1], CHIRALITIES)], 1).astype(
            np.uint8
        ),
        "edge_index": _both_ways(arcs).astype(np.int32),
        "node_ptr": np.concatenate([[0], np.cumsum(nodes)]),
        "edge_ptr": np.concatenate([[0], 2 * np.cumsum(edges)]),
        "edge_attr": np.repeat(np.stack([_known(bonds[:, 0], BONDS), 0 * bonds[:, 0]], 1), 2, 0).astype(np.uint8),
        "y": y,
    }
    smiles = read_texts(place / "mapping" / "mol.csv.gz", "smiles")
    if len(smiles) != len(nodes):
        raise ValueError(f"{place}: mapping must have {len(nodes):,} SMILES; got {len(smiles):,}")
    notes = {"checksum": arrays_checksum(arrays), "tasks": [f"task {number}" for number in range(facts.outputs)]}
    parts = read_indices(place, facts, len(nodes), exact=exact)
    texts = Texts.of(smiles)
    arrays |= {f"part_{name}": part.numpy() for name, part in parts.items()}
    arrays |= {"smiles": texts.data, "smiles_ptr": texts.ptr}
    return arrays, {**notes, "files": {name: file_checksum(place / name) for name in files}}


def _check_rows(raw: Path, facts: OgbSet, nodes: Array, edges: Array, tables: dict[str, Array]) -> None:
    """Refuse tables that do not belong together."""
    wanted = {
        "edge": (int(edges.sum()), 2),
        "node-feat": (int(nodes.sum()), facts.features),
        "edge-feat": (int(edges.sum()), 3),
        "graph-label": (len(nodes), facts.outputs),
    }
    for name, table in tables.items():
        if table.shape != wanted[name] and not (len(table) == wanted[name][0] == 0):
            raise ValueError(
                f"{raw}: {name} must be {wanted[name]}; got {table.shape}; put OGB's files there again"
            )
    owner = np.repeat(nodes, edges)
    if ((tables["edge"] < 0) | (tables["edge"] >= owner[:, None])).any():
        raise ValueError(f"{raw}: edges must be numbered within their molecule; put OGB's files there again")
    if (tables["node-feat"] < 0).any() or (tables["edge-feat"] < 0).any():
        raise ValueError(f"{raw}: categories must not be negative; put OGB's files there again")


def _known(categories: Array, count: int) -> Array:
    """Categories below a number; the others become 0."""
    return np.where(categories < count, categories, 0)


def _both_ways(arcs: Array) -> Array:
    """Each bond and the one back, beside one another, (2, 2 e)."""
    pairs = arcs.reshape(-1, 2)
    return np.stack([pairs, pairs[:, ::-1]], 1).reshape(-1, 2).T


def _of_moleculenet(facts: OgbSet, path: Path, folders: DataFolders) -> GraphCollectionDataset:
    """The molecules of MoleculeNet's file that RDKit can parse, in the official scaffold split of all of them."""
    made = {"first": None, "split": "none", "split_seed": 0}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*have no graph and are left out")  # the warning below says so
        dataset = molecule_dataset(facts.name, path, HIV, folders, made)
    if dataset.smiles is None or dataset.rows is None:
        raise ValueError(f"{path} holds no SMILES")
    # Those that RDKit cannot parse share the group -1.
    parts = scaffold_split(file_scaffolds(path, HIV, folders).tolist())
    sizes = tuple(len(part) for part in parts.values())
    if sizes != facts.parts:
        raise ValueError(f"{path}: the scaffold split must have parts of {facts.parts}; got {sizes}")
    place = torch.full((len(dataset.smiles),), -1).index_copy_(0, dataset.rows, torch.arange(len(dataset.rows)))
    splits = {name: (graphs := place[part])[graphs >= 0] for name, part in parts.items()}
    missing = {name: len(parts[name]) - len(splits[name]) for name in parts}
    lacking = ", ".join(f"{count} of {name}" for name, count in missing.items() if count)
    _warn_stand_in(facts.name, path, lacking or "none")
    return replace(dataset, splits=splits, parameters={"counts": "published"})


@cache
def _warn_stand_in(name: str, path: Path, lacking: str) -> None:
    warnings.warn(
        f"{name} is read from MoleculeNet's {path.name}, in OGB's scaffold split; without a graph here, as RDKit "
        f"cannot parse them or they have unknown bonds: {lacking}",
        UserWarning,
        stacklevel=3,
    )
