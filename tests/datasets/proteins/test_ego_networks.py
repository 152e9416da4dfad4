"""Ego networks of proteins: read from files of any PyG without its classes, and split by species."""

import pickle
import random

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl import DSLA, EdgePred
from graphcl.datasets import describe, load
from graphcl.datasets.proteins.collated_file import read_collated
from graphcl.datasets.proteins.species_split import species_split
from graphcl.encoders import ProteinGIN
from graphcl.evaluation import FineTuning, finetune
from tests.datasets.proteins.ego_files import collated, egos, write_new, write_old

FILE = "ppi_ego/supervised/processed/geometric_data_processed.pt"


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def data(root, monkeypatch):
    write_old(root / FILE, *collated(egos(60)), monkeypatch)
    return load("ppi-ego", root=root)


def neighbours(edge_index: torch.Tensor, size: int) -> list[int]:
    return torch.bincount(edge_index[0], minlength=size).tolist()


def test_the_graphs_with_their_centre_as_node_0(data):
    given = egos(60)
    assert len(data.graphs) == 60
    assert data.tasks == tuple(f"go-{task}" for task in range(40))
    for found, ego in zip(data.graphs, given, strict=True):
        size, centre = len(ego["x"]), int(ego["center_node_idx"])
        assert found.x.tolist() == [[1]] * size
        order = list(range(size))
        order[0], order[centre] = order[centre], order[0]
        assert neighbours(found.edge_index, size)[0] == size - 1, "the centre is joined to all"
        assert torch.equal(torch.tensor(order)[found.edge_index], ego["edge_index"])
        assert torch.equal(found.edge_attr, ego["edge_attr"].long())
    assert torch.equal(data.graphs.y, torch.stack([ego["go_target_downstream"] for ego in given]).float())


def test_any_version_of_pyg_writes_the_same(root, data, tmp_path):
    tensors, slices = collated(egos(60))
    other = tmp_path / "other"
    write_new(other / FILE, tensors, slices)
    assert load("ppi-ego", root=other).checksum == data.checksum
    torch.save((tensors, slices, Data), other / FILE)
    assert describe("ppi-ego", root=other)["checksum"] == data.checksum
    before = set(torch.serialization.get_safe_globals())
    read_collated(root / FILE)
    assert set(torch.serialization.get_safe_globals()) == before


def test_the_split_is_that_of_the_published_code(data):
    species = np.array([9606, 4932, 3702] * 20)
    human, others = np.flatnonzero(species == 9606).tolist(), np.flatnonzero(species != 9606).tolist()
    random.seed(42)
    order = list(range(40))
    random.shuffle(order)
    assert data.splits["train"].tolist() == [others[place] for place in order[:34]]
    assert data.splits["val"].tolist() == [others[place] for place in order[34:40]]
    random.seed(42)
    order = list(range(20))
    random.shuffle(order)
    assert data.splits["test"].tolist() == [human[place] for place in order[10:]]
    with pytest.raises(ValueError, match="split=species has no graph in test: there are 1 human"):
        species_split(torch.tensor([9606, *[4932] * 20]))


def test_other_splits_and_their_names(root, data):
    assert load("ppi-ego", root=root, split="none").splits == {}
    parts = load("ppi-ego", root=root, split="random", split_seed=3).splits
    assert sorted(torch.cat(list(parts.values())).tolist()) == list(range(60))
    with pytest.raises(ValueError, match="split must be species, random, none, or the path"):
        load("ppi-ego", root=root, split="scaffold")
    with pytest.raises(FileNotFoundError, match="ppi-ego-unlabelled: geometric_data_processed"):
        load("ppi-ego-unlabelled", root=root)


def test_pretraining_and_the_40_tasks(root, data, monkeypatch):
    others = [{k: v for k, v in ego.items() if not k.startswith("go_")} for ego in egos(12)]
    write_old(root / FILE.replace("supervised", "unsupervised"), *collated(others), monkeypatch)
    unlabelled = load("ppi-ego-unlabelled", root=root)
    assert unlabelled.graphs.y is None
    model = DSLA.from_recipe("ppi-ego-unlabelled", channels=8, num_layers=2, epochs=1, device="cpu")
    model.fit(unlabelled.graphs)
    settings = FineTuning(epochs=2, dropout=0.0, device="cpu", readout="mean+ego")
    scores = finetune(model, data, seeds=[0], settings=settings)
    assert len(scores.runs[0].test_tasks) == 40
    test = data.graphs.y[data.splits["test"]]
    both = ((test == 0).any(0) & (test == 1).any(0)).tolist()
    assert 0 < sum(both) < 40, "a mean over all tasks would be NaN"
    assert scores.runs[0].unscored["test"] == tuple(f"go-{task}" for task in range(40) if not both[task])
    defined = [score for score in scores.runs[0].test_tasks.values() if score == score]
    assert scores.mean == pytest.approx(sum(defined) / sum(both))


def test_the_centre_is_read_where_it_is_asked_for(data):
    """Labels that only the centre says: the mean over nodes cannot."""
    from dataclasses import replace

    def first_marked(graphs):
        x = graphs.x.clone()
        marked = torch.arange(len(graphs)) % 2 == 0
        x[graphs.node_ptr[:-1][marked]] = 0
        x[graphs.node_ptr[:-1][~marked] + 1] = 0
        return replace(graphs, x=x, y=marked[:, None].float(), edge_attr=graphs.edge_attr * 0)

    class Table(torch.nn.Module):
        dropout = 0.0

        def __init__(self):
            super().__init__()
            self.rows = torch.nn.Embedding(2, 4)

        def forward(self, x, edge_index, edge_attr):
            return self.rows(x[:, 0])

    parts = dict(zip(("train", "val", "test"), torch.arange(60).split([30, 15, 15]), strict=True))
    centred = replace(data, graphs=first_marked(data.graphs), tasks=("centre",), splits=parts)
    found = {}
    for readout in ("mean", "mean+ego"):
        settings = FineTuning(epochs=30, lr=0.05, dropout=0.0, device="cpu", readout=readout)
        found[readout] = finetune(lambda seed: Table(), centred, seeds=[0], settings=settings).mean
    assert found["mean+ego"] == 1.0
    assert found["mean"] < 0.8
    with pytest.raises(ValueError, match=r"readout must be one of mean, mean\+ego; got 'sum'"):
        FineTuning(readout="sum")


def changed(name: str, value):
    def change(tensors, slices):
        return {**tensors, name: value(tensors[name])}, slices

    return change


WRONG = {
    "no centre": (
        lambda tensors, slices: ({k: v for k, v in tensors.items() if k != "center_node_idx"}, slices),
        "center_node_idx is missing",
    ),
    "no slices": (lambda tensors, slices: (tensors, {}), "x or its slices are missing"),
    "a centre outside": (changed("center_node_idx", lambda v: v + 9), "must be a node of each graph"),
    "an end outside": (changed("edge_index", lambda v: v + 9), "edge_index must be numbered within each graph"),
    "ends as floats": (changed("edge_index", torch.Tensor.float), "edge_index must hold two integers per edge"),
    "marks of 2": (changed("edge_attr", lambda v: v * 2), "9 marks of 0 or 1 for .* edges; got other numbers"),
    "eight marks": (changed("edge_attr", lambda v: v[:, :8]), r"9 marks of 0 or 1 for .* edges; got \[.*, 8\]"),
    "labels too few": (
        changed("go_target_downstream", lambda v: v[:-1]),
        "40 labels of 0 or 1 for 9 graphs; got 359",
    ),
    "labels of 2": (changed("go_target_downstream", lambda v: v * 2), "40 labels of 0 or 1"),
    "species as floats": (
        changed("species_id", torch.Tensor.float),
        "species_id must be one integer for 9 graphs",
    ),
    "slices that fall": (
        lambda tensors, slices: (tensors, {**slices, "x": slices["x"].flip(0)}),
        "slices of x must rise from 0",
    ),
    "stretched": (
        changed("x", lambda v: torch.ones(1, 1).expand(10**9, 1)),
        "x is longer than its data",
    ),
    "a list of slices": (lambda tensors, slices: (tensors, [1]), "no attributes but list"),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_a_file_with_other_content_is_refused_in_one_line(change, message, root, monkeypatch):
    write_old(root / FILE, *change(*collated(egos(9))), monkeypatch)
    with pytest.raises(ValueError, match=message) as refused:
        load("ppi-ego", root=root)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(str(root / FILE))


class Harmful:
    def __reduce__(self):
        return print, ("harm",)


@pytest.mark.parametrize("harm", [Harmful(), {"x": Harmful()}], ids=["itself", "inside"])
def test_no_code_of_a_file_is_run(harm, root, capsys):
    path = root / FILE
    path.parent.mkdir(parents=True)
    for write in (lambda: torch.save((harm, {}), path), lambda: path.write_bytes(pickle.dumps((harm, {})))):
        write()
        with pytest.raises(ValueError, match=r"not a file .* of PyG, or damaged") as refused:
            load("ppi-ego", root=root)
        assert "\n" not in str(refused.value)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"not a file .* of PyG, or damaged"):
        load("ppi-ego", root=root)
    assert capsys.readouterr().out == ""


def test_from_the_shell(root, data, capsys):
    from graphcl.cli import main

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, capsys.readouterr()

    quick = ("--seeds", 1, "--epochs", 1, "--root", root, "--device", "cpu", "--no-baselines")
    small = ("--set", "domain=protein", "--set", "channels=4", "--set", "num_layers=1")
    command = ("evaluate", "finetune", "from-scratch", "ppi-ego", "--split", "species", "--readout", "mean+ego")
    status, said = call(*command, *quick, *small)
    assert status == 0
    assert "from-scratch" in said.out
    status, said = call(*command[:4], *quick, *small)
    assert (status, said.err.count("\n")) == (2, 1)
    assert "split must be species, random, none" in said.err
    status, said = call(*command, *quick, "--set", "channels=4")
    assert status == 2
    assert "ppi-ego holds ego networks of proteins, and this attr-masking is for the domain 'molecule'" in said.err


def test_the_encoder_reads_them(data):
    batch = data.graphs.batch([0, 1])
    assert ProteinGIN(4, 2)(batch.x, batch.edge_index, batch.edge_attr).shape == (len(batch.x), 4)
    assert EdgePred(domain="protein", channels=4, num_layers=1, epochs=1).fit(data.graphs).embedding_.shape == (
        60,
        4,
    )
