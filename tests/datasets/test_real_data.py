"""Facts about real datasets: published sizes, corruption noticed, folders left alone."""

import shutil

import pytest
import torch
from torch_geometric.utils import contains_self_loops, degree, is_undirected

from graphcl.datasets import CATALOG, listing, load
from graphcl.datasets.places import find_places

pytestmark = pytest.mark.data

SIZES = {  # nodes, directed edges, features, classes
    "cora": (2708, 10556, 1433, 7),
    "citeseer": (3327, 9104, 3703, 6),
    "cite": (3327, 9104, 3703, 6),
    "pubmed": (19717, 88648, 500, 3),
    "acm": (3025, 26256, 1870, 3),
    "dblp": (4057, 7056, 334, 4),
    "usps": (9298, 42904, 256, 10),
    "hhar": (10299, 76078, 561, 6),
    "reut": (10000, 55734, 2000, 4),
}


def load_present(name, root, **parameters):
    if not CATALOG[name].source.present(find_places(root)):
        pytest.skip(f"the files of {name} are not here")
    return load(name, root, **parameters)


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_the_published_ones(data_root, name):
    dataset = load_present(name, data_root)
    graph, entry = dataset.graph, CATALOG[name]
    assert (*graph.x.shape, graph.edge_index.shape[1], dataset.num_classes) == tuple(
        SIZES[name][i] for i in (0, 2, 1, 3)
    )
    assert (entry.nodes, 2 * entry.edges, entry.features, entry.classes) == SIZES[name]
    assert is_undirected(graph.edge_index)
    assert not contains_self_loops(graph.edge_index)
    assert graph.x.dtype == torch.float32
    assert graph.x.layout == torch.strided


def test_cora_has_the_public_split(data_root):
    splits = load_present("cora", data_root).splits
    assert {name: int(mask.sum()) for name, mask in splits.items()} == {"train": 140, "val": 500, "test": 1000}


def test_cite_is_citeseer_with_its_15_unlabelled_nodes_in_class_0(data_root):
    cite, citeseer = load_present("cite", data_root), load_present("citeseer", data_root)
    assert cite.checksum == citeseer.checksum
    lonely = degree(cite.graph.edge_index[0], 3327) == 0
    assert int(lonely.sum()) == 48
    unlabelled = (cite.graph.x == 0).all(1)  # Planetoid has neither features nor labels for these
    assert int(unlabelled.sum()) == 15
    assert (cite.graph.y[unlabelled] == 0).all()


def test_isolated_nodes_of_acm_are_kept(data_root):
    acm = load_present("acm", data_root)
    assert int((degree(acm.graph.edge_index[0], 3025) == 0).sum()) == 561


def test_one_flipped_byte_is_noticed(data_root, tmp_path):
    source = CATALOG["cora"].source
    load_present("cora", data_root)
    shutil.copytree(data_root / source.folder, tmp_path / source.folder)
    bad = tmp_path / source.folder / "ind.cora.allx"
    bad.chmod(0o644)
    content = bytearray(bad.read_bytes())
    content[len(content) // 2] ^= 1
    bad.write_bytes(content)
    with pytest.raises(ValueError, match=r"cora: ind\.cora\.allx from .* is refused: expected sha256 9419ba2f"):
        load("cora", tmp_path)


def test_the_folder_is_not_written_to(data_root, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    for folder in ("planetoid/Cora", "npz"):
        if (data_root / folder).is_dir():
            shutil.copytree(data_root / folder, root / folder)
    before = {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]}
    listing(root)
    for name in ("cora", "acm", "usps"):
        load_present(name, root)
    assert {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]} == before


def test_every_further_npz_file_is_a_dataset(data_root):
    rows = [row for row in listing(data_root) if row.name not in CATALOG]
    if not rows:
        pytest.skip("no further npz files here")
    for row in [row for row in rows if row.nodes and row.nodes * row.features < 2e7]:
        dataset = load(row.name, data_root)
        assert dataset.name == row.name
        assert dataset.graph.x.shape == (row.nodes, row.features)
        assert (dataset.graph.edge_index.shape[1] // 2, dataset.num_classes) == (row.edges, row.classes)
