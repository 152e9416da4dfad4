"""Bemis-Murcko scaffolds of molecules, for scaffold splits."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from jaxtyping import Int

from graphcl.datasets.molecules.arrays import in_parallel
from graphcl.datasets.molecules.featurise import MoleculeError, quiet, rdkit


def murcko_scaffold(smiles: str, *, canonical: bool = False) -> str:
    """Bemis-Murcko scaffold of a molecule (its rings and the linkers between them), as SMILES.

    Args:
        smiles: The molecule; its chirality is kept.
        canonical: Convert to canonical SMILES first, as the published splits of some datasets do; this can change
            the chirality of the scaffold.

    Returns:
        The scaffold as written by RDKit; the empty string for an acyclic molecule.

    Raises:
        MoleculeError: RDKit cannot parse the molecule.
        ModuleNotFoundError: RDKit is not installed.

    Example:
        >>> murcko_scaffold("CC(C)c1ccccc1O")
        'c1ccccc1'
    """
    chem = rdkit()
    from rdkit.Chem.Scaffolds import MurckoScaffold

    molecule = chem.MolFromSmiles(smiles)
    if molecule is not None and canonical:
        molecule = chem.MolFromSmiles(chem.MolToSmiles(molecule))
    if molecule is None:
        raise MoleculeError("unparsable", smiles, "RDKit cannot parse it; check the SMILES")
    return str(MurckoScaffold.MurckoScaffoldSmiles(mol=molecule, includeChirality=True))


def scaffold_groups(smiles: Sequence[str], *, canonical: bool = False) -> Int[np.ndarray, " n"]:
    """Scaffold index of each molecule, numbered in order of first occurrence.

    Args:
        smiles: The molecules.
        canonical: As for `murcko_scaffold`.

    Returns:
        The scaffold indices, int32; -1 where RDKit cannot parse the molecule.

    Raises:
        ModuleNotFoundError: RDKit is not installed.

    Example:
        >>> scaffold_groups(["Cc1ccccc1", "CCO", "C(", "Oc1ccccc1"])
        array([ 0,  1, -1,  0], dtype=int32)
    """
    numbers: dict[str, int] = {}
    groups = []
    for chunk in in_parallel(partial(scaffold_chunk, canonical=canonical), smiles):
        groups += [-1 if scaffold is None else numbers.setdefault(scaffold, len(numbers)) for scaffold in chunk]
    return np.array(groups, dtype=np.int32)


def scaffold_chunk(smiles: Sequence[str], *, canonical: bool) -> list[str | None]:
    """Scaffolds of the molecules of one task; None where RDKit cannot parse one."""
    scaffolds: list[str | None] = []
    with quiet():
        for text in smiles:
            try:
                scaffolds.append(murcko_scaffold(text, canonical=canonical))
            except MoleculeError:
                scaffolds.append(None)
    return scaffolds
