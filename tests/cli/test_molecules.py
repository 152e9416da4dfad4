"""Molecules from the shell: statistics of a file, and one clear line for every file that is wrong."""

import json
import shlex
import sys

import pytest

pytestmark = pytest.mark.filterwarnings("ignore:.*have no graph and are left out")

FILES = {
    "good.csv": "SMILES,active\nCCO,1\n[Na+].[Cl-],\nC,0\nC(,1\n*C,0\n",
    "empty.csv": "",
    "headings.csv": "SMILES\n",
    "other.csv": "molecule\nC\n",
    "words.csv": "smiles,active\nC,yes\n",
    "none.csv": "smiles\nC(\n*C\nC[Fe]$C\n",
    "empty.smi": "",
    "broken.csv.gz": "no archive",
}

WRONG = {
    "no file": ("datasets nowhere.csv", "nowhere.csv: no such file; name an existing file of SMILES"),
    "empty table": ("datasets empty.csv", "empty.csv: the file has no edges; give one per line"),
    "headings alone": (
        "datasets headings.csv",
        "headings.csv: the file has no molecules; give one SMILES per row",
    ),
    "empty list": ("datasets empty.smi", "empty.smi: the file has no molecules; give one SMILES per row"),
    "no archive": ("datasets broken.csv.gz", "broken.csv.gz: the file is damaged or cut off"),
    "no column of SMILES": (
        "datasets other.csv",
        "the first row has one cell, 'molecule'; an edge has two ends, separated by delimiter=; molecules have",
    ),
    "another column": (
        "datasets molecules --data smiles=good.csv --data column=Smiles",
        "good.csv: there is no column 'Smiles'; the columns are SMILES, active",
    ),
    "labels in words": (
        "datasets words.csv --data 'labels=[\"active\"]'",
        "molecule 1 has 'yes' for 'active', which is no number",
    ),
    "no molecule with a graph": (
        "datasets none.csv",
        "none of the 3 molecules has a graph (1 unparsable, 1 unknown element, 1 unknown bond)",
    ),
    "no file named": ("datasets molecules", "molecules: smiles must name a file of molecules, as smiles=my.csv"),
    "unknown split": (
        "datasets good.csv --data split=skaffold",
        "split must be none, scaffold, scaffold-balanced, random, or the path",
    ),
    "one graph is needed": ("cluster k-means good.csv", "good.csv holds 3 graphs, which k-means does not take"),
}


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_file_by_path_and_by_parameter(call):
    asked = ("--data", 'labels=["active"]', "--json")
    status, out, err = call(
        "datasets", "molecules", "--data", "smiles=good.csv", "--data", "column=SMILES", *asked
    )
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert (found["graphs"], found["skipped"]) == (3, {"unparsable": 1, "unknown element": 1})
    assert (found["isolated"], found["single"]) == (3, 1)
    assert found["tasks"] == {"active": {"positive": 1, "negative": 1, "missing": 1}}
    same = json.loads(call("datasets", "good.csv", *asked)[1])
    assert same["checksum"] == found["checksum"]
    assert "from 0 to 2, undirected" in call("datasets", "good.csv")[1]


@pytest.mark.parametrize(("line", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_line(call, line, message):
    status, out, err = call(*shlex.split(line))
    assert (status, out) == (2, "")
    assert message in err
    assert (err[:7], err.count("\n")) == ("error: ", 1)


def test_without_rdkit(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    status, _, err = call("datasets", "good.csv")
    assert (status, err) == (2, "error: molecules need RDKit; install it: pip install 'graphcl[mol]'\n")
