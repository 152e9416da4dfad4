"""Archives that would harm: refused by what their directory says, before they are unpacked."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from graphcl.datasets import load


def test_an_archive_that_inflates_is_refused_before_it_is_unpacked(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (1 << 24, 64)})
    path = tmp_path / "a.npz"
    np.savez_compressed(path, edge_index=np.zeros((2, 0), dtype=int))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x.npy", header.getvalue())
        archive.infolist()[-1].file_size = 4 * 64 * (1 << 24) + len(header.getvalue())  # as the directory will say
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"a.npz: 0.00 GB unpack to 4.29 GB or more, over 100 times as much"):
        load(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_two_arrays_of_one_name_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.eye(3), edge_index=np.zeros((2, 0), dtype=int))
    other = io.BytesIO()
    np.save(other, np.ones((3, 3)))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("x.npy", other.getvalue())
    with pytest.raises(ValueError, match=r"a.npz: there are two arrays x; write the file again with one"):
        load(path)


def test_a_header_that_announces_another_size_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, edge_index=np.zeros((2, 0), dtype=int))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40, 9)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x.npy", header.getvalue() + b"few")
    with pytest.raises(ValueError, match=r"cannot read x \(its header announces another size\)"):
        load(path)


def test_a_file_without_x_is_a_graph_without_features(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, edge_index=np.array([[0], [1]]), y=np.array([3, 3, 4]), val_mask=np.array([True, False, False]))
    dataset = load(path)
    assert dataset.graph.x is None
    assert dataset.graph.num_nodes == 3
    assert dataset.splits["val"].tolist() == [True, False, False]
    assert load(path, features="degree").graph.x.shape == (3, 1)
    np.savez(path, edge_index=np.array([[0], [1]]), x=np.eye(2))
    with pytest.raises(ValueError, match="features=degree would replace x; leave it out"):
        load(path, features="degree")
