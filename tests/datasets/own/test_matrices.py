"""Adjacency matrices in memory, in Matrix Market files and in npz files of SciPy."""

import zipfile

import networkx as nx
import numpy as np
import pytest
import scipy.io
import scipy.sparse
import torch

from graphcl.datasets import from_scipy, load, read_matrix

CLUB = nx.to_scipy_sparse_array(nx.karate_club_graph(), weight=None, dtype=float)


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia"])
def test_every_format_of_scipy_is_read(form, tmp_path):
    scipy.sparse.save_npz(tmp_path / "a.npz", CLUB.asformat(form))
    dataset = load(tmp_path / "a.npz")
    assert dataset.graph.edge_index.shape == (2, 156)
    assert dataset.checksum == from_scipy(CLUB).checksum == from_scipy(CLUB.toarray()).checksum
    assert dataset.graph.get("edge_weight") is None


@pytest.mark.parametrize(
    ("field", "symmetry"), [("pattern", "symmetric"), ("integer", "general"), ("real", "symmetric")]
)
def test_matrix_market(field, symmetry, tmp_path):
    scipy.io.mmwrite(tmp_path / "a.mtx", CLUB.astype(int), field=field, symmetry=symmetry)
    assert load(tmp_path / "a.mtx").checksum == from_scipy(CLUB).checksum


def test_values_are_weights_and_the_larger_direction_counts():
    matrix = scipy.sparse.csr_array(np.array([[5, 2, 0], [3, 0, 0], [0, 1, 0]]))
    graph = from_scipy(matrix, np.eye(3), labels=[0, 1, 1]).graph
    assert graph.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert graph.edge_weight.tolist() == [3, 3, 1, 1]
    assert torch.equal(graph.x, torch.eye(3))
    assert from_scipy(matrix, weight=False).graph.get("edge_weight") is None
    assert torch.equal(from_scipy(matrix, scipy.sparse.eye_array(3)).graph.x, torch.eye(3))


def test_matrices_that_are_no_adjacency_are_refused(tmp_path):
    for matrix, message in (
        (np.ones((2, 3)), r"must be square; got \[2, 3\]"),
        (np.eye(2) * 1j, "must hold real numbers; got complex128"),
        (-np.ones((2, 2)), "weights must be finite and at least 0; got -1.0"),
    ):
        with pytest.raises(ValueError, match=message):
            from_scipy(scipy.sparse.coo_array(matrix))
    with pytest.raises(TypeError, match="adjacency must be a sparse matrix of SciPy or a 2-D array; got list"):
        from_scipy([[0, 1]])
    with pytest.raises(ValueError, match="x and features both give the features"):
        from_scipy(CLUB, np.eye(34), features="degree")
    scipy.io.mmwrite(tmp_path / "a.mtx", scipy.sparse.coo_array(np.ones((2, 3))))
    with pytest.raises(ValueError, match=r"a.mtx: an adjacency matrix must be square"):
        read_matrix(tmp_path / "a.mtx")


HEAD = "%%MatrixMarket matrix "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "coordinate real general\n3 3 99999999999\n1 2 1\n", "announces 99,999,999,999 entries"),
        (HEAD + "array real general\n99999999 99999999\n1\n", "announces .* entries"),
        (HEAD + "coordinate real general\n3 3 1\n9 2 1\n", "no Matrix Market file, or damaged"),
        (HEAD + "coordinate pattern general\n999999999 999999999 1\n1 2\n", "almost all rows are empty"),
        ("1 2\n", "no Matrix Market file, or damaged"),
    ],
)
def test_matrix_market_files_that_lie(text, message, tmp_path):
    (tmp_path / "a.mtx").write_text(text)
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "a.mtx")


def test_npz_files_of_scipy_that_lie(tmp_path):
    path = tmp_path / "a.npz"
    parts = {"format": "csr", "shape": [3, 3], "data": [1.0], "indices": [7], "indptr": [0, 1, 1, 1]}
    np.savez(path, **parts)
    with pytest.raises(ValueError, match="no matrix of SciPy, or damaged"):
        load(path)
    np.savez(path, **parts | {"format": "odd"})
    with pytest.raises(ValueError, match="no matrix of SciPy \\(format 'odd'\\)"):
        load(path)
    np.savez(path, **{key: value for key, value in parts.items() if key != "indptr"})
    with pytest.raises(ValueError, match="no matrix of SciPy \\(no indptr\\)"):
        load(path)
    np.savez(path, **parts | {"data": np.array([None])})
    with pytest.raises(ValueError, match="holds Python objects"):
        load(path)
    with zipfile.ZipFile(path) as archive:
        assert "data.npy" in archive.namelist()
