"""Features in a file: the fit is that on the tensor, read in blocks and batches, and bad files are refused."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl import DGI, GRACE
from graphcl.datasets import MappedFeatures, load
from graphcl.feature_source import is_feature_source

N = 60
SETTINGS = {"batch_size": 16, "epochs": 2, "hidden_channels": 8, "out_channels": 4}


@pytest.fixture
def graph() -> Data:
    blocks = load("planted-partition", nodes=N, blocks=3, degree_in=2.0, degree_out=0.2).graph
    return Data(x=blocks.x.half().float(), edge_index=blocks.edge_index)


@pytest.mark.parametrize("stored", [np.float16, np.float32, np.float64])
def test_rows_are_those_of_the_file(tmp_path, stored):
    x = np.random.default_rng(0).normal(size=(50, 3)).astype(stored)
    np.save(tmp_path / "x.npy", x)
    source = MappedFeatures(tmp_path / "x.npy")
    assert is_feature_source(source)
    assert source.shape == (50, 3)
    assert (source.size(0), source.size(1)) == (50, 3)
    assert source.dtype == (torch.float64 if stored == np.float64 else torch.float32)
    for n_id in (torch.tensor([3, 49, 3, 0]), torch.arange(50), torch.empty(0, dtype=torch.long)):
        rows = source.gather(n_id)
        assert rows.dtype == source.dtype
        assert torch.equal(rows, torch.from_numpy(x)[n_id].to(source.dtype))


def test_rows_are_copies_that_may_be_written_to(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((4, 2), np.float32))
    source = MappedFeatures(tmp_path / "x.npy")
    source.gather(torch.tensor([1])).zero_()
    assert np.load(tmp_path / "x.npy").sum() == 8
    assert source.gather(torch.tensor([1])).sum() == 2


def test_copies_map_the_file_anew(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((5000, 20), np.float32))
    source = MappedFeatures(tmp_path / "x.npy")
    assert len(pickle.dumps(source)) < 1000
    for again in (copy.deepcopy(source), pickle.loads(pickle.dumps(source))):  # noqa: S301  (our own)
        assert again.shape == source.shape


@pytest.mark.parametrize("method", [GRACE, DGI])
@pytest.mark.parametrize("stored", [np.float16, np.float64])
def test_a_fit_is_that_on_the_tensor(graph, tmp_path, monkeypatch, method, stored):
    np.save(tmp_path / "x.npy", graph.x.numpy().astype(stored))
    asked = []
    gather = MappedFeatures.gather
    monkeypatch.setattr(MappedFeatures, "gather", lambda self, n_id: asked.append(len(n_id)) or gather(self, n_id))
    monkeypatch.setattr("graphcl.validation.features.BLOCK_ROWS", 8)
    monkeypatch.setattr("graphcl.validation.numbers.BLOCK_ROWS", 8)
    fanouts = (3,) * method().num_layers
    expected = method(fanouts=fanouts, **SETTINGS).fit(graph)
    given = Data(x=MappedFeatures(tmp_path / "x.npy"), edge_index=graph.edge_index)
    model = method(fanouts=fanouts, **SETTINGS).fit(given)
    assert torch.equal(model.embedding_, expected.embedding_)
    assert model.history_ == expected.history_
    assert asked.count(8) > 7, "it is checked in blocks of 8 rows"


def test_a_file_with_fewer_rows_than_the_graph_is_refused(graph, tmp_path):
    np.save(tmp_path / "x.npy", graph.x.numpy()[:-1])
    source = MappedFeatures(tmp_path / "x.npy")
    model = GRACE(**SETTINGS)
    stated = Data(x=source, edge_index=graph.edge_index, num_nodes=N)
    with pytest.raises(ValueError, match="x must have a row for each node; got 59 rows, and num_nodes is 60"):
        model.fit(stated)
    edge_index = torch.cat([graph.edge_index, torch.tensor([[0], [N - 1]])], dim=1)
    with pytest.raises(
        ValueError, match=r"edge_index must lie in \[0, 59\), the rows of x; got values from 0 to 59"
    ):
        model.fit(Data(x=source, edge_index=edge_index))


def saved(content):
    return lambda path: np.save(path, content, allow_pickle=True)


def archive(path):
    np.savez(path.with_suffix(".npz"), x=np.ones((2, 2)))
    path.with_suffix(".npz").rename(path)


def broken(path):
    np.save(path, np.ones((9, 9), np.float32))
    path.write_bytes(path.read_bytes()[:-10])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (
            saved(np.ones(3, np.float32)),
            r"must hold an array of shape \(n, d\); got shape \(3,\); write it by np.save",
        ),
        (
            saved(np.ones((3, 2), np.int64)),
            "must hold float16, float32 or float64 of this machine; got <i8; write",
        ),
        (saved(np.ones((3, 2), ">f4")), "of this machine; got >f4"),
        (saved(np.asfortranarray(np.ones((3, 2)))), "must be in C order, row by row; got Fortran order; write"),
        (saved(np.array([{}, []], dtype=object)), "is no npy file that can be mapped"),
        (lambda path: path.write_bytes(b"rows of nothing"), "is no npy file that can be mapped"),
        (lambda path: path.write_bytes(b""), "is no npy file that can be mapped"),
        (lambda path: path.write_bytes(pickle.dumps([1])), "is no npy file that can be mapped"),
        (archive, "got an archive of several; write"),
        (broken, "is no npy file that can be mapped"),
    ],
)
def test_bad_files_are_one_clear_line(tmp_path, write, message):
    path = tmp_path / "x.npy"
    write(path)
    with pytest.raises(ValueError, match=message) as error:
        MappedFeatures(path)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_said():
    with pytest.raises(FileNotFoundError, match=r"no file nowhere.npy; np.save\(path, x\) writes one"):
        MappedFeatures("nowhere.npy")
