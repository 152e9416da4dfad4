"""TwoView: what its parts promise, and graphs on which some of them have nothing to say."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl import SmoothKMeans, TwoView
from graphcl.agreement import Agreement
from graphcl.datasets import load
from graphcl.evaluation import agreement, clustering_scores
from graphcl.methods.bases import smoothed_copies
from graphcl.methods.shallow_clusterers.two_view import starts_for

BLOCKS = load("planted-partition", nodes=150, blocks=3, degree_in=8.0, degree_out=2.0, signal=1.5).graph
NONE = torch.empty(2, 0, dtype=torch.long)


def load_rings() -> Data:
    """Two rings of points around the same centre, with few edges, most of them within a ring."""
    generator = torch.Generator().manual_seed(0)
    angle = 6.2832 * torch.rand(200, generator=generator)
    radius = torch.tensor([1.0, 3.0]).repeat_interleave(100) + 0.1 * torch.randn(200, generator=generator)
    x = torch.stack([radius * angle.cos(), radius * angle.sin(), torch.ones(200)], dim=1)
    y = torch.arange(2).repeat_interleave(100)
    ends = torch.randint(200, (2, 3000), generator=generator)
    kept = (y[ends[0]] == y[ends[1]]) | (torch.rand(3000, generator=generator) < 0.05)
    return Data(x=x, edge_index=ends[:, kept], y=y)


@pytest.fixture(scope="module")
def fitted() -> TwoView:
    return TwoView(n_clusters=3, seed=0).fit(BLOCKS)


def test_candidates_are_all_there_and_the_best_was_taken(fitted):
    values = [candidate["J"] + candidate["consensus"] / 4 for candidate in fitted.candidates_]
    assert values == sorted(values, reverse=True)
    origins = {(c["strength"], c["embedding"], c["start"]) for c in fitted.candidates_}
    assert len(origins) == len(values) == 120
    assert all(c["J"] == c["R2"] + c["r"] and 0 <= c["round"] <= 3 for c in fitted.candidates_)


def test_without_a_kernel_stage_the_best_candidate_is_the_answer():
    model = TwoView(n_clusters=3, seed=0, starts=2, kernel=False).fit(BLOCKS)
    assert model.landmarks_ is None
    assert model.score_["J"] == pytest.approx(model.candidates_[0]["J"], abs=1e-6)


def test_rings_that_only_a_kernel_tells_apart_have_a_kernel_stage():
    rings, blob = load_rings(), BLOCKS
    model = TwoView(n_clusters=2, seed=0, starts=2).fit(rings)
    assert model.landmarks_ is not None
    assert clustering_scores(rings.y, model.labels_)["acc"] > 0.95
    assert (model.predict(rings) == model.labels_).float().mean() > 0.95
    assert TwoView(n_clusters=3, starts=2, kernel=True).fit(blob).landmarks_ is not None
    alike = Data(x=torch.ones(150, 4), edge_index=BLOCKS.edge_index)
    with pytest.warns(UserWarning, match="distinct clusters"):
        assert TwoView(n_clusters=3, starts=2, kernel=True).fit(alike).landmarks_ is None  # no distance, no width


def test_all_clusters_that_were_asked_for():
    assert len(TwoView(n_clusters=20, starts=2).fit(BLOCKS).labels_.unique()) == 20


def test_the_choice_of_revision_1():
    model = TwoView(n_clusters=3, seed=0, starts=2, choice="agreement", kernel=False).fit(BLOCKS)
    values = [candidate["J"] for candidate in model.candidates_]
    assert values == sorted(values, reverse=True)
    assert len(values) == 24


def test_fewer_starts_on_large_graphs():
    assert [starts_for(n) for n in (1, 100_000, 200_000, 499_999, 500_000, 10**7)] == [10, 10, 5, 2, 2, 2]
    assert TwoView(n_clusters=3, starts=4).search(10**7).starts == 4


def test_the_score_is_that_of_the_labels(fitted):
    assert fitted.score_ == agreement(BLOCKS, fitted.labels_, n_clusters=3, seed=0)


def test_soft_labels_and_prediction(fitted):
    soft = fitted.soft_labels_
    assert soft.shape == (150, 3)
    torch.testing.assert_close(soft.norm(dim=1), torch.ones(150))
    assert (soft.argmax(1) == fitted.labels_).float().mean() > 0.95
    assert (fitted.predict(BLOCKS) == soft.argmax(1)).all()


def test_prediction_for_another_graph_of_the_same_kind(fitted):
    half = BLOCKS.subgraph(torch.arange(75))
    found = clustering_scores(half.y, fitted.predict(half))["acc"]
    assert found > 0.9
    assert fitted.transform(half).shape == (75, 32)


def test_it_beats_the_baseline_and_refinement_raises_the_agreement():
    noisy = load("planted-partition", nodes=600, blocks=4, degree_in=6.0, degree_out=5.0, signal=1.0).graph
    baseline = clustering_scores(noisy.y, SmoothKMeans(n_clusters=4).fit_predict(noisy))["nmi"]
    whole, unrefined = (TwoView(n_clusters=4, starts=2, rounds=rounds).fit(noisy) for rounds in (3, 0))
    assert clustering_scores(noisy.y, whole.labels_)["nmi"] > baseline
    assert whole.score_["J"] > unrefined.score_["J"]


def test_switches_choose_the_candidates():
    small = TwoView(n_clusters=3, strengths=(0.5,), embeddings=("scaled",), starts=1, rounds=0).fit(BLOCKS)
    [only] = small.candidates_
    assert (only["strength"], only["embedding"], only["start"], only["round"]) == (0.5, "scaled", 0, 0)
    for choose_by, part in {"features": "R2", "edges": "r"}.items():
        model = TwoView(n_clusters=3, choose_by=choose_by, choice="agreement", starts=2).fit(BLOCKS)
        values = [c[part] for c in model.candidates_]
        assert values == sorted(values, reverse=True)


def test_numbers_of_numpy_give_the_same_candidates(fitted):
    numpy = TwoView(n_clusters=np.int64(3), strengths=tuple(np.float64(a) for a in fitted.strengths), seed=0)
    assert numpy.fit(BLOCKS).candidates_ == fitted.candidates_


def test_few_strengths_at_a_time_make_no_difference(fitted, monkeypatch):
    monkeypatch.setattr(smoothed_copies, "ENTRIES_AT_ONCE", 2 * BLOCKS.x.numel())
    in_turn = TwoView(n_clusters=3, seed=0).fit(BLOCKS)
    assert torch.equal(in_turn.labels_, fitted.labels_)
    torch.testing.assert_close(in_turn.embedding_, fitted.embedding_)


def test_callbacks_hear_of_every_candidate():
    reports = []
    model = TwoView(n_clusters=3, starts=1, kernel=False).fit(BLOCKS, callbacks=[reports.append])
    assert [(r.epoch, r.epochs, r.done, r.total) for r in reports] == [(i, 12, i, 12) for i in range(1, 13)]
    assert sorted(r.losses["J"] for r in reports) == sorted(c["J"] for c in model.candidates_)


def test_weights_and_directions_of_edges():
    one_way = BLOCKS.edge_index[:, BLOCKS.edge_index[0] < BLOCKS.edge_index[1]]
    directed = TwoView(n_clusters=3, starts=2).fit(Data(x=BLOCKS.x, edge_index=one_way))
    both = TwoView(n_clusters=3, starts=2).fit(BLOCKS)
    assert torch.equal(directed.labels_, both.labels_)
    same = BLOCKS.y[BLOCKS.edge_index[0]] == BLOCKS.y[BLOCKS.edge_index[1]]
    weighted = Data(x=BLOCKS.x, edge_index=BLOCKS.edge_index, edge_weight=same.float())
    assert min(TwoView(n_clusters=3, starts=2).fit(weighted).score_["r"]) > both.score_["J"] / 2


def test_one_cluster():
    model = TwoView(n_clusters=1).fit(BLOCKS)
    assert model.labels_.unique().tolist() == [0]
    assert model.score_ == {"J": 0.0, "R2": [0.0], "r": [0.0]}


def test_no_edges_and_rows_of_zeros_and_two_components():
    x = BLOCKS.x.clone()
    x[::10] = 0
    kept = (BLOCKS.edge_index < 75).sum(0) != 1
    for graph in (Data(x=x, edge_index=NONE), Data(x=x, edge_index=BLOCKS.edge_index[:, kept])):
        model = TwoView(n_clusters=3, starts=2).fit(graph)
        assert torch.isfinite(model.embedding_).all()
        assert torch.isfinite(model.soft_labels_).all()
        assert clustering_scores(BLOCKS.y, model.labels_)["acc"] > 0.7


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_features_that_do_not_vary_give_one_cluster():
    model = TwoView(n_clusters=3).fit(Data(x=torch.ones(150, 4), edge_index=BLOCKS.edge_index))
    assert model.score_["J"] <= 0.05
    assert torch.isfinite(model.soft_labels_).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_clusters": 151}, "n_clusters must be at most the number of nodes; got 151 for 150 nodes"),
        ({"strengths": (0.1, 1.5)}, r"strengths\[1\] must be less than or equal to 1; got \(0.1, 1.5\)"),
        ({"strengths": ()}, r"strengths must be .*at least 1 item"),
        ({"choose_by": "labels"}, "choose_by must be 'both', 'features' or 'edges'; got 'labels'"),
        ({"embeddings": ("whole",)}, r"embeddings\[0\] must be 'leading' or 'scaled'"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        TwoView(**{"n_clusters": 3, **settings}).fit(BLOCKS)


def test_a_graph_without_features():
    with pytest.raises(ValueError, match="x is missing, and this method reads features"):
        TwoView(n_clusters=3).fit(Data(edge_index=BLOCKS.edge_index, num_nodes=150))


def test_an_agreement_judges_other_methods_too(fitted):
    judge = Agreement(BLOCKS, seed=0)
    other = judge.score(SmoothKMeans(n_clusters=3).fit(BLOCKS).labels_)
    assert judge.score(fitted.labels_)["J"] > other["J"] - 0.05


@pytest.mark.gpu
def test_on_a_gpu(fitted):
    on_gpu = TwoView(n_clusters=3, seed=0, device="cuda").fit(BLOCKS)
    assert on_gpu.device_ == "cuda"
    assert clustering_scores(fitted.labels_, on_gpu.labels_)["nmi"] > 0.95
