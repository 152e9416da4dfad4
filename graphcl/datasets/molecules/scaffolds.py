"""Scaffolds of molecules, by which they are split."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from jaxtyping import Int

from graphcl.datasets.molecules.arrays import in_parallel
from graphcl.datasets.molecules.featurise import MoleculeError, quiet, rdkit


def murcko_scaffold(smiles: str, *, canonical: bool = False) -> str:
    """The rings of a molecule and what links them, as SMILES; an acyclic molecule has the empty scaffold.

    Args:
        smiles: The molecule; its chirality is kept.
        canonical: Rewrite the molecule canonically first, as the published splits of some data sets do; it may
            change what is known of the scaffold's chirality.

    Returns:
        The Bemis-Murcko scaffold, as RDKit writes it.

    Raises:
        MoleculeError: RDKit cannot parse the molecule.
        ModuleNotFoundError: Without RDKit.

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
        raise MoleculeError("unparsable", smiles, "RDKit makes no molecule of it; check the text")
    return str(MurckoScaffold.MurckoScaffoldSmiles(mol=molecule, includeChirality=True))


def scaffold_groups(smiles: Sequence[str], *, canonical: bool = False) -> Int[np.ndarray, " n"]:
    """Number the scaffolds of many molecules, in the order of their first molecules.

    Args:
        smiles: The molecules.
        canonical: As for `murcko_scaffold`.

    Returns:
        The number of each one's scaffold, int32; -1 where RDKit cannot parse the molecule.

    Raises:
        ModuleNotFoundError: Without RDKit.

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
    """One process's part: the scaffold of each molecule, None where RDKit cannot parse it."""
    scaffolds: list[str | None] = []
    with quiet():
        for text in smiles:
            try:
                scaffolds.append(murcko_scaffold(text, canonical=canonical))
            except MoleculeError:
                scaffolds.append(None)
    return scaffolds
