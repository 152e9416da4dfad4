"""Views of the contrastive methods: drawn from the step, prepared for training alone, with all nodes kept."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.transforms import Compose, RemoveIsolatedNodes

from graphcl.attachments import attach
from graphcl.augment import Augmenter, DropEdges, Dropping
from graphcl.datasets import load
from graphcl.encoders import GNN
from graphcl.methods.bases.views import ViewsModule, augmentations_of
from graphcl.training import NodeBatches, Stage, Step, adam


@pytest.fixture(scope="module")
def graph() -> Data:
    blocks = load("planted-partition", nodes=90, blocks=3).graph
    return Data(x=blocks.x, edge_index=blocks.edge_index)


def module(*augmentations, **options) -> ViewsModule:
    return ViewsModule(GNN(32, 4, 4, 1), nn.Identity(), augmentations, **options)


def step(seed: int = 0) -> Step:
    return Step("contrast", 0, 0, torch.Generator().manual_seed(seed))


def test_each_view_is_drawn_by_its_augmentation_from_the_generator_of_the_step(graph):
    method = module(DropEdges(0.2), DropEdges(0.6))
    views = [method.views(graph, step(seed)) for seed in range(50)]
    for view, rate in enumerate((0.2, 0.6)):
        lost = [1 - drawn[view].edge_index.size(1) / graph.edge_index.size(1) for drawn in views]
        assert sum(lost) / 50 == pytest.approx(rate, abs=0.02)
    again = method.views(graph, step(3))
    for first, second in zip(views[3], again, strict=True):
        assert torch.equal(first.edge_index, second.edge_index)
    assert not torch.equal(views[3][0].edge_index, views[4][0].edge_index)


def test_one_augmentation_gives_two_different_views(graph):
    same = DropEdges(0.5)
    first, second = module(same, same).views(graph, step())
    assert not torch.equal(first.edge_index, second.edge_index)


def test_views_are_prepared_for_training_alone(graph):
    method = module(Dropping(0.2, 0.4, centrality="degree"), Dropping(0.3, 0.1, centrality="pagerank"))
    assert method.eval().prepare(graph) is graph
    ready = method.train().prepare(graph)
    axes = sorted(ready.axes.values())
    assert axes == ["edge_index"] * 2 + ["node"] * 2 + ["whole"] * 2
    assert "axes" not in graph


def test_views_of_samples_drop_by_the_probabilities_of_the_whole_graph(graph):
    """GRACE's prepared graph lost its probabilities when it was sampled."""
    view = Dropping(0.5, 0.4, centrality="degree")
    ready = module(view).prepare(graph)
    by_edge, by_column = view.probabilities(ready)
    stage = Stage("one", 1, adam(0.1), batch_size=20, fanouts=(3, 3))
    for batch in NodeBatches(ready).epoch(stage, torch.Generator().manual_seed(0)):
        here = view.probabilities(batch)
        assert torch.equal(here[0], by_edge[batch.e_id])
        assert torch.equal(here[1], by_column)
        [drawn] = module(view).views(batch, step())
        assert 0 < drawn.edge_index.size(1) < batch.edge_index.size(1)
        assert drawn.seeds == batch.seeds


class Cut(Augmenter):
    """Takes a node away."""

    def forward(self, data, generator):
        return data.subgraph(torch.arange(1, data.num_nodes))


@pytest.mark.parametrize("cut", [Cut(), Compose([Cut()])], ids=["ours", "composed"])
def test_a_view_with_other_nodes_is_refused(graph, cut):
    with pytest.raises(ValueError, match=r"augmentation must keep the nodes.*made 89 of 90; drop edges") as caught:
        module(DropEdges(0.1), cut).views(graph, step())
    assert "\n" not in str(caught.value)


def test_a_transform_of_pyg_that_removes_nodes_is_refused():
    lonely = Data(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1], [1, 0]]))
    with pytest.raises(ValueError, match=r"RemoveIsolatedNodes\(\) made 2 of 3"):
        module(RemoveIsolatedNodes()).views(lonely, step())


def test_projected_rows_are_those_of_the_seeds(graph):
    method = module(DropEdges(0.0))
    graph = attach(graph, "node", place=torch.arange(90))
    stage = Stage("one", 1, adam(0.1), batch_size=20, fanouts=(-1,))
    expected = method.rows(graph)
    for batch in NodeBatches(graph).epoch(stage, torch.Generator()):
        rows = method.projected(batch)
        torch.testing.assert_close(rows, expected[batch.place[: batch.seeds]], atol=1e-6, rtol=1e-5)


def test_seeds_to_contrast_are_a_uniform_draw_without_repetition(graph):
    [batch] = NodeBatches(graph).epoch(Stage("one", 1, adam(0.1)), torch.Generator())
    counts = torch.zeros(90)
    for seed in range(300):
        chosen = module(contrast_nodes=30).contrasted(batch, step(seed))
        assert len(chosen.unique()) == len(chosen) == 30
        counts[chosen] += 1
    assert counts.mean() == 100
    assert (counts / 300 - 1 / 3).abs().max() < 4.5 * (2 / 9 / 300) ** 0.5
    for everything in (None, 90, 200):
        assert module(contrast_nodes=everything).contrasted(batch, step()) == slice(None)


def test_augmentations_given_or_own():
    own, one, two = [DropEdges(0.1), DropEdges(0.2)], DropEdges(0.3), DropEdges(0.4)
    assert augmentations_of(None, own) is own
    assert augmentations_of(one, own) == [one, one]
    assert augmentations_of((one, two), own) == [one, two]
    assert augmentations_of("builtins:abs", own) == [abs, abs]
