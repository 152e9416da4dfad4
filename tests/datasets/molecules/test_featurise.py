"""Molecules as graphs, by hand and by RDKit's own matrices; what has no graph says why."""

import os
import subprocess
import sys

import numpy as np
import pytest
from rdkit import Chem

from graphcl.datasets import featurise, murcko_scaffold
from graphcl.datasets.molecules.arrays import featurise_all
from graphcl.datasets.molecules.featurise import MoleculeError, rdkit_version
from graphcl.datasets.molecules.scaffolds import scaffold_groups

SMILES = [
    "CC(=O)O",
    "C1=CC=CC=C1",
    "C",
    "[Na+].[Cl-]",
    "C#N",
    "F/C=C\\F",
    "N[C@@H](C)C(=O)O",
    "CC(C)c1ccccc1O.[K+]",
]
FAILING = {
    "C(": "unparsable",
    "": "unparsable",
    "c1ccccc": "unparsable",
    "*C": "unknown element",
    "[NH3]->[Pt](Cl)Cl": "unknown bond",
    "C[Fe]$C": "unknown bond",
    "C[Pt@SP1](F)(Cl)Br": "unembeddable chirality",
}


def test_a_molecule_by_hand():
    graph = featurise("N[C@H](C)C#N")
    assert graph.x.tolist() == [[6, 0], [5, 2], [5, 0], [5, 0], [6, 0]]
    assert graph.edge_index.tolist() == [[0, 1, 1, 2, 1, 3, 3, 4], [1, 0, 2, 1, 3, 1, 4, 3]]
    assert graph.edge_attr.tolist() == [[0, 0]] * 6 + [[2, 0]] * 2
    assert featurise("F/C=C/F").edge_attr[::2].tolist() == [[0, 1], [1, 0], [0, 1]]
    assert featurise("F/C=C\\F").edge_attr[::2].tolist() == [[0, 1], [1, 0], [0, 2]]


@pytest.mark.parametrize("smiles", SMILES)
def test_bonds_are_those_of_rdkit(smiles):
    graph, molecule = featurise(smiles), Chem.MolFromSmiles(smiles)
    adjacency = np.zeros((len(graph.x),) * 2, dtype=int)
    adjacency[tuple(graph.edge_index)] = 1
    assert (adjacency == Chem.GetAdjacencyMatrix(molecule)).all()
    assert (graph.edge_index[:, ::2] == graph.edge_index[::-1, 1::2]).all()
    assert (graph.edge_attr[::2] == graph.edge_attr[1::2]).all()
    assert [atom.GetAtomicNum() - 1 for atom in molecule.GetAtoms()] == graph.x[:, 0].tolist()


def test_one_atom_and_salts_have_no_bonds():
    for smiles, atoms in (("C", 1), ("[Na+].[Cl-]", 2)):
        graph = featurise(smiles)
        assert (graph.x.shape, graph.edge_index.shape, graph.edge_attr.shape) == ((atoms, 2), (2, 0), (0, 2))


@pytest.mark.parametrize(("smiles", "failure"), FAILING.items())
def test_what_has_no_graph_says_why(smiles, failure, capfd):
    with pytest.raises(MoleculeError) as caught:
        featurise(smiles)
    assert caught.value.failure == failure
    assert repr(smiles) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def agrees(made, smiles):
    """Whether flat arrays hold what the molecules alone give."""
    kept = [text for text in smiles if text not in FAILING]
    assert [smiles[row] for row in made.rows] == kept
    for i, text in enumerate(kept):
        graph = featurise(text)
        nodes, edges = slice(*made.node_ptr[i : i + 2]), slice(*made.edge_ptr[i : i + 2])
        np.testing.assert_array_equal(made.x[nodes], graph.x)
        np.testing.assert_array_equal(made.edge_index[:, edges], graph.edge_index)
        np.testing.assert_array_equal(made.edge_attr[edges], graph.edge_attr)


def test_many_molecules_are_as_each_alone_and_failures_are_counted(capfd):
    smiles = [text for pair in zip(SMILES, FAILING, strict=False) for text in pair]
    made = featurise_all(smiles)
    agrees(made, smiles)
    assert made.failures == {
        "unparsable": 3, "unknown element": 1, "unknown bond": 2, "unembeddable chirality": 1,
    }  # fmt: skip
    assert {made.x.dtype, made.edge_index.dtype, made.edge_attr.dtype} == {np.dtype(np.uint8)}
    assert capfd.readouterr() == ("", "")


def test_a_molecule_of_more_than_256_atoms_has_wider_numbers():
    made = featurise_all(["C" * 257, "C" * 256])
    assert made.edge_index.dtype == np.int16
    assert made.edge_index.max() == 256
    assert featurise_all(["C" * 256]).edge_index.dtype == np.uint8


def test_nothing_that_parses_gives_empty_arrays():
    made = featurise_all(["C(", "C("])
    assert (made.x.shape, made.edge_index.shape, made.node_ptr.tolist()) == ((0, 2), (2, 0), [0])
    assert made.failures == {"unparsable": 2}


def test_processes_give_the_same(tmp_path):
    """In a script without a guard, as users write them."""
    script = tmp_path / "script.py"
    script.write_text(
        "import joblib\n"
        "from graphcl.datasets.molecules import arrays\n"
        "joblib.cpu_count = lambda: 2\n"
        "arrays.CHUNK, arrays.SERIAL_UP_TO = 3, 3\n"
        f"smiles = {[*SMILES, *FAILING]!r}\n"
        "many = arrays.featurise_all(smiles)\n"
        "arrays.SERIAL_UP_TO = 100\n"
        "alone = arrays.featurise_all(smiles)\n"
        "assert all((a == b).all() for a, b in zip(many[:-1], alone[:-1]))\n"
        "assert many.failures == alone.failures and len(many.rows) == 8\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-W", "error::UserWarning", str(script)], check=True, env=environment)


def test_without_rdkit_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'graphcl\[mol\]'"):
        featurise_all(["C"])
    assert rdkit_version() is None


def test_scaffolds_are_rings_and_what_links_them():
    assert murcko_scaffold("CCO") == ""
    assert murcko_scaffold("Cc1ccccc1CCC2CCC2") == "c1ccc(CCC2CCC2)cc1"
    with pytest.raises(MoleculeError):
        murcko_scaffold("C(")


def test_scaffolds_are_numbered_in_the_order_of_their_first_molecules():
    smiles = ["CCO", "Cc1ccccc1", "C(", "C", "Oc1ccccc1", "C1CC1"]
    assert scaffold_groups(smiles).tolist() == [0, 1, -1, 0, 1, 2]
    assert scaffold_groups(smiles, canonical=True).tolist() == [0, 1, -1, 0, 1, 2]
