import pytest
import torch

import graphcl
from graphcl.bench.evaluations.node_rows import node_rows
from graphcl.bench.evaluations.visible_data import dataset_links, visible_data
from graphcl.datasets import load
from graphcl.evaluation import leaky_links
from tests.tiny_graphs import write_rings_and_stars

pytestmark = pytest.mark.filterwarnings("ignore:.*no known copy.*")


@pytest.fixture
def rings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return load("imdb-binary", write_rings_and_stars(tmp_path, number=12))


def test_degrees_of_many_graphs_are_computed_again(rings):
    split = dataset_links(rings, 0)
    seen = visible_data(rings, split)
    before, after = rings.graphs, seen
    assert len(after) == len(before)
    whole = after.batch(range(len(after)))
    assert torch.equal(whole.edge_index, split.edge_index)
    degree = torch.bincount(whole.edge_index[0], minlength=len(whole.x))
    assert torch.equal(whole.x[:, 0], degree)
    assert after.x.dtype == before.x.dtype
    assert not torch.equal(after.x, before.x)
    assert torch.equal(after.y, before.y)
    assert torch.equal(visible_data(rings, leaky_links(split)).x, before.x), "the loader's own degrees"


def test_made_features_of_one_graph_are_made_again(tmp_path):
    ring = [(str(i), str((i + step) % 30)) for i in range(30) for step in (1, 2)]
    path = tmp_path / "edges.csv"
    path.write_text("\n".join(",".join(pair) for pair in ring) + "\n")
    data = load(str(path), features="degree")
    split = dataset_links(data, 0)
    seen = visible_data(data, split)
    degree = torch.bincount(split.edge_index[0], minlength=30)
    torch.testing.assert_close(seen.x[:, 0], torch.log1p(degree.float()))
    assert not torch.equal(seen.x, data.graph.x)


def test_rows_of_nodes_come_from_the_frozen_encoder(rings):
    seen = visible_data(rings, dataset_links(rings, 0))
    model = graphcl.EdgePred(domain="social", channels=8, epochs=1, device="cpu").fit(seen)
    rows = node_rows(model, seen)
    whole = seen.batch(range(len(seen)))
    assert rows.shape == (len(whole.x), 8)
    means = torch.zeros(len(seen), 8).index_add(0, whole.batch, rows) / whole.batch.bincount()[:, None]
    torch.testing.assert_close(means, model.embedding_)


def test_several_relations_are_refused():
    data = load("planted-multiplex")
    with pytest.raises(ValueError, match="link prediction is for graphs of one relation; got"):
        dataset_links(data, 0)
