"""Facts about real collections of graphs: published sizes, splits, balance; training on them; what they cost."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from graphcl.datasets import CATALOG, load, statistics
from graphcl.datasets.data_folders import find_data_folders
from tests.tiny import TinyCandidates

pytestmark = [pytest.mark.data, pytest.mark.filterwarnings("ignore:.*have no graph and are left out")]

TU = ["mutag", "ptc-mr", "enzymes", "nci1", "nci109", "imdb-binary", "aids", "mutagenicity"]
SMALL = ["bbbp", "clintox", "esol", "freesolv"]
LARGE = ["tox21", "toxcast", "lipo", "hiv", "muv", "zinc-moses-test"]
SPLITS = {  # train, val, test; in clintox and hiv, 3 and 1 of the molecules that RDKit parses have no graph
    "bbbp": [1631, 204, 204],
    "clintox": [1181, 148, 148],
    "tox21": [6258, 782, 783],
    "hiv": [32895, 4112, 4112],
}


def load_present(name, root, **parameters):
    if not CATALOG[name].source.present(find_data_folders(root)):
        pytest.skip(f"the files of {name} are not here")
    return load(name, root, **parameters)


@pytest.mark.parametrize(
    "name",
    [*TU, *SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in ["dd", "collab", *LARGE])],
)
def test_sizes_are_the_published_ones(data_root, name):
    entry, found = CATALOG[name], statistics(load_present(name, data_root))
    assert found["graphs"] == entry.graphs
    assert (round(found["nodes"]["mean"], 1), round(found["edges"]["mean"], 1)) == (entry.nodes, entry.edges)
    assert found["features"] == entry.features
    assert (found["classes"] or None, len(found["tasks"]) or None) == (entry.classes, entry.tasks)
    if name in SPLITS:
        assert list(found["splits"].values()) == SPLITS[name]


def test_bbbp_has_the_published_balance(data_root):
    bbbp = load_present("bbbp", data_root)
    y = bbbp.graphs.y[:, 0]
    positive = {part: int(y[index].sum()) for part, index in bbbp.splits.items()}
    assert positive == {"train": 1371, "val": 81, "test": 108}
    assert bbbp.skipped == {"unparsable": 11}


def test_every_digest_here_is_known(data_root, recwarn):
    for name in [*TU, *SMALL]:
        if CATALOG[name].source.present(find_data_folders(data_root)):
            load_present(name, data_root, split="none")
    assert not [warning for warning in recwarn if "no known copy" in str(warning.message)]


@pytest.mark.parametrize("name", ["freesolv", "imdb-binary"])
def test_a_method_for_graphs_is_fitted_on_them(data_root, name):
    graphs = load_present(name, data_root, split="none").graphs[:64]
    first = TinyCandidates(epochs=2).fit(graphs)
    assert first.embedding_.shape == (64, 4)
    assert torch.equal(first.embedding_, TinyCandidates(epochs=2).fit(replace(graphs, y=None)).embedding_)


@pytest.mark.slow
def test_zinc_opens_in_seconds_the_second_time(data_root, own_cache):
    load_present("zinc-moses-test", data_root)
    script = (
        "import json, sys, time; from graphcl.datasets import load; start = time.perf_counter();"
        "dataset = load('zinc-moses-test', sys.argv[1]); seconds = time.perf_counter() - start;"
        "print(json.dumps([seconds, len(dataset.graphs)]))"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(own_cache.parent)}
    output = subprocess.check_output([sys.executable, "-c", script, str(data_root)], text=True, env=environment)
    seconds, graphs = json.loads(output)
    assert seconds < 5
    assert graphs == 176_074
