"""A set of one's own in TU layout, and files that the originals do not prepare one for."""

import pytest
import torch

from graphcl.datasets import load, read_tu_folder

FILES = {
    "A": "1, 2\n2, 1\n3, 4\n4, 3\n",
    "graph_indicator": "1\n1\n2\n2\n",
    "graph_labels": "1\n2\n",
    "edge_labels": "1\n1\n2.0\n2.0\n",
}


@pytest.fixture
def folder(tmp_path):
    def write(where="MYSET", **changes):
        place = tmp_path / where
        place.mkdir(parents=True)
        for part, text in {**FILES, **changes}.items():
            if text is not None:
                (place / f"MYSET_{part}.txt").write_text(text)
        return tmp_path / "MYSET"

    return write


@pytest.mark.parametrize("where", ["MYSET", "MYSET/raw"])
def test_a_folder_is_a_dataset(folder, where, monkeypatch):
    path = folder(where)
    dataset = load(path, features="degree", edge_labels=True)
    assert (dataset.name, len(dataset.graphs), dataset.num_classes) == ("MYSET", 2, 2)
    assert dataset.graphs.edge_attr.flatten().tolist() == [0, 0, 1, 1]
    assert dataset.checksum == load(str(path), edge_labels=True).checksum
    monkeypatch.chdir(path)
    assert load(".").name == "MYSET"


def test_labels_may_be_real_numbers_or_whole_ones_or_absent(folder, tmp_path):
    real = read_tu_folder(folder(graph_labels="0.5\n-2\n"))
    assert (real.num_classes, real.tasks) == (None, ("label",))
    assert torch.equal(real.graphs.y, torch.tensor([[0.5], [-2.0]]))
    for number, (text, y) in enumerate({"1.0\n2\n": [0, 1], None: None}.items()):
        dataset = read_tu_folder(folder(f"{number}/MYSET", graph_labels=text).parent / str(number) / "MYSET")
        assert (None if dataset.graphs.y is None else dataset.graphs.y.tolist()) == y


def test_contradictions_are_refused(folder):
    path = folder(A="1, 2\n1, 2\n3, 4\n4, 3\n", edge_labels="1\n2\n1\n1\n", graph_labels="1\nnan\n")
    with pytest.raises(ValueError, match=r"graph_labels.txt: must hold finite numbers"):
        load(path)
    (path / "MYSET_graph_labels.txt").write_text("1\n2\n")
    with pytest.raises(ValueError, match=r"edge_labels.txt: lines 1 and 2 give one edge two labels, 1 and 2"):
        load(path, edge_labels=True)
    assert len(load(path).graphs) == 2
    (path / "MYSET_graph_indicator.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"NAME_graph_indicator.txt is missing"):
        load(path)
