import warnings
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from graphcl.datasets import CATALOG, listing, load, names
from graphcl.datasets.loading import check_name


@pytest.fixture
def root(tmp_path):
    """A data root with an unknown copy of acm, a set of the user's and a damaged file."""
    folder = tmp_path / "root" / "npz"
    folder.mkdir(parents=True)
    arrays = {"x": np.eye(4), "edge_index": np.array([[0, 1], [1, 2]]), "y": np.array([0, 1, 2, -1])}
    for name in ("acm_sdcn", "My_Set"):
        np.savez(folder / f"{name}.npz", **arrays)
    (folder / "broken.npz").write_bytes(b"PK nothing")
    return tmp_path / "root"


def test_case_hyphens_and_underscores_do_not_matter():
    loaded = {load(name).name for name in ("planted_partition", "planted-partition", "Planted_Partition")}
    assert loaded == {"planted-partition"}


def test_an_unknown_name_lists_close_and_all_names(root):
    with pytest.raises(
        ValueError, match=r"'citeser' \(did you mean citeseer or cite\?\); graphcl datasets lists them"
    ):
        load("citeser", root)
    with pytest.raises(ValueError, match=r"no dataset is named 'qqq'; graphcl datasets lists"):
        load("qqq")


def test_a_file_in_the_folder_npz_is_a_dataset(root, monkeypatch):
    assert load("my_set", root).name == "my-set"
    monkeypatch.setenv("GRAPHCL_DATA", str(root))
    assert load("MY-SET", k=2).parameters == {"k": 2, "similarity": "heat"}
    assert load("my-set", None).num_classes == 3


def test_a_file_in_the_cache_is_found_after_the_root(root, own_cache):
    (own_cache / "npz").mkdir(parents=True)
    for name in ("only_here", "my_set"):
        np.savez(own_cache / "npz" / f"{name}.npz", x=np.eye(2), edge_index=np.zeros((2, 0), int))
    assert len(load("only-here", root).graph.x) == 2
    assert len(load("my-set", root).graph.x) == 4


def test_an_unknown_copy_of_a_known_set_is_read_with_one_warning(root):
    with pytest.warns(UserWarning, match=r"acm_sdcn.npz is no known copy of acm \(sha256 [0-9a-f]{64}\)"):
        dataset = load("acm", root)
    assert (dataset.name, len(dataset.graph.x)) == ("acm", 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load("acm", root)


def test_a_missing_file_is_named_with_its_place(root):
    with pytest.raises(
        FileNotFoundError, match=r"hhar: hhar_sdcn.npz is missing; looked in .*root.npz and .*digits"
    ):
        load("hhar", root)


def test_a_root_that_does_not_exist_is_refused(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"root names no folder: .*; create it or name another"):
        load("cora", tmp_path / "nowhere")
    monkeypatch.setenv("GRAPHCL_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="GRAPHCL_DATA names no folder"):
        names()


def test_an_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv("GRAPHCL_DATA", "")
    assert names() == list(CATALOG)


def test_a_name_of_the_catalogue_wins_over_a_file_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "karate").write_text("not a dataset")
    assert load("karate").name == "karate"


def test_the_listing_has_a_row_per_name_and_survives_a_damaged_file(root):
    rows = {row.name: row for row in listing(root)}
    assert list(rows) == names(root) == [*CATALOG, "broken", "my-set"]
    assert rows["my-set"][1:] == (4, 2, 4, 3, "see its source", "npz/My_Set.npz", True, None, None)
    assert rows["broken"][1:5] == (None, None, None, None)
    assert {name for name, row in rows.items() if row.present} == {
        "digits", "karate", "planted-partition", "planted-multiplex", "molecules", "acm", "broken", "my-set",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["digits", "karate", "planted-partition"])
def test_the_catalogue_states_the_sizes_of_embedded_sets(name):
    entry, dataset = CATALOG[name], load(name)
    edges = dataset.graph.edge_index.shape[1] // 2
    assert (entry.nodes, entry.features) == dataset.graph.x.shape
    assert entry.edges in (None, edges)
    assert entry.classes == dataset.num_classes


@pytest.mark.parametrize("name", CATALOG)
def test_every_name_is_explained_in_the_data_readme(name):
    readme = Path(__file__).parents[2] / "data" / "README.md"
    entry = CATALOG[name]
    size = entry.nodes if entry.graphs is None else entry.graphs
    expected = f"| `{name}` | any |" if size is None else f"| `{name}` | {size:,} |"
    assert expected in readme.read_text(encoding="utf-8")


def test_objects_and_files_of_other_kinds_are_explained(tmp_path):
    for value, remedy in (
        (nx.path_graph(2), "got Graph of networkx; convert it by graphcl.datasets.from_networkx"),
        (csr_array((2, 2)), "got csr_array of scipy; convert it by graphcl.datasets.from_scipy"),
        (load("karate"), "it is loaded already; fit a method on its .graph"),
        (load("karate").graph, "it needs no loading; fit a method on it"),
        (3, "got int; give the name of a dataset, or a path"),
    ):
        with pytest.raises(TypeError, match=remedy):
            check_name(value)
    (tmp_path / "a.xls").write_text("")
    with pytest.raises(
        ValueError, match=r"known by its suffix; got .xls; rename it: .npz holds .*; .smi holds molecules"
    ):
        load(tmp_path / "a.xls")
    with pytest.raises(FileNotFoundError, match=r"b.xls: no such file; name an existing file, or a folder"):
        load(tmp_path / "b.xls")
    with pytest.raises(ValueError, match=r"ogbn-mag: this set of OGB is not read.*; save its graph by numpy"):
        load("ogbn-mag")


def test_a_csv_holds_molecules_only_if_it_says_so(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    assert load(path).graph.num_nodes == 2
    with pytest.raises(ValueError, match="there is no column 'c'; the columns are a, b"):
        load(path, column="c")
    path.write_text("x,SMILES\n1,C\n")
    assert len(load(path).graphs) == 1
