"""Molecules by name: where the file goes, which columns are labels, what is said of another file."""

import gzip
import warnings

import pytest

from graphcl.datasets import CATALOG, listing, load, load_graph
from graphcl.datasets.data_folders import find_data_folders
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.molecules.moleculenet import MoleculeFile

HEADINGS = {
    "bbbp": "num,name,p_np,smiles",
    "tox21": "NR-AR,SR-p53,mol_id,smiles",
    "bace": "mol,CID,Class,pIC50",
    "hiv": "smiles,activity,HIV_active",
    "zinc-moses": "SMILES",
}
TASKS = {"bbbp": ["p_np"], "tox21": ["NR-AR", "SR-p53"], "bace": ["Class"], "hiv": ["HIV_active"]}


def write(root, name, rows=12):
    """A file of the name's layout, of rings with a tail; returns its path."""
    path = root / CATALOG[name].source.file
    path.parent.mkdir(parents=True)
    headings = HEADINGS[name].replace("mol,", "smiles,").split(",")
    lines = [HEADINGS[name]]
    for row in range(rows):
        cells = {"smiles": "C1" + "C" * (row // 2 + 1) + "C1", "activity": "CI", "name": "x"}
        lines.append(",".join(cells.get(heading.lower(), str(row % 2)) for heading in headings))
    text = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


@pytest.mark.parametrize("name", HEADINGS)
def test_labels_are_the_columns_that_the_name_knows(tmp_path, name):
    path = write(tmp_path, name)
    with pytest.warns(UserWarning, match=f"is no known copy of {name} "):
        dataset = load(name, tmp_path)
    assert (dataset.name, len(dataset.graphs), list(dataset.tasks)) == (name, 12, TASKS.get(name, []))
    assert dataset.files == {path.name: file_checksum(path)}
    if TASKS.get(name, []):
        assert dataset.graphs.y.shape == (12, len(TASKS.get(name, [])))
        assert dataset.binary
        assert dataset.parameters == {"first": None, "split": "scaffold", "split_seed": 0}
        assert {part: len(index) for part, index in dataset.splits.items()} == {"train": 8, "val": 2, "test": 2}
    else:
        assert dataset.graphs.y is None
        assert dataset.splits == {}


def test_the_folder_is_not_written_to(tmp_path, own_cache):
    write(tmp_path / "root", "hiv")
    before = sorted(tmp_path.joinpath("root").rglob("*"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load("hiv", tmp_path / "root", split="random", split_seed=1)
    assert sorted(tmp_path.joinpath("root").rglob("*")) == before
    assert (own_cache / "prepared").is_dir()


def test_a_missing_file_is_named_with_its_place(tmp_path):
    for name, entry in CATALOG.items():
        if isinstance(entry.source, MoleculeFile):
            assert not entry.source.present(find_data_folders(tmp_path))
            folder, _, file = entry.source.file.rpartition("/")
            with pytest.raises(FileNotFoundError, match=f"{name}: {file} is missing; looked in .*{folder}"):
                load(name, tmp_path)


def test_parameters_are_checked(tmp_path):
    write(tmp_path, "hiv")
    with pytest.raises(
        ValueError, match=r"unknown parameter 'column' \(parameters and defaults: first=None, split='scaff"
    ):
        load("hiv", tmp_path, column="smiles")
    with pytest.raises(ValueError, match="hiv: split_seed should be greater than or equal to 0; got -1"):
        load("hiv", tmp_path, split_seed=-1)


def test_they_are_listed_with_graphs_and_tasks():
    rows = {row.name: row for row in listing()}
    assert (rows["tox21"].graphs, rows["tox21"].tasks, rows["tox21"].classes) == (7823, 12, None)
    assert (rows["karate"].graphs, rows["karate"].tasks) == (None, None)


def test_one_graph_is_refused_where_there_are_many_and_the_other_way_round(tmp_path):
    write(tmp_path, "hiv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        many = load("hiv", tmp_path)
    with pytest.raises(ValueError, match="hiv holds 12 graphs, where one graph is needed; take a dataset of one"):
        _ = many.graph
    with pytest.raises(ValueError, match="hiv holds 12 graphs, where one graph is needed"):
        load_graph("hiv", tmp_path)
    with pytest.raises(ValueError, match="karate is one graph, where many are needed; take a dataset of many"):
        _ = load("karate").graphs
