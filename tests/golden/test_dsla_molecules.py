"""Molecules, their scaffolds and the scaffold split, against what the authors' own code made of them."""

import json
from pathlib import Path

import numpy as np
import pytest
import rdkit

from graphcl.datasets.molecules.featurise import CHIRALITIES, MoleculeError, featurise
from graphcl.datasets.molecules.scaffolds import murcko_scaffold
from graphcl.datasets.splits import scaffold_split


@pytest.fixture(scope="module")
def folder(golden: Path) -> Path:
    return golden / "dsla"


def read(path: Path) -> dict:
    """A json file of the folder; what parses, and how, depends on the version of RDKit that made it."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["rdkit"] != rdkit.__version__:
        pytest.skip(f"made with RDKit {content['rdkit']}, here is {rdkit.__version__}")
    return content


def test_molecules_become_the_same_graphs(folder):
    smiles = read(folder / "featurise_smiles.json")["smiles"]
    arrays = np.load(folder / "featurise.npz")
    assert len(smiles) == len(arrays["node_ptr"]) - 1 > 0
    for i, text in enumerate(smiles):
        nodes = slice(*arrays["node_ptr"][i : i + 2])
        edges = slice(*arrays["edge_ptr"][i : i + 2])
        graph = featurise(text)
        np.testing.assert_array_equal(graph.x, arrays["x"][nodes], err_msg=text)
        np.testing.assert_array_equal(graph.edge_index, arrays["edge_index"][:, edges], err_msg=text)
        np.testing.assert_array_equal(graph.edge_attr, arrays["edge_attr"][edges], err_msg=text)


def test_edge_cases_end_in_the_same_way(folder):
    cases = read(folder / "featurise_edge_cases.json")["cases"]
    assert {case["outcome"] for case in cases} <= {"ok", "ValueError", "unparsable"}
    for case in cases:
        if case["outcome"] == "ok":
            graph = featurise(case["smiles"])
            for name in ("x", "edge_index", "edge_attr"):
                shape = (2, -1) if name == "edge_index" else (-1, 2)
                np.testing.assert_array_equal(getattr(graph, name), np.array(case[name]).reshape(shape))
            assert (graph.x[:, 1] < CHIRALITIES).all() == case["embeddable"]
        else:
            with pytest.raises(MoleculeError) as caught:
                featurise(case["smiles"])
            assert (caught.value.failure == "unparsable") == (case["outcome"] == "unparsable"), case["smiles"]


def test_scaffolds_and_their_splits_are_the_same(folder, subtests):
    paths = sorted(folder.glob("scaffold_*.npz"))
    assert paths
    for path in paths:
        with subtests.test(path.stem):
            content = read(path.with_suffix(".json"))
            scaffolds = [murcko_scaffold(text) for text in content["smiles"]]
            assert scaffolds == content["scaffold"]
            split, expected = scaffold_split(scaffolds), np.load(path)
            for part, name in (("train", "train"), ("val", "valid"), ("test", "test")):
                np.testing.assert_array_equal(split[part].numpy(), expected[name])
