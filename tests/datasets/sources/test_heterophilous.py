"""The reader of chameleon and squirrel, which no PyG class offers."""

import numpy as np
import pytest
import torch

from graphcl.datasets import load
from tests.datasets.raw_files import EDGES, X, Y, heterophilous_arrays, masks


@pytest.fixture
def write(tmp_path):
    def write(name="chameleon", **changes):
        folder = tmp_path / "heterophilous_extra"
        folder.mkdir()
        np.savez(folder / f"{name}_filtered.npz", **heterophilous_arrays(**changes))
        return tmp_path

    return write


@pytest.mark.parametrize("name", ["chameleon", "squirrel"])
def test_it_is_read_with_all_its_splits(write, name):
    root = write(name)
    with pytest.warns(UserWarning, match=f"{name}_filtered.npz is no known copy of {name}-filtered"):
        dataset = load(f"{name}_filtered", root)
    assert dataset.name == f"{name}-filtered"
    assert torch.equal(dataset.graph.x, torch.from_numpy(X))
    assert dataset.graph.edge_index.tolist() == EDGES
    assert dataset.graph.y.tolist() == Y.tolist()
    for key, mask in zip(("train", "val", "test"), masks(10), strict=True):
        assert torch.equal(dataset.splits[key], torch.from_numpy(mask))
    assert list(dataset.files) == [f"{name}_filtered.npz"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edges": None}, "edges is missing"),
        ({"edges": np.array([[0, 5]])}, r"edges must lie in \[0, 4\]; got 0 to 5"),
        ({"edges": np.zeros((2, 3), int)}, r"edges must have shape \[2, E\]; got \[3, 2\]"),
        ({"node_labels": np.zeros(4, int)}, r"node_labels must have shape \[5\]"),
        ({"node_features": X * np.nan}, "x must be finite"),
        ({"test_masks": np.zeros((10, 4), bool)}, r"test_masks must be 5 booleans"),
        ({"node_labels": np.array([None] * 5)}, "node_labels holds Python objects"),
    ],
)
def test_another_layout_is_refused(write, change, message):
    root = write(**change)
    with pytest.raises(ValueError, match=message) as caught:
        load("chameleon-filtered", root)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named_with_its_place(tmp_path):
    message = r"squirrel-filtered: squirrel_filtered.npz is missing; looked in .*heterophilous_extra"
    with pytest.raises(FileNotFoundError, match=message):
        load("squirrel-filtered", tmp_path)


def test_it_takes_no_parameters(write):
    with pytest.raises(ValueError, match=r"unknown parameter 'k' \(it takes no parameters\)"):
        load("chameleon-filtered", write(), k=3)
