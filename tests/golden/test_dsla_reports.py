"""What the authors' code makes of whole sets of data, as it reports on them: splits, balance, budgets, cliques."""

import json
import os
from pathlib import Path

import pytest
import rdkit
import torch
from rdkit import Chem, RDLogger

from graphcl.augment import edit_budgets
from graphcl.datasets import load
from graphcl.methods.bases.domains import DOMAINS

pytestmark = [pytest.mark.data, pytest.mark.filterwarnings("ignore:.*have no graph and are left out")]

PARTS = {"train": "train", "val": "valid", "test": "test"}


@pytest.fixture
def data_root(golden, monkeypatch, tmp_path):
    """The folder named by GRAPHCL_DATA, else the one beside the golden numbers; with a cache of its own."""
    root = Path(os.environ.get("GRAPHCL_DATA") or golden.parent / "data")
    if not root.is_dir():
        pytest.skip("no real data: set GRAPHCL_DATA to a folder of raw files")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return root


@pytest.fixture
def report(golden):
    def read(kind, name):
        content = json.loads((golden / "dsla" / f"{kind}_report.json").read_text(encoding="utf-8"))
        if content.get("rdkit", rdkit.__version__) != rdkit.__version__:
            pytest.skip(f"made with RDKit {content['rdkit']}, here is {rdkit.__version__}")
        return content["sets"][name]

    return read


@pytest.mark.parametrize("name", ["bbbp", "clintox", pytest.param("tox21", marks=pytest.mark.slow)])
def test_scaffold_splits(report, data_root, name):
    """Where RDKit parses a molecule of which no graph is made, it stands in the report and not here."""
    expected, data = report("scaffold", name), load(name, data_root)
    RDLogger.DisableLog("rdApp.*")
    parsed = [row for row, text in enumerate(data.smiles) if Chem.MolFromSmiles(text) is not None]
    RDLogger.EnableLog("rdApp.*")
    place = {row: number for number, row in enumerate(parsed)}
    assert (len(data.smiles), len(parsed), len(data.tasks)) == tuple(
        expected[key] for key in ("rows_in_csv", "parsed", "tasks")
    )
    graphless = len(parsed) - len(data.graphs)
    assert sum(expected[f"n_{part}"] for part in PARTS.values()) == sum(map(len, data.splits.values())) + graphless
    for part, theirs in PARTS.items():
        index = data.splits[part]
        y, there = data.graphs.y[index], data.graphs.labelled[index]
        counts = [int((y == 1).sum()), int((y == 0).sum()), int((~there).sum())]
        missing = expected[f"n_{theirs}"] - len(index)
        assert sum(expected["pos_neg_missing"][theirs]) - sum(counts) == missing * expected["tasks"]
        assert missing or counts == expected["pos_neg_missing"][theirs]
        first = [place[int(data.rows[i])] for i in index[: 5 + missing]]
        assert set(expected[f"first_{theirs}"]) - set(first) == set() or missing


@pytest.mark.parametrize("name", ["imdb-binary"])
def test_complete_graphs_and_budgets(report, data_root, name):
    """Complete graphs, which the authors leave out, are those of which no candidate can be made."""
    expected, graphs = report("tu", name.upper().replace("-", "")), load(name, data_root).graphs
    nodes, edges = graphs.node_ptr.diff(), graphs.edge_ptr.diff()
    complete = edges == nodes * (nodes - 1)
    kept = ~complete
    assert (len(graphs), int(complete.sum())) == (expected["graphs"], expected["cliques_removed"])
    assert float(nodes[kept].double().mean()) == pytest.approx(expected["mean_nodes"])
    assert float(edges[kept].double().mean()) == pytest.approx(expected["mean_directed_edges"])
    assert int(nodes[kept].max()) == expected["max_nodes"]
    scheme = DOMAINS["social"].scheme("reference", 0.01, 0.0)
    number, count = torch.unique(edit_budgets(edges[kept], scheme)[:, 0], return_counts=True)
    assert {str(n): c for n, c in zip(number.tolist(), count.tolist(), strict=True)} == expected["pert_num_hist"]
