import io
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graphcl.datasets import GraphDataset, knn_graph, load, read_npz
from graphcl.datasets.files.npz_peek import peek

GOOD = {
    "x": np.eye(3, dtype=np.float32),
    "edge_index": np.array([[0, 1, 1], [1, 0, 1]]),
    "y": np.array([0, 5, -1]),
}
CSR = {
    "x_data": np.ones(2),
    "x_indices": np.array([0, 1]),
    "x_indptr": np.array([0, 1, 1, 2]),
    "x_shape": np.array([3, 2]),
}


@pytest.fixture
def write(tmp_path):
    def write(**arrays):
        np.savez_compressed(tmp_path / "my.npz", **arrays)
        return tmp_path / "my.npz"

    return write


def test_a_file_is_read_by_its_path(write):
    path = write(**GOOD, train_mask=np.array([True, False, False]), test_mask=np.zeros(3, bool), other=np.zeros(7))
    for dataset in (load(str(path)), load(path), read_npz(path)):
        assert repr(dataset) == "GraphDataset('my.npz': 3 nodes, 1 edges, 3 features, 2 classes)"
        assert dataset.graph.edge_index.tolist() == [[0, 1], [1, 0]]
        assert dataset.graph.y.tolist() == [0, 5, -1]
        assert dataset.splits["train"].tolist() == [True, False, False]
        assert list(dataset.splits) == ["train", "test"]
        assert list(dataset.files) == ["my.npz"]
        assert dataset.parameters == {}


def test_a_file_without_the_ending_is_read_by_its_path_as_well(write):
    path = write(**GOOD)
    assert load(str(path.rename(path.with_suffix("")))).name == "my"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), sparse=st.booleans(), labelled=st.booleans())
def test_what_is_written_is_read(data, sparse, labelled, tmp_path):
    n, f = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    number = st.floats(-(2.0**90), 2.0**90, width=32) | st.just(0.0)
    x = np.array(data.draw(st.lists(number, min_size=n * f, max_size=n * f)), dtype=np.float32).reshape(n, f)
    node = st.integers(0, n - 1)
    edges = np.array(data.draw(st.lists(st.tuples(node, node), max_size=8)), dtype=np.int32).reshape(-1, 2).T
    y = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)))
    arrays = {"edge_index": edges} | ({"y": y} if labelled else {})
    if sparse:
        parts = csr_array(x)
        arrays |= {
            "x_data": parts.data,
            "x_indices": parts.indices,
            "x_indptr": parts.indptr,
            "x_shape": parts.shape,
        }
    else:
        arrays |= {"x": x}
    np.savez(tmp_path / "any.npz", **arrays)
    written = GraphDataset.from_parts(
        "any", torch.from_numpy(x), torch.from_numpy(edges), torch.from_numpy(y) if labelled else None
    )
    read = read_npz(tmp_path / "any.npz")
    assert torch.equal(read.graph.x, written.graph.x)
    assert torch.equal(read.graph.edge_index, written.graph.edge_index)
    assert read.num_classes == written.num_classes


def test_two_ways_of_saving_give_one_content_checksum(tmp_path):
    np.savez(tmp_path / "a.npz", **GOOD)
    np.savez_compressed(tmp_path / "b.npz", **GOOD | {"x": GOOD["x"].astype(">f8"), "note": np.array("copy")})
    first, second = read_npz(tmp_path / "a.npz"), read_npz(tmp_path / "b.npz")
    assert first.checksum == second.checksum
    assert list(first.files.values()) != list(second.files.values())


def test_k_replaces_the_edges_by_a_knn_graph(write):
    x = np.arange(5, dtype=np.float32)[:, None]
    dataset = load(write(x=x), k=1)
    assert torch.equal(dataset.graph.edge_index, knn_graph(torch.from_numpy(x), k=1))
    assert dataset.parameters == {"k": 1, "similarity": "heat"}
    assert load(write(**GOOD), k=2, similarity="dot").parameters == {"k": 2, "similarity": "dot"}


BAD = {
    "no edges": ({"edge_index": None}, "edge_index is missing; add it, or give k"),
    "edge shape": ({"edge_index": np.zeros((3, 2), int)}, r"edge_index must have shape \[2, E\]; got \[3, 2\]"),
    "edge type": (
        {"edge_index": np.zeros((2, 2))},
        "edge_index must hold integers; got float64; save it as int64",
    ),
    "edge above": ({"edge_index": np.array([[0], [3]])}, r"edge_index must lie in \[0, 2\]; got 0 to 3"),
    "edge below": ({"edge_index": np.array([[-1], [0]])}, r"edge_index must lie in \[0, 2\]; got -1 to 0"),
    "x shape": ({"x": np.zeros(3)}, r"at least one row and one column; got shape \[3\]"),
    "no nodes": ({"x": np.zeros((0, 3))}, r"at least one row and one column; got shape \[0, 3\]"),
    "no columns": ({"x": np.zeros((3, 0))}, r"at least one row and one column; got shape \[3, 0\]"),
    "x nan": ({"x": np.full((3, 1), np.nan)}, "x must be finite in float32; got NaN or infinity"),
    "x inf": ({"x": np.full((3, 1), np.inf)}, "x must be finite in float32; got NaN or infinity"),
    "x huge": ({"x": np.full((3, 1), 1e300)}, "x must be finite in float32; got NaN or infinity"),
    "x text": ({"x": np.array([["a"]] * 3)}, "x must hold real numbers; got <U1"),
    "x complex": ({"x": np.ones((3, 1), complex)}, "x must hold real numbers; got complex128"),
    "x objects": ({"x": np.array([[None]] * 3)}, "x holds Python objects, which are never unpickled"),
    "y rows": ({"y": np.zeros(2, int)}, r"y must have shape \[3\], one label per row of x; got \[2\]"),
    "y type": ({"y": np.zeros(3)}, "y must hold integers; got float64; number the classes"),
    "mask type": ({"val_mask": np.zeros(3, int)}, "val_mask must be 3 booleans, one per row of x; got int64"),
    "mask rows": ({"val_mask": np.zeros(4, bool)}, r"val_mask must be 3 booleans.*; got bool of shape \[4\]"),
}
BAD_CSR = {
    "part missing": ({"x_shape": None}, "x is stored in CSR parts, but x_shape is missing"),
    "part type": ({"x_indptr": np.zeros(4)}, "x_indices, x_indptr and x_shape must be 1-D arrays of integers"),
    "shape": ({"x_shape": np.array([3])}, r"x_shape must hold two sizes; got \[3\]"),
    "lengths": ({"x_data": np.ones(3)}, r"x_data and x_indices must have the same length; got \[3\] and \[2\]"),
    "indptr length": ({"x_shape": np.array([4, 2])}, "x_indptr must have 5 entries for 4 rows; got 4"),
    "indptr falls": ({"x_indptr": np.array([0, 2, 1, 2])}, "x_indptr must rise from 0 to 2"),
    "indptr end": ({"x_indptr": np.array([0, 1, 1, 1])}, "x_indptr must rise from 0 to 2"),
    "column": ({"x_indices": np.array([0, 2])}, r"x_indices must lie in \[0, 1\]; got 0 to 2"),
    "nan": ({"x_data": np.array([1, np.nan])}, "x_data must be finite"),
    "empty": (
        {
            "x_shape": np.array([0, 2]),
            "x_data": np.ones(0),
            "x_indices": np.ones(0, int),
            "x_indptr": np.array([0]),
        },
        r"at least one row and one column; got shape \[0, 2\]",
    ),
}


@pytest.mark.parametrize(
    ("base", "change", "message"),
    [pytest.param(GOOD, *case, id=name) for name, case in BAD.items()]
    + [
        pytest.param({"edge_index": GOOD["edge_index"][:, :0], **CSR}, *case, id=f"csr {name}")
        for name, case in BAD_CSR.items()
    ],
)
def test_a_file_of_another_layout_is_refused_in_one_line(write, base, change, message):
    path = write(**{key: value for key, value in (base | change).items() if value is not None})
    with pytest.raises(ValueError, match=message) as caught:
        read_npz(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_csr_parts_that_fit_together_are_read(write):
    assert read_npz(write(edge_index=GOOD["edge_index"], **CSR)).graph.x.tolist() == [[1, 0], [0, 0], [0, 1]]


def test_a_sparse_matrix_too_large_to_be_dense_is_refused(write):
    parts = {
        "x_data": np.ones(0),
        "x_indices": np.ones(0, int),
        "x_indptr": np.zeros(4, int),
        "x_shape": [3, 2**60],
    }
    with pytest.raises(ValueError, match="GB when dense; reduce it first"):
        read_npz(write(edge_index=GOOD["edge_index"], **parts))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"k": 3}, r"k must lie in \[1, 2\] for 3 nodes; got 3"),
        ({"k": 0}, "k should be greater than or equal to 1; got 0"),
        ({"k": "2"}, "k should be a valid integer; got '2'"),
        ({"similarity": "heat"}, "similarity needs k"),
        (
            {"neighbours": 2},
            r"unknown parameter 'neighbours' \(parameters and defaults: k=None, similarity=None, features=None",
        ),
    ],
)
def test_bad_parameters(write, given, message):
    with pytest.raises(ValueError, match=message):
        load(write(**GOOD), **given)


def test_files_that_are_no_npz(tmp_path):
    path = tmp_path / "my.npz"
    with pytest.raises(FileNotFoundError, match=r"my.npz: no such file; name an existing .npz file"):
        load(path)
    with pytest.raises(ValueError, match="a folder without NAME_A"):
        load(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="not an npz file, or cut off"):
        load(path)
    np.save(tmp_path / "one.npy", np.eye(2))
    (tmp_path / "one.npy").rename(path)
    with pytest.raises(ValueError, match="not an npz file, or cut off"):
        load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", b"some text")
    with pytest.raises(ValueError, match="x is not an array"):
        load(path)


def outcome(path):
    """The message of the refusal, or None where the file was read."""
    try:
        read_npz(path)
    except ValueError as error:
        return str(error)


def whole_file():
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **GOOD)
    return buffer.getvalue()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_but_never_crashes(data, tmp_path):
    content = bytearray(whole_file())
    if data.draw(st.booleans(), label="cut off"):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        for position in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
            content[position] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "damaged.npz"
    path.write_bytes(content)
    peek(path)
    message = outcome(path)
    assert message is None or message.startswith(f"{path}: ")
    assert "\n" not in (message or "")


def test_a_file_of_torch_is_named(tmp_path):
    torch.save({"x": torch.eye(3)}, tmp_path / "k.pt")
    with pytest.raises(ValueError, match="a PyTorch file, which is never unpickled; write its"):
        read_npz(tmp_path / "k.pt")
