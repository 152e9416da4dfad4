"""OGB's links and molecules; the sorted file of edges; MoleculeNet's HIV in place of ogbg-molhiv."""

import numpy as np
import pytest
import torch

from graphcl.datasets import load
from graphcl.datasets.edges import undirected
from graphcl.datasets.ogb.edge_file import write_undirected
from graphcl.datasets.ogb.sets import SETS
from tests.datasets.ogb.layouts import write_link_set, write_molecule_set
from tests.datasets.ogb.test_node_sets import SMALL, Hostile, root  # noqa: F401


def test_links_come_back_and_no_evaluated_one_is_an_edge(root):  # noqa: F811
    given = write_link_set(root)
    found = load("ogbl-collab", root, **SMALL)
    names = {"val": "valid", "val_negative": "valid_negative"}
    for name, pairs in found.links.items():
        assert pairs.T.tolist() == given[names.get(name, name)].tolist()
    assert set(found.links) == {"train", "val", "val_negative", "test", "test_negative"}
    edges = set(map(tuple, found.graph.edge_index.T.tolist()))
    assert edges == {pair for a, b in given["train"].tolist() for pair in ((a, b), (b, a))}
    assert not edges & set(map(tuple, given["test"].tolist()))
    assert found.graph.y is None


def test_hostile_links(root):  # noqa: F811
    write_link_set(root)
    torch.save({"edge": Hostile()}, root / "ogb" / "ogbl_collab" / "split" / "time" / "valid.pt")
    with pytest.raises(ValueError, match=r"valid\.pt holds more than tensors and arrays"):
        load("ogbl-collab", root, **SMALL)


@pytest.mark.parametrize("content", [{"edge": np.zeros((3, 3), np.int64)}, {"edge": np.full((3, 2), 50)}, {}, [1]])
def test_wrong_links(root, content):  # noqa: F811
    write_link_set(root)
    torch.save(content, root / "ogb" / "ogbl_collab" / "split" / "time" / "train.pt")
    with pytest.raises(
        ValueError, match=r"train\.pt.*(must be \(e, 2\)|must lie in|has no 'edge'|must hold a dict)"
    ):
        load("ogbl-collab", root, **SMALL)


@pytest.mark.parametrize("name", ["ogbg-molhiv", "ogbg-molpcba"])
def test_molecules_come_back(root, name):  # noqa: F811
    made = write_molecule_set(root, name)
    found = load(name, root, **SMALL)
    assert len(found.graphs) == len(made.sizes)
    assert found.graphs.y.shape == (12, SETS[name].outputs)
    torch.testing.assert_close(found.graphs.y, torch.from_numpy(made.y).float(), equal_nan=True)
    start = bond = 0
    for number, graph in enumerate(found.graphs):
        atoms = made.x[start : start + made.sizes[number]]
        assert graph.x[:, 0].tolist() == np.minimum(atoms[:, 0], 117).tolist()
        assert graph.x[:, 1].tolist() == np.where(atoms[:, 1] < 3, atoms[:, 1], 0).tolist()
        pairs = made.bonds[number].tolist()
        assert graph.edge_index.T.tolist() == [end for a, b in pairs for end in ([a, b], [b, a])]
        kinds = made.edge_attr[bond : bond + len(pairs), 0]
        assert graph.edge_attr[::2, 0].tolist() == np.where(kinds < 4, kinds, 0).tolist()
        assert torch.equal(graph.edge_attr[::2], graph.edge_attr[1::2])
        assert not graph.edge_attr[:, 1].any()
        start, bond = start + len(atoms), bond + len(pairs)
    assert list(found.smiles) == made.smiles
    assert sorted(torch.cat(list(found.splits.values())).tolist()) == list(range(12))


def test_missing_labels_are_nan(root):  # noqa: F811
    made = write_molecule_set(root, "ogbg-molpcba")
    from tests.datasets.ogb.layouts import label_table

    made.y[2, 5] = np.nan
    label_table(root / "ogb" / "ogbg_molpcba" / "raw" / "graph-label.csv.gz", made.y)
    y = load("ogbg-molpcba", root, **SMALL).graphs.y
    assert torch.isnan(y).nonzero().tolist() == [[2, 5]]


@pytest.mark.parametrize("bucket", [1, 7, 40, 10_000])
@pytest.mark.parametrize("block", [3, 1000])
def test_edges_are_written_as_they_are_made_in_memory(tmp_path, bucket, block):
    rng = np.random.default_rng(0)
    arcs = rng.integers(0, 30, (2, 200))
    arcs[0, :50] = 7  # more than a bucket
    write_undirected(arcs, 30, tmp_path / "e.npy", bucket=bucket, block=block)
    assert np.load(tmp_path / "e.npy").tolist() == undirected(torch.from_numpy(arcs), 30).tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["e.npy"]


def test_a_graph_without_edges(tmp_path):
    write_undirected(np.empty((2, 0), np.int64), 3, tmp_path / "e.npy")
    assert np.load(tmp_path / "e.npy").shape == (2, 0)


@pytest.mark.slow
@pytest.mark.data
def test_moleculenet_stands_in_for_molhiv_in_ogbs_split(data_root):
    with pytest.warns(
        UserWarning, match=r"read from MoleculeNet's HIV\.csv, in OGB's scaffold split; .* 8 of train"
    ):
        found = load("ogbg-molhiv", data_root)
    sizes = {name: len(part) for name, part in found.splits.items()}
    assert sizes == {"train": 32_901 - 8, "val": 4_113, "test": 4_113}
    positives = {name: int(found.graphs.y[part].nansum()) for name, part in found.splits.items()}
    assert positives == {"train": 1_232, "val": 81, "test": 130}
