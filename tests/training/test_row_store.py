"""Rows in blocks: in memory or in a file, whether their number is known or not, also of graphs."""

import os

import numpy as np
import pytest
import torch

from graphcl import EdgePred
from graphcl.training.batching import graph_batches
from graphcl.training.row_store import RowStore
from tests.easy import many

ROWS = torch.arange(20.0).view(10, 2)


@pytest.mark.parametrize("total", [None, 10])
def test_blocks_come_back_in_order_from_a_file(tmp_path, total):
    path = tmp_path / "rows.npy"
    with RowStore(path, total) as store:
        for block in ROWS.split(3):
            store.append(block)
        assert not path.exists()
        assert torch.equal(store.rows(), ROWS)
    assert np.array_equal(np.load(path, mmap_mode="r"), ROWS.numpy())
    assert [file.name for file in tmp_path.iterdir()] == ["rows.npy"]


def test_half_precision_becomes_float32_and_nothing_is_left_of_an_unfinished_file(tmp_path):
    with RowStore(tmp_path / "rows.npy", 10) as store:
        store.append(ROWS[:3].bfloat16())  # and the rest never comes
    assert not list(tmp_path.iterdir())
    with RowStore(None) as store:
        store.append(ROWS.bfloat16())
        assert store.rows().dtype == torch.float32


def test_no_rows(tmp_path):
    with pytest.raises(ValueError, match="there are no rows to write"), RowStore(tmp_path / "rows.npy") as store:
        store.rows()


def test_embeddings_of_graphs_in_several_blocks(tmp_path, monkeypatch):
    graphs = many("molecule")
    model = EdgePred(channels=8, epochs=1, batch_size=8).fit(graphs)
    monkeypatch.setattr(graph_batches, "GRAPHS", 5)
    assert torch.equal(model.transform(graphs, out=tmp_path / "z.npy"), model.transform(graphs))


def test_rows_of_a_lower_layer_lie_beside_and_go(tmp_path):
    with RowStore(tmp_path / "rows.npy", 10) as store:
        lower = store.beside()
        lower.append(ROWS)
        assert torch.equal(lower.unnamed(), ROWS)
        assert [file.name[:9] for file in tmp_path.iterdir()] == ["rows.npy."]
        lower.discard()
        assert not list(tmp_path.iterdir())
    assert RowStore(None, 3).beside().path is None


def test_rows_in_memory_are_put_into_one_tensor_where_their_number_is_known():
    store = RowStore(None, 10)
    for block in ROWS.split(4):
        store.append(block)
        assert not store.blocks
    assert torch.equal(store.rows(), ROWS)
    whole = RowStore(None, 10)
    whole.append(ROWS)
    assert whole.rows().data_ptr() != ROWS.data_ptr(), "what a method returns is not kept, but copied"


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system does not reserve space")
def test_a_file_has_its_space_before_its_rows(tmp_path):
    """Else a disk that fills up ends the process: a page that is mapped has no place to go."""
    with RowStore(tmp_path / "rows.npy", 100_000) as store:
        store.append(ROWS)
        [part] = tmp_path.iterdir()
        assert part.stat().st_blocks * 512 >= 100_000 * 8
