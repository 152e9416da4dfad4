"""Facts about real datasets: published sizes, corruption noticed, folders left alone."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch_geometric.datasets
from torch_geometric.utils import contains_self_loops, degree, is_undirected, remove_self_loops, to_undirected

from graphcl.datasets import CATALOG, listing, load, statistics
from graphcl.datasets.data_folders import find_data_folders
from graphcl.datasets.sources.source import NpzFile

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
    "amazon-photo": (7650, 238162, 745, 8),
    "amazon-computers": (13752, 491722, 767, 10),
    "coauthor-cs": (18333, 163788, 6805, 15),
    "coauthor-physics": (34493, 495924, 8415, 5),
    "cora-ml": (2995, 16316, 2879, 7),
    "citationfull-citeseer": (4230, 10674, 602, 6),
    "citationfull-dblp": (17716, 105734, 1639, 4),
    "cornell": (183, 2 * 277, 1703, 5),
    "texas": (183, 2 * 279, 1703, 5),
    "wisconsin": (251, 2 * 450, 1703, 5),
    "actor": (7600, 2 * 26659, 932, 5),
    "minesweeper": (10000, 78804, 7, 2),
    "tolokers": (11758, 2 * 519000, 10, 2),
    "roman-empire": (22662, 2 * 32927, 300, 18),
    "amazon-ratings": (24492, 2 * 93050, 300, 5),
    "questions": (48921, 2 * 153540, 301, 2),
    "chameleon-filtered": (890, 2 * 8854, 2325, 5),
    "squirrel-filtered": (2223, 2 * 46998, 2089, 5),
    "bat": (131, 2 * 1003, 81, 4),
    "wiki": (2405, 2 * 11596, 4973, 17),
    "uai2010": (3067, 2 * 28308, 4973, 19),
    "blogcatalog": (5196, 2 * 171743, 8189, 6),
    "facebook-pagepage": (22470, 2 * 170823, 4714, 4),
    "twitch-de": (9498, 2 * 153138, 3170, 2),
    "twitch-engb": (7126, 2 * 35324, 3170, 2),
    "twitch-es": (4648, 2 * 59382, 3170, 2),
    "twitch-fr": (6549, 2 * 112666, 3170, 2),
    "twitch-ptbr": (1912, 2 * 31299, 3170, 2),
    "twitch-ru": (4385, 2 * 37304, 3170, 2),
}
LARGE = {"coauthor-cs", "coauthor-physics"}
LINKS = {"cornell": 298, "texas": 325, "wisconsin": 515, "actor": 30019}  # directed, self loops included
SPLITS = {
    "texas": (10, [87], [59], [37]),
    "minesweeper": (10, [5000], [2500], [2500]),
}


def slow_where_large(names):
    return [pytest.param(name, marks=pytest.mark.slow if name in LARGE else ()) for name in names]


def copy_of(data_root, tmp_path, name):
    """The raw files of a dataset in a folder that may be written to."""
    source = CATALOG[name].source
    if not source.present(find_data_folders(data_root)):
        pytest.skip(f"the files of {name} are not here")
    shutil.copytree(data_root / source.folder, tmp_path / source.folder, copy_function=shutil.copyfile)
    return tmp_path / source.folder


def load_present(name, root, **parameters):
    if not CATALOG[name].source.present(find_data_folders(root)):
        pytest.skip(f"the files of {name} are not here")
    return load(name, root, **parameters)


@pytest.mark.parametrize("name", slow_where_large(SIZES))
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


def test_a_further_npz_file_is_a_dataset(data_root, tmp_path):
    (tmp_path / "npz").mkdir()
    bat = load_present("bat", data_root)
    shutil.copyfile(data_root / "npz" / "bat.npz", tmp_path / "npz" / "Vampires.npz")
    [row] = [row for row in listing(tmp_path) if row.name not in CATALOG]
    dataset = load(row.name, tmp_path)
    assert (row.name, row.nodes, row.edges, row.features, row.classes) == ("vampires", 131, 1003, 81, 4)
    assert (dataset.name, dataset.checksum) == (row.name, bat.checksum)


def test_every_npz_file_here_belongs_to_a_name(data_root):
    files = sorted((data_root / "npz").glob("*.npz"))
    if not files:
        pytest.skip("no npz files here")
    assert {f"npz/{path.name}" for path in files} <= {
        entry.source.file for entry in CATALOG.values() if isinstance(entry.source, NpzFile)
    } | {row.origin for row in listing(data_root)}


@pytest.mark.parametrize("name", LINKS)
def test_directed_links_are_as_many_as_published_and_become_symmetric(data_root, tmp_path, name):
    folder = copy_of(data_root, tmp_path, name)
    links = np.loadtxt(folder / "out1_graph_edges.txt", dtype=int, skiprows=1)
    assert len(np.unique(links, axis=0)) == LINKS[name]
    pairs = np.unique(np.sort(links[links[:, 0] != links[:, 1]], axis=1), axis=0)
    edges = load(name, data_root).graph.edge_index
    assert edges[:, edges[0] < edges[1]].T.tolist() == pairs.tolist()


@pytest.mark.parametrize("name", ["amazon-photo", "citationfull-citeseer", "texas", "minesweeper"])
def test_it_is_what_the_class_alone_reads(data_root, tmp_path, name):
    copy_of(data_root, tmp_path, name)
    source = CATALOG[name].source
    plain = getattr(torch_geometric.datasets, source.dataset)(str(tmp_path / source.root), **source.arguments)[0]
    dataset = load(name, data_root)
    assert torch.equal(dataset.graph.x, plain.x)
    assert torch.equal(dataset.graph.y, plain.y)
    assert torch.equal(dataset.graph.edge_index, to_undirected(remove_self_loops(plain.edge_index)[0]))
    for key, mask in dataset.splits.items():
        assert torch.equal(mask, plain[f"{key}_mask"])


@pytest.mark.parametrize("name", SPLITS)
def test_splits_are_those_of_the_source(data_root, name):
    dataset = load_present(name, data_root)
    count, *sizes = SPLITS[name]
    found = statistics(dataset)["splits"]
    assert [*found] == ["train", "val", "test"]
    assert {len(split) for split in found.values()} == {count}
    assert [sorted(set(split)) for split in found.values()] == sizes
    assert (sum(mask.int() for mask in dataset.splits.values()) == 1).all()


def test_every_digest_here_is_known(data_root, recwarn):
    for name in sorted(set(SIZES) - LARGE):
        if CATALOG[name].source.present(find_data_folders(data_root)):
            load(name, data_root)
    assert [str(warning.message) for warning in recwarn] == []


def test_statistics_of_cora_are_the_published_ones(data_root):
    found = statistics(load_present("cora", data_root))
    assert round(found["homophily"], 2) == 0.81
    assert (found["components"], found["isolated"], found["max_degree"]) == (78, 0, 168)


@pytest.mark.slow
def test_physics_loads_in_seconds_and_below_3_gb(data_root):
    if not CATALOG["coauthor-physics"].source.present(find_data_folders(data_root)):
        pytest.skip("the files of coauthor-physics are not here")
    script = (
        "import resource, sys, time; from graphcl.datasets import load; start = time.perf_counter();"
        "load('coauthor-physics', sys.argv[1]);"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", script, str(data_root)]
    seconds, peak = map(float, subprocess.check_output(command, text=True).split())
    assert seconds < 60
    assert peak < 3e6
