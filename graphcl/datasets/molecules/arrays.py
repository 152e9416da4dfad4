"""Parallel conversion of SMILES to graphs in flat arrays; molecules that fail are counted and left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import joblib
import numpy as np

from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.smallest_dtype import smallest_dtype
from graphcl.datasets.molecules.featurise import CHIRALITIES, Failure, MoleculeError, categories, quiet

CHUNK = 4096
"""Number of molecules per task of a worker process."""

SERIAL_UP_TO = 4 * CHUNK
"""Largest number of molecules for which starting worker processes is not worthwhile."""

R = TypeVar("R")


class MoleculeArrays(NamedTuple):
    """Concatenated graphs of molecules, in small integer types.

    Attributes:
        x: (N, 2), categorical features of all atoms.
        edge_index: (2, E), with nodes numbered within each molecule.
        edge_attr: (E, 2), categorical features of all edges.
        node_ptr: Offset of the atoms of each molecule, from 0 to N.
        edge_ptr: Offset of the edges of each molecule, from 0 to E.
        rows: Index of each molecule in the input.
        failures: Number of molecules that were left out, by reason.
    """

    x: Array
    edge_index: Array
    edge_attr: Array
    node_ptr: Array
    edge_ptr: Array
    rows: Array
    failures: dict[Failure, int]


def featurise_all(smiles: Sequence[str]) -> MoleculeArrays:
    """Convert many SMILES to graphs, each as by `featurise`.

    Molecules that cannot be converted are left out, and so are those with a chiral tag that the published encoders
    have no embedding for.

    Args:
        smiles: The molecules.

    Returns:
        The graphs of the other molecules, in order.

    Raises:
        ModuleNotFoundError: RDKit is not installed.

    Example:
        >>> made = featurise_all(["CC", "C(", "C=O"])
        >>> made.node_ptr.tolist(), made.rows.tolist(), made.failures
        ([0, 2, 4], [0, 2], {'unparsable': 1})
    """
    chunks = list(in_parallel(featurise_chunk, smiles))
    x, edge_index, edge_attr, nodes, edges, kept = (
        np.concatenate(parts, axis=axis)
        for parts, axis in zip(
            zip(*(chunk[:-1] for chunk in chunks), strict=True), (0, 1, 0, 0, 0, 0), strict=True
        )
    )
    failures: Counter[Failure] = sum((chunk[-1] for chunk in chunks), Counter())
    node_ptr, edge_ptr = (np.cumsum(sizes, dtype=np.int64) for sizes in (np.append(0, nodes), np.append(0, edges)))
    return MoleculeArrays(x, edge_index, edge_attr, node_ptr, edge_ptr, np.flatnonzero(kept), dict(failures))


def featurise_chunk(smiles: Sequence[str]) -> tuple[Array, Array, Array, Array, Array, Array, Counter[Failure]]:
    """Convert the SMILES of one task: the fields of `MoleculeArrays`, but sizes for offsets, a mask for rows."""
    atoms: list[int] = []
    ends: list[int] = []
    bonds: list[int] = []
    nodes: list[int] = []
    edges: list[int] = []
    failures: Counter[Failure] = Counter()
    kept = np.ones(len(smiles), dtype=bool)
    with quiet():
        for place, text in enumerate(smiles):
            try:
                of_atoms, of_ends, of_bonds = _embeddable(text)
            except MoleculeError as error:
                failures[error.failure] += 1
                kept[place] = False
                continue
            nodes.append(len(of_atoms) // 2)
            edges.append(len(of_ends) // 2)
            atoms += of_atoms
            ends += of_ends
            bonds += of_bonds
    return (
        np.array(atoms, dtype=np.uint8).reshape(-1, 2),
        np.array(ends, dtype=smallest_dtype(max(nodes, default=1) - 1)).reshape(-1, 2).T,
        np.array(bonds, dtype=np.uint8).reshape(-1, 2),
        np.array(nodes, dtype=np.int64),
        np.array(edges, dtype=np.int64),
        kept,
        failures,
    )


def _embeddable(smiles: str) -> tuple[list[int], list[int], list[int]]:
    """Categorical features of a molecule, if the published encoders have an embedding for each of them."""
    parts = categories(smiles)
    if max(parts[0][1::2]) >= CHIRALITIES:
        raise MoleculeError("unembeddable chirality", smiles, "an atom has the chiral tag OTHER")
    return parts


def in_parallel(work: Callable[[Sequence[str]], R], texts: Sequence[str]) -> Iterator[R]:
    """Map a function over chunks of strings, in order; in worker processes if there are many."""
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    if len(texts) <= SERIAL_UP_TO or joblib.cpu_count() == 1:
        return map(work, chunks)
    workers = joblib.Parallel(n_jobs=-1, return_as="generator", max_nbytes=None)
    results: Iterable[R] = workers(joblib.delayed(work)(chunk) for chunk in chunks)
    return iter(results)
