"""D-SLA on real molecules, salts and single atoms among them, and on real social graphs by its recipe."""

import math

import pytest

from graphcl import DSLA
from graphcl.datasets import CATALOG, load
from graphcl.datasets.data_folders import find_data_folders

pytestmark = [pytest.mark.data, pytest.mark.filterwarnings("ignore:.*have no graph and are left out")]


def present(name, root):
    if not CATALOG[name].source.present(find_data_folders(root)):
        pytest.skip(f"the files of {name} are not here")
    return load(name, root).graphs


@pytest.mark.parametrize("mode", ["exact", "reference"])
def test_molecules(data_root, mode):
    """A thousand train; those that the splits' order puts last are held out."""
    graphs = present("bbbp", data_root)
    model = DSLA(mode=mode, channels=32, epochs=3, batch_size=64).fit(graphs[:1000])
    unseen = model.diagnose(graphs[1000:1500])
    assert all(math.isfinite(value) for value in unseen.values())
    assert unseen["spearman"] > 0.5
    assert unseen["distance"] > 0.1
    assert model.history_[-1]["loss"] < model.history_[0]["loss"]


@pytest.mark.parametrize("mode", ["exact", "reference"])
def test_social_graphs(data_root, mode):
    graphs = present("imdb-binary", data_root)
    model = DSLA.from_recipe("imdb-binary", mode=mode, channels=32, epochs=2).fit(graphs)
    assert model.categories_ == int(graphs.x.max()) + 1
    assert model.history_[-1]["loss"] < model.history_[0]["loss"]
    assert model.embedding_.shape == (1000, 32)
