"""Settings of batches: fan-outs for each layer, parts of the graph, and what is refused."""

import pytest
import torch
from pydantic import ValidationError
from sklearn.metrics import normalized_mutual_info_score

from graphcl import CCASSG, DGI, GRACE, GCooLMultiplex
from graphcl.training import NodeBatches, Stage, adam
from graphcl.validation import check_graph
from tests.easy import planted, several

GNN = {"n_clusters": 3, "hidden_channels": 32, "out_channels": 16, "lr": 1e-2}


@pytest.mark.parametrize(("method", "batches"), [(DGI, "clusters"), (DGI, "communities"), (GRACE, "clusters")])
def test_planted_blocks_are_found_from_parts_of_the_graph(method, batches):
    if batches == "communities":
        pytest.importorskip("leidenalg")
    graph = planted()
    model = method(batch_size=64, batches=batches, epochs=10, **GNN).fit(graph)
    assert normalized_mutual_info_score(graph.y, model.labels_) > 0.8


def test_a_seed_gives_the_same_bits():
    one, other = (
        DGI(batch_size=64, batches="clusters", epochs=2, **GNN).fit(planted()).embedding_ for _ in range(2)
    )
    assert torch.equal(one, other)


def test_relations_are_kept_within_parts():
    graph = several()
    model = GCooLMultiplex(batch_size=64, batches="clusters", epochs=5, **GNN).fit(graph)
    assert normalized_mutual_info_score(graph.y, model.labels_) > 0.8


def test_neighbours_are_what_none_means():
    graph = planted()
    one, other = (
        GRACE(batch_size=64, batches=batches, fanouts=(3, 3), epochs=2, **GNN).fit(graph).embedding_
        for batches in (None, "neighbours")
    )
    assert torch.equal(one, other)


def test_neighbours_are_drawn_with_replacement_on_demand():
    graph = planted()
    without, explicit, with_ = (
        GRACE(batch_size=64, fanouts=(3, 3), replace=replace, epochs=8, **GNN).fit(graph)
        for replace in (None, False, True)
    )
    assert torch.equal(without.embedding_, explicit.embedding_)
    assert not torch.equal(without.embedding_, with_.embedding_)
    assert normalized_mutual_info_score(graph.y, with_.labels_) > 0.8
    stage = Stage("one", 1, adam(0.1), batch_size=10, fanouts=(500,), replace=True)
    batch = next(NodeBatches(check_graph(graph)).epoch(stage, torch.Generator()))
    assert batch.edge_index[1].bincount().tolist() == [500] * 10


def test_a_batch_larger_than_the_graph_is_the_graph():
    graph = planted()
    one, other = (GRACE(batch_size=size, epochs=2, **GNN).fit(graph) for size in (150, 10_000))
    assert torch.equal(one.embedding_, other.embedding_)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fanouts": (3, 3)}, r"fanouts are read with batch_size alone; got \(3, 3\); set batch_size too"),
        ({"batch_size": 9, "replace": True}, "replace is read with fanouts alone; got True; set fanouts too"),
        ({"batches": "clusters"}, "batches are read with batch_size alone; got 'clusters'; set batch_size too"),
        ({"batch_size": 9, "fanouts": (3,)}, r"for each layer, num_layers=2; got \(3,\); take \(3, 3\)"),
        ({"batch_size": 9, "fanouts": (3, 2, 1)}, r"for each layer, num_layers=2; got \(3, 2, 1\); take \(3, 2\)"),
        (
            {"batch_size": 9, "fanouts": (3, 3), "batches": "clusters"},
            r"batches='clusters' take no fanouts; got \(3, 3\); leave them out",
        ),
    ],
)
def test_settings_that_would_not_be_read_are_one_clear_line(settings, message):
    with pytest.raises(ValueError, match=message) as error:
        CCASSG(**settings).fit(planted())
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 0},
        {"batch_size": -1},
        {"fanouts": (0,), "batch_size": 9},
        {"batches": "parts", "batch_size": 9},
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(settings):
    with pytest.raises((ValidationError, ValueError), match=next(iter(settings))):
        CCASSG(**settings).fit(planted())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size must be at least 1, or None; got 0 in stage 'one'"),
        (
            {"batch_size": 4, "fanouts": (0,)},
            "fanouts must be at least 1, or -1 for all neighbours; got 0 at hop 1",
        ),
        ({"batch_size": 4, "batches": "parts"}, "batches must be one of neighbours, clusters, communities"),
        ({"batches": "clusters"}, "batches='clusters' need a batch_size and no fanouts; got batch_size=None"),
        (
            {"batches": "clusters", "batch_size": 4, "fanouts": (2,)},
            r"no fanouts; got batch_size=4, fanouts=\(2,\)",
        ),
    ],
)
def test_stages_refuse_the_same(options, message):
    with pytest.raises(ValueError, match=message) as error:
        Stage("one", 1, adam(0.1), **options)
    assert "\n" not in str(error.value)


def test_seeds_out_of_range_are_refused():
    batches = NodeBatches(check_graph(planted()))
    with pytest.raises(
        ValueError, match=r"nodes must lie in \[0, 150\), the nodes of the graph; got .* 149 to 150"
    ):
        batches.sample(torch.tensor([149, 150]), (2,))
    with pytest.raises(ValueError, match=r"nodes must lie in \[0, 150\)"):
        batches.sample(torch.tensor([-1]), ())
