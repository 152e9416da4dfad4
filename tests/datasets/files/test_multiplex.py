"""Graphs with several relations: the file layout, what is refused, and how they are described."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from torch_geometric.utils import is_undirected

from graphcl import GCooLMultiplex
from graphcl.datasets import (
    CATALOG,
    describe,
    from_relations,
    listing,
    load,
    planted_multiplex,
    read_multiplex,
    statistics,
)
from graphcl.datasets.description import rows

NEAR, FAR = np.array([[0, 1, 0], [0, 1, 0], [0, 0, 0]]), np.array([[0, 0, 1], [0, 0, 1], [0, 1, 0]])


def arrays(**changes):
    """Three nodes, two relations; the first has a self loop and an edge in one direction."""
    made = {"x": np.eye(3), "y": np.array([0, 0, 1]), "relations": np.array(["near", "far"])}
    for name, matrix in (("near", NEAR), ("far", FAR)):
        sparse = csr_array(matrix)
        made |= {f"{name}_indices": sparse.indices, f"{name}_indptr": sparse.indptr}
    return {key: value for key, value in (made | changes).items() if value is not None}


def write(folder, **changes):
    path = folder / "three.npz"
    np.savez(path, **arrays(**changes))
    return path


def test_a_file_is_read(tmp_path):
    mask = np.array([True, False, False])
    dataset = read_multiplex(write(tmp_path, train_mask=mask))
    assert repr(dataset) == "GraphDataset('three.npz': 3 nodes, 3 edges of 2 relations, 3 features, 2 classes)"
    assert dataset.relations == ("near", "far")
    assert dataset.graph.edge_index.tolist() == [[0, 1, 0, 1, 2, 2], [1, 0, 2, 2, 0, 1]]
    assert dataset.graph.edge_type.tolist() == [0, 0, 1, 1, 1, 1]
    assert dataset.splits["train"].tolist() == mask.tolist()
    assert read_multiplex(write(tmp_path, y=None)).num_classes is None


def test_a_file_is_read_by_its_path_in_either_layout(tmp_path):
    expected = read_multiplex(write(tmp_path))
    assert load(str(tmp_path / "three.npz")).checksum == expected.checksum
    graph = expected.graph
    numbered = {"x": np.eye(3), "y": [0, 0, 1], "edge_index": graph.edge_index, "edge_type": graph.edge_type}
    np.savez(tmp_path / "numbered.npz", **numbered)
    read = load(str(tmp_path / "numbered.npz"))
    assert read.relations == ("0", "1")
    assert read.checksum == expected.checksum
    GCooLMultiplex(n_clusters=2, hidden_channels=4, out_channels=2, epochs=1).fit(read.graph)
    for path, array in (("three", "relations"), ("numbered", "edge_type")):
        with pytest.raises(ValueError, match=f"k replaces the edges of one .*; the file has {array}; leave k"):
            load(str(tmp_path / f"{path}.npz"), k=1)
    for kinds, message in (
        ([0], r"edge_type must have shape \[6\], one per edge; got \[1\]"),
        (np.ones(6), "edge_type must hold integers; got float64"),
        (np.full(6, -1), "edge_type must number relations from 0; got -1"),
        (np.full(6, 10**7), "edge_type must number at most 64 relations, from 0; got 10000000; renumber them"),
    ):
        np.savez(tmp_path / "bad.npz", **{**numbered, "edge_type": kinds})
        with pytest.raises(ValueError, match=message):
            load(str(tmp_path / "bad.npz"))


def test_relations_are_tensors_of_integers_by_name():
    edges = torch.tensor([[0], [1]])
    for given, message in (
        ([edges], "relations must be edges by name, as {'cites': edges}; got list"),
        ({"a": edges.numpy()}, "edges must be a tensor of integers, .2, e.; got ndarray for 'a'; convert them"),
        ({"a": edges.float()}, "got torch.float32 for 'a'"),
    ):
        with pytest.raises(TypeError, match=message):
            from_relations.__wrapped__(torch.eye(3), given)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (
            torch.eye(5),
            torch.zeros(3).long(),
            r"multiplex: y must have shape \[5\], one label per row of x; got \[3\]",
        ),
        (torch.eye(5), torch.zeros(5), "multiplex: y must hold integers; got float32; number the classes"),
        (torch.full((5, 2), torch.nan), None, "multiplex: x must be finite in float32; got NaN or infinity"),
        (torch.zeros(5, 0), None, "multiplex: x must have at least one row and one column"),
    ],
)
def test_features_and_labels_are_checked_as_those_of_a_file(x, y, message):
    with pytest.raises(ValueError, match=message):
        from_relations.__wrapped__(x, {"near": torch.tensor([[0], [1]])}, y)


def test_the_checksum_knows_the_relations(tmp_path):
    first = read_multiplex(write(tmp_path)).checksum
    swapped = arrays()
    for part in ("indices", "indptr"):
        swapped[f"near_{part}"], swapped[f"far_{part}"] = swapped[f"far_{part}"], swapped[f"near_{part}"]
    assert read_multiplex(write(tmp_path, **swapped)).checksum != first
    assert read_multiplex(write(tmp_path)).checksum == first


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"relations": None}, "relations is missing; add the names of the relations"),
        ({"relations": np.arange(2)}, r"relations must be distinct names; got \[0, 1\]"),
        ({"relations": np.array(["near", "near"])}, "relations must be distinct names"),
        ({"relations": np.array([], dtype="U1")}, "relations must be distinct names"),
        ({"far_indptr": None}, "far_indptr is missing, although relations names far; add it"),
        ({"far_indices": np.array([2, 2, 3])}, r"far_indices must lie in \[0, 2\]; got 2 to 3"),
        ({"far_indptr": np.arange(3)}, "far_indptr must have 4 entries for 3 rows; got 3"),
        ({"y": np.zeros(2, dtype=int)}, r"y must have shape \[3\]"),
        ({"x": None}, "features are needed, but there is no x"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        read_multiplex(write(tmp_path, **changes))


def test_relations_of_given_edges_are_those_of_a_file(tmp_path):
    near, far = (torch.from_numpy(np.stack(matrix.nonzero())) for matrix in (NEAR, FAR))
    made = from_relations(torch.eye(3), {"near": near, "far": far}, torch.tensor([0, 0, 1]))
    assert made.checksum == read_multiplex(write(tmp_path)).checksum
    assert made.relations == ("near", "far")


def test_relations_of_different_size_are_refused():
    near, far = torch.tensor([[0], [2]]), torch.tensor([[0], [3]])
    with pytest.raises(
        ValueError, match=r"must lie in \[0, 2\], the rows of x; got 0 to 3 in 'far'; relate the same"
    ):
        from_relations(torch.eye(3), {"near": near, "far": far})
    with pytest.raises(ValueError, match="relations must name at least one; got none"):
        from_relations(torch.eye(3), {})


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.npz: no such file"):
        read_multiplex(tmp_path / "none.npz")


@pytest.mark.filterwarnings("ignore:.*is no known copy of")
def test_a_name_and_its_description(tmp_path):
    (tmp_path / "multiplex").mkdir()
    write(tmp_path).rename(tmp_path / "multiplex" / "acm_han3025.npz")
    assert load("acm-multiplex", tmp_path).name == "acm-multiplex"
    assert "acm-multiplex" in {row.name for row in listing(tmp_path) if row.present}
    texts = dict(rows(describe("acm-multiplex", tmp_path)))
    assert (texts["relation near"], texts["relation far"]) == ("1 edges", "2 edges")
    assert texts["file acm_han3025.npz"].endswith("not known")


def test_planted_relations_share_nodes_and_nothing_else():
    dataset = planted_multiplex(nodes=90, blocks=3, relations=3, degree_in=12.0, degree_out=1.0, seed=1)
    graph = dataset.graph
    assert torch.equal(graph.y, torch.arange(3).repeat_interleave(30))
    parts = [graph.edge_index[:, graph.edge_type == relation] for relation in range(3)]
    for part in parts:
        inside = (graph.y[part[0]] == graph.y[part[1]]).double().mean()
        assert is_undirected(part)
        assert 0.85 < inside < 0.98
        assert 9 < part.shape[1] / 90 < 17
    shared = set(map(tuple, parts[0].T.tolist())) & set(map(tuple, parts[1].T.tolist()))
    assert len(shared) < 0.7 * parts[0].shape[1]
    assert statistics(dataset)["relations"] == {str(r): part.shape[1] // 2 for r, part in enumerate(parts)}
    assert statistics(load("karate"))["relations"] == {}
    again = planted_multiplex(nodes=90, blocks=3, relations=3, degree_in=12.0, degree_out=1.0, seed=1)
    assert again.checksum == dataset.checksum
    assert planted_multiplex(nodes=90, blocks=3, relations=3, seed=2).checksum != dataset.checksum


def test_features_follow_their_blocks():
    graph = planted_multiplex(nodes=90, blocks=3, signal=3.0).graph
    means = torch.stack([graph.x[graph.y == block].mean(0) for block in range(3)])
    assert (torch.cdist(graph.x, means).argmin(1) == graph.y).double().mean() > 0.95


@pytest.mark.data
@pytest.mark.parametrize("name", ["acm-multiplex", "acm-heco", "dblp-heco"])
def test_sizes_are_those_of_the_catalogue(data_root, name, recwarn):
    entry = CATALOG[name]
    if not (data_root / entry.source.file).is_file():
        pytest.skip(f"the files of {name} are not here")
    dataset = load(name, data_root)
    graph = dataset.graph
    sizes = (*graph.x.shape, graph.edge_index.shape[1], dataset.num_classes)
    assert sizes == (entry.nodes, entry.features, 2 * entry.edges, entry.classes)
    assert len(dataset.relations) == 2
    assert graph.edge_type.unique().tolist() == [0, 1]
    assert [str(warning.message) for warning in recwarn] == []
