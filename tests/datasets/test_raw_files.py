"""Every dataset that a PyG class reads, from small files in its layout; and files that it must not be given."""

import pickle
import warnings

import numpy as np
import pytest
import torch
import torch_geometric.datasets

from graphcl.datasets import CATALOG, load
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.sources.pyg import PygFiles
from tests.datasets.raw_files import BINARISED, EDGES, NAMES, SPLITS, X, Y, masks, write_raw

pytestmark = pytest.mark.filterwarnings("ignore:.*is no known copy of")


class Trap:
    """An object whose unpickling fails the test."""

    def __reduce__(self):
        return (pytest.fail, ("an object was unpickled",))


OBJECTS = np.array([Trap()] * 5, dtype=object)


def snapshot(folder):
    return {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_every_class_is_among_these():
    assert {name for name, entry in CATALOG.items() if isinstance(entry.source, PygFiles)} == {
        *NAMES, "cora", "citeseer", "cite", "pubmed",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_class_reads_its_layout_and_the_graph_becomes_symmetric(name, tmp_path, own_cache, capfd):
    root = tmp_path / "root"
    folder = write_raw(root, name)
    before = snapshot(root)
    dataset = load(name, root)
    graph = dataset.graph
    assert graph.edge_index.tolist() == EDGES
    x = X > 0 if name in BINARISED | {"actor"} else X
    if name == "actor":
        x[4, 0] = True  # a node of that format has at least one feature
    assert torch.equal(graph.x, torch.from_numpy(x).float())
    assert graph.y.tolist() == Y.tolist()
    assert dataset.files == {file: file_checksum(folder / file) for file in CATALOG[name].source.digests}
    if name in BINARISED:
        assert dataset.splits == {}
    else:
        expected = masks(20 if name == "wikics" else SPLITS)
        if name == "wikics":
            expected[2] = expected[2][:, 0]
        assert [*dataset.splits] == ["train", "val", "test"]
        for mask, wanted in zip(dataset.splits.values(), expected, strict=True):
            assert torch.equal(mask, torch.from_numpy(wanted))
    assert snapshot(root) == before
    assert not own_cache.exists()
    assert capfd.readouterr() == ("", "")


@pytest.mark.filterwarnings("default:.*is no known copy of")
@pytest.mark.parametrize("name", ["amazon-photo", "texas", "wikics"])
def test_an_unknown_digest_is_warned_about_once_per_file_and_recorded(name, tmp_path):
    folder = write_raw(tmp_path, name)
    with pytest.warns(UserWarning, match="is no known copy of") as caught:
        dataset = load(name, tmp_path)
    assert [str(warning.message) for warning in caught] == [
        f"{folder / file} is no known copy of {name} (sha256 {digest}); it was read anyway: check its origin"
        for file, digest in dataset.files.items()
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(name, tmp_path)


@pytest.mark.parametrize("key", ["labels", "attr_data", "adj_indices"])
@pytest.mark.parametrize("name", ["amazon-photo", "coauthor-cs", "cora-ml"])
def test_objects_in_an_npz_are_refused_before_the_class_sees_them(name, key, tmp_path, monkeypatch):
    folder = write_raw(tmp_path, name, **{key: OBJECTS})
    reader = getattr(torch_geometric.datasets, CATALOG[name].source.dataset)
    monkeypatch.setattr(reader, "process", lambda self: pytest.fail("the class was given the file"))
    message = rf"{name}: {folder}/\w+.npz: {key} holds Python objects, which are never unpickled"
    with pytest.raises(ValueError, match=message):
        load(name, tmp_path)


@pytest.mark.parametrize("name", ["minesweeper", "cornell", "actor"])
def test_objects_are_refused_in_the_other_layouts_as_well(name, tmp_path):
    write_raw(tmp_path, name)
    file = [file for file in CATALOG[name].source.digests if file.endswith(".npz")][-1]
    bad = tmp_path / CATALOG[name].source.folder / file
    with np.load(bad) as arrays:
        np.savez(bad, **(dict(arrays) | {key: OBJECTS for key in arrays if key.startswith("val_mask")}))
    with pytest.raises(ValueError, match=rf"{file}: val_masks? holds Python objects"):
        load(name, tmp_path)


def test_objects_that_nothing_reads_stay_pickled(tmp_path):
    write_raw(tmp_path, "cora-ml", idx_to_node=OBJECTS)
    assert load("cora-ml", tmp_path).num_classes == 3


def test_a_pickle_under_the_name_of_an_npz_is_refused(tmp_path):
    folder = write_raw(tmp_path, "amazon-photo")
    path = folder / "amazon_electronics_photo.npz"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match=f"amazon-photo: {path}: not an npz file, or cut off"):
        load("amazon-photo", tmp_path)


BAD_CSR = {
    "missing": ({"adj_indptr": None}, "adj_indptr is missing; download the original again"),
    "text": ({"labels": np.array(["a"] * 5)}, "labels must hold real numbers; got <U1"),
    "column": ({"attr_indices": np.full(6, 9)}, r"attr_indices must lie in \[0, 2\]; got 9 to 9"),
    "rows": ({"adj_indptr": np.arange(4)}, "adj_indptr must have 6 entries for 5 rows; got 4"),
    "labels": ({"labels": Y[:3]}, r"the labels must have shape \[5\], one label per row of x; got \[3\]"),
    "nodes": ({"adj_indptr": np.array([0, 1, 3, 4, 5, 5, 5]), "adj_shape": np.array([6, 6]),
               "adj_indices": np.array([1, 0, 5, 2, 1])}, r"the edges must lie in \[0, 4\]; got 0 to 5"),
    "no nodes": ({"attr_data": np.ones(0), "attr_indices": np.ones(0, int), "attr_indptr": np.zeros(1, int),
                  "attr_shape": np.array([0, 3])}, "at least one row and one column|have another layout"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BAD_CSR.values(), ids=BAD_CSR)
def test_an_npz_that_does_not_fit_is_refused_in_one_line(change, message, tmp_path):
    folder = write_raw(tmp_path, "amazon-photo", **change)
    with pytest.raises(ValueError, match=message) as caught:
        load("amazon-photo", tmp_path)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


BAD_HETEROPHILOUS = {
    "nan": ({"node_features": np.where(X == 3, np.nan, X)}, "the features must be finite; got NaN or infinity"),
    "infinite": (
        {"node_features": np.where(X == 3, np.inf, X)},
        "the features must be finite; got NaN or infinity",
    ),
    "labels": ({"node_labels": Y / 2}, "the labels must hold integers; got float64"),
    "edges": ({"edges": np.array([[0, 7]])}, r"the edges must lie in \[0, 4\]; got 0 to 7"),
    "masks": ({"val_masks": np.zeros((5, 10), bool)}, r"val_mask must be 5 booleans.*got bool of shape \[10, 5\]"),
}


@pytest.mark.parametrize(("change", "message"), BAD_HETEROPHILOUS.values(), ids=BAD_HETEROPHILOUS)
def test_what_the_class_made_is_checked(change, message, tmp_path):
    folder = write_raw(tmp_path, "tolokers", **change)
    with pytest.raises(ValueError, match=message) as caught:
        load("tolokers", tmp_path)
    assert str(caught.value).startswith(f"tolokers: {folder}: ")


BAD_TEXT = {
    "texas": ("out1_graph_edges.txt", "node_id\tnode_id\n0\tone\n"),
    "actor": ("out1_node_feature_label.txt", "<html>404</html>\n\n\n"),
    "wikics": ("data.json", '{"features": [[1]]}'),
}


@pytest.mark.parametrize("name", BAD_TEXT)
def test_text_of_another_layout_is_refused_in_one_line(name, tmp_path):
    folder = write_raw(tmp_path, name)
    file, content = BAD_TEXT[name]
    (folder / file).write_text(content)
    message = rf"{name}: the files in {folder} have another layout \(\w+: .*\); download the originals again"
    with pytest.raises(ValueError, match=message) as caught:
        load(name, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_link_to_a_node_that_is_not_there_is_refused(tmp_path):
    folder = write_raw(tmp_path, "texas")
    with (folder / "out1_graph_edges.txt").open("a") as file:
        file.write("0\t77\n")
    with pytest.raises(ValueError, match=r"the edges must lie in \[0, 4\]; got 0 to 77"):
        load("texas", tmp_path)


@pytest.mark.parametrize("size", [0, 100, 1500])
def test_a_file_that_is_cut_off_is_refused(size, tmp_path):
    path = write_raw(tmp_path, "amazon-photo") / "amazon_electronics_photo.npz"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=f"amazon-photo: {path}: not an npz file, or cut off"):
        load("amazon-photo", tmp_path)


def test_damage_inside_is_noticed(tmp_path):
    path = write_raw(tmp_path, "minesweeper") / "minesweeper.npz"
    content = bytearray(path.read_bytes())
    content[150:200] = b"!" * 50
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"minesweeper: {path}: cannot read .*; download or write it again"):
        load("minesweeper", tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_missing_files_are_named_with_their_place(name, tmp_path, own_cache, monkeypatch):
    source = CATALOG[name].source

    def download(self):
        raise ConnectionError("no route")

    monkeypatch.setattr(getattr(torch_geometric.datasets, source.dataset), "download", download)
    with pytest.raises(FileNotFoundError) as caught:
        load(name, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{name}: not here: {', '.join(source.digests)}; the download failed (Connection")
    assert (
        f"looked in {tmp_path / source.folder} and {own_cache / source.folder}; put the missing files" in message
    )
    assert "\n" not in message


@pytest.mark.parametrize("name", ["amazon-photo", "texas", "wikics"])
def test_a_download_with_unknown_digests_is_kept(name, tmp_path, own_cache, monkeypatch):
    source = CATALOG[name].source
    folder = write_raw(tmp_path / "origin", name)

    def download(self):
        for file in source.digests:
            (own := type(folder)(self.raw_dir)).mkdir(parents=True, exist_ok=True)
            (own / file).write_bytes((folder / file).read_bytes())

    reader = getattr(torch_geometric.datasets, source.dataset)
    monkeypatch.setattr(reader, "download", download)
    first = load(name)
    assert {path.name for path in (own_cache / source.folder).iterdir()} == set(source.digests)
    monkeypatch.setattr(reader, "download", lambda self: pytest.fail("downloaded twice"))
    assert load(name).checksum == first.checksum


def test_a_download_that_is_no_npz_is_not_kept(tmp_path, own_cache, monkeypatch):
    def download(self):
        (folder := type(tmp_path)(self.raw_dir)).mkdir(parents=True, exist_ok=True)
        (folder / "amazon_electronics_photo.npz").write_bytes(b"<html>sign in</html>")

    monkeypatch.setattr(torch_geometric.datasets.Amazon, "download", download)
    with pytest.raises(ValueError, match=r"amazon-photo: the download/amazon_electronics_photo.npz: not an npz"):
        load("amazon-photo")
    assert not own_cache.exists()
