import numpy as np
import pytest

from graphcl.datasets import morgan_fingerprints
from graphcl.datasets.molecules.featurise import MoleculeError

PHENOL = "Oc1ccccc1"


def test_the_same_molecule_has_the_same_bits_and_others_have_not():
    rows = morgan_fingerprints([PHENOL, "c1ccccc1O", "CCO"])
    assert (rows.shape, rows.dtype, set(np.unique(rows))) == ((3, 2048), np.uint8, {0, 1})
    assert (rows[0] == rows[1]).all()
    assert (rows[0] != rows[2]).any()


def test_a_larger_radius_keeps_the_bits_and_adds_some():
    small, large = (morgan_fingerprints([PHENOL], radius=radius, bits=4096)[0] for radius in (1, 2))
    assert (large >= small).all()
    assert large.sum() > small.sum()


def test_one_bit_a_substructure_seen_at_radius_1():
    """Ethane: the methyl carbon alone, and with its neighbour; both atoms give the same two."""
    assert morgan_fingerprints(["CC"], radius=1).sum() == 2


def test_no_molecule_gives_no_row():
    assert morgan_fingerprints([], bits=8).shape == (0, 8)


def test_what_is_no_molecule_is_said():
    with pytest.raises(MoleculeError, match=r"C\("):
        morgan_fingerprints(["CC", "C("])
