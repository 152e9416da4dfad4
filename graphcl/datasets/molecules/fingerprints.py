"""Morgan fingerprints of molecules (ECFP), the baseline of molecular property prediction."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from jaxtyping import UInt8

from graphcl.datasets.molecules.arrays import in_parallel
from graphcl.datasets.molecules.featurise import MoleculeError, quiet, rdkit
from graphcl.typing import Count


def morgan_fingerprints(
    smiles: Sequence[str], *, radius: Count = 2, bits: Count = 2048
) -> UInt8[np.ndarray, "n b"]:
    """Morgan fingerprints: hashed circular substructures of each molecule, as bits; radius 2 is ECFP4.

    Args:
        smiles: The molecules.
        radius: Bonds from the centre of a substructure to its rim, at least 1.
        bits: Length of the fingerprint, at least 1.

    Returns:
        (n, bits), 0 or 1.

    Raises:
        MoleculeError: RDKit cannot parse a molecule.
        ModuleNotFoundError: RDKit is not installed.

    Example:
        >>> rows = morgan_fingerprints(["CCO", "OCC", "c1ccccc1"], bits=64)
        >>> rows.shape, bool((rows[0] == rows[1]).all()), bool((rows[0] == rows[2]).all())
        ((3, 64), True, False)

    Reference: [Rogers and Hahn, "Extended-connectivity fingerprints", J. Chem. Inf. Model. 2010].
    """
    rdkit()
    chunks = list(in_parallel(partial(fingerprint_chunk, radius=radius, bits=bits), smiles))
    return np.concatenate([np.zeros((0, bits), dtype=np.uint8), *chunks])


def fingerprint_chunk(smiles: Sequence[str], *, radius: int, bits: int) -> UInt8[np.ndarray, "n b"]:
    """Fingerprints of the molecules of one task."""
    chem = rdkit()
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=radius, fpSize=bits)
    rows = np.zeros((len(smiles), bits), dtype=np.uint8)
    with quiet():
        for row, text in zip(rows, smiles, strict=True):
            molecule = chem.MolFromSmiles(text)
            if molecule is None:
                raise MoleculeError("unparsable", text, "RDKit cannot parse it; check the SMILES")
            row[:] = generator.GetFingerprintAsNumPy(molecule)
    return rows
