"""Conversion of molecules (SMILES) to graphs: atoms are nodes, bonds are edges in both directions.

Nodes and edges have categorical features, with the vocabulary of pretrain-gnns and D-SLA:

===================  =========  =========================================================================
column               values     meaning
===================  =========  =========================================================================
`x[:, 0]`            0 ... 117  atomic number - 1; 119 is reserved for a mask
`x[:, 1]`            0 ... 3    chiral tag: none, clockwise, counterclockwise, other
`edge_attr[:, 0]`    0 ... 3    single, double, triple, aromatic bond; 4 is reserved for self-loops
`edge_attr[:, 1]`    0 ... 2    direction of the single bonds beside a stereo double bond: none, up, down
===================  =========  =========================================================================

Atoms are in RDKit's order, hydrogens are implicit, and each bond gives two consecutive edges: from its begin atom
to its end atom, and back.

Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020], whose vocabulary this is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Int

Failure = Literal["unparsable", "unknown element", "unknown bond", "unembeddable chirality"]
"""Why a molecule cannot be converted; the last: a chiral tag that the published encoders have no embedding for."""

ELEMENTS = 118
CHIRALITIES = 3
"""Chiral tags that can be embedded: none, clockwise, counterclockwise."""


class MoleculeError(ValueError):
    """A molecule that cannot be converted to a graph; `failure` is the reason."""

    def __init__(self, failure: Failure, smiles: str, reason: str) -> None:
        super().__init__(
            f"{smiles!r} is {failure}: {reason}" if failure == "unparsable" else f"{smiles!r}: {reason}"
        )
        self.failure = failure


class MoleculeGraph(NamedTuple):
    """Graph of one molecule: node features, edges in both directions, edge features."""

    x: Int[np.ndarray, "n 2"]
    edge_index: Int[np.ndarray, "2 e"]
    edge_attr: Int[np.ndarray, "e 2"]


def featurise(smiles: str) -> MoleculeGraph:
    """Convert one molecule to a graph, with the features described in this module's docstring.

    Args:
        smiles: Parsed by RDKit with its default sanitisation; it may have several disconnected components.

    Returns:
        int64 arrays x (N, 2), edge_index (2, 2 B) and edge_attr (2 B, 2), for N atoms and B bonds.

    Raises:
        MoleculeError: RDKit cannot parse it, or an atom, bond or chiral tag is outside the vocabulary.
        ModuleNotFoundError: RDKit is not installed.

    Example:
        >>> featurise("C=O").edge_attr.tolist()
        [[1, 0], [1, 0]]
    """
    with quiet():
        atoms, ends, bonds = categories(smiles)
    return MoleculeGraph(
        np.array(atoms, dtype=np.int64).reshape(-1, 2),
        np.array(ends, dtype=np.int64).reshape(-1, 2).T,
        np.array(bonds, dtype=np.int64).reshape(-1, 2),
    )


def categories(smiles: str) -> tuple[list[int], list[int], list[int]]:
    """The features and edges of `featurise` as flat lists: x, pairs of end nodes, edge_attr."""
    chem, chirality, kinds, directions = _vocabulary()
    molecule = chem.MolFromSmiles(smiles)
    if molecule is None or not molecule.GetNumAtoms():
        raise MoleculeError("unparsable", smiles, "RDKit cannot parse it; check the SMILES")
    atoms: list[int] = []
    ends: list[int] = []
    bonds: list[int] = []
    for atom in molecule.GetAtoms():
        number, tag = atom.GetAtomicNum(), chirality.get(atom.GetChiralTag())
        if not 1 <= number <= ELEMENTS:
            raise MoleculeError("unknown element", smiles, f"an atom has atomic number {number}, not in [1, 118]")
        if tag is None:
            raise MoleculeError("unembeddable chirality", smiles, f"no chiral tag {atom.GetChiralTag()} is known")
        atoms += (number - 1, tag)
    for bond in molecule.GetBonds():
        kind, direction = kinds.get(bond.GetBondType()), directions.get(bond.GetBondDir())
        if kind is None or direction is None:
            got = f"{bond.GetBondType()} bond of direction {bond.GetBondDir()}"
            raise MoleculeError("unknown bond", smiles, f"{got}; single, double, triple and aromatic are known")
        begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        ends += (begin, end, end, begin)
        bonds += (kind, direction, kind, direction)
    return atoms, ends, bonds


def rdkit() -> Any:
    """Import RDKit's module Chem.

    Raises:
        ModuleNotFoundError: RDKit is not installed; the message says how to install it.
    """
    try:
        from rdkit import Chem
    except ImportError as error:
        raise ModuleNotFoundError("molecules need RDKit; install it: pip install 'graphcl[mol]'") from error
    return Chem


def rdkit_version() -> str | None:
    """Version of RDKit, on which the parsed graphs depend; None where it is not installed."""
    try:
        import rdkit
    except ImportError:
        return None
    return str(rdkit.__version__)


@contextmanager
def quiet() -> Iterator[None]:
    """Context manager that silences RDKit's log of parsing errors."""
    rdkit()
    from rdkit import rdBase

    with rdBase.BlockLogs():
        yield


@cache
def _vocabulary() -> tuple[Any, dict[Any, int], dict[Any, int], dict[Any, int]]:
    """RDKit's Chem, and the category of each chiral tag, bond type and bond direction."""
    chem = rdkit()
    tags, types, directions = chem.ChiralType, chem.BondType, chem.BondDir
    chirality = (
        tags.CHI_UNSPECIFIED,
        tags.CHI_TETRAHEDRAL_CW,
        tags.CHI_TETRAHEDRAL_CCW,
        tags.CHI_OTHER,
    )
    kinds = (types.SINGLE, types.DOUBLE, types.TRIPLE, types.AROMATIC)
    ways = (directions.NONE, directions.ENDUPRIGHT, directions.ENDDOWNRIGHT)
    return chem, *({value: place for place, value in enumerate(known)} for known in (chirality, kinds, ways))
