import pytest
import torch
from torch_geometric.data import Data

from graphcl.evaluation import LinkSplit, leaky_links, split_links
from tests.evaluation.links.graphs import as_set, blocks, many


def test_held_out_edges_are_gone_in_both_directions_and_all_repeats():
    edges = blocks()
    messy = torch.cat([edges, edges[:, :40], torch.arange(90).repeat(2, 1)[:, :7]], dim=1)
    split = split_links(messy, 90, seed=3)
    assert isinstance(split, LinkSplit)
    held = as_set(split.val) | as_set(split.test)
    assert len(held) == split.val.size(1) + split.test.size(1)
    assert not held & as_set(split.edge_index)
    assert as_set(split.train) | held == as_set(edges)
    assert not as_set(split.train) & held
    loops = split.edge_index[:, split.edge_index[0] == split.edge_index[1]]
    assert loops.size(1) == 7, "self-loops stay"
    n = len(as_set(edges))
    assert (split.val.size(1), split.test.size(1)) == (n // 20, n // 10)
    assert bool((split.test[0] < split.test[1]).all())


def test_degrees_are_those_of_the_edges_that_remain():
    edges = blocks()
    split = split_links(edges, 90)
    lost = torch.bincount(torch.cat([split.val, split.test], dim=1).flatten(), minlength=90)
    before, after = (torch.bincount(each[0], minlength=90) for each in (edges, split.edge_index))
    assert torch.equal(after, before - lost)


def test_the_seed_decides_and_zero_is_one():
    first, again, other = (split_links(blocks(), 90, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(first.test, again.test)
    assert not torch.equal(first.test, other.test)


def test_a_leaky_split_has_the_same_positives_and_sees_them():
    edges = blocks()
    split = split_links(edges, 90)
    leaky = leaky_links(split)
    assert torch.equal(leaky.test, split.test)
    assert torch.equal(leaky.edge_index, edges)
    assert torch.equal(leaky.train_edges, split.edge_index)
    assert not split.leaky


def test_apply_takes_what_belongs_to_edges_along():
    edges = blocks()
    graph = Data(x=torch.eye(90), edge_index=edges, edge_weight=torch.arange(edges.size(1)).float())
    split = split_links(edges, 90)
    seen = split.apply(graph)
    assert torch.equal(seen.edge_index, split.edge_index)
    assert torch.equal(edges[:, seen.edge_weight.long()], seen.edge_index)
    assert graph.edge_index.size(1) == edges.size(1), "the input is not changed"
    with pytest.raises(ValueError, match="must have the edges that the split was made of"):
        split.apply(seen)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"val": 0.0}, r"shares in \(0, 1\) with a sum below 1; got 0.0 and 0.1"),
        ({"val": 0.6, "test": 0.5}, "with a sum below 1; got 0.6 and 0.5"),
        ({"num_nodes": 80}, r"edge_index must lie in \[0, 80\); got 0 to 89; renumber"),
        ({"edge_index": torch.tensor([[0, 1], [1, 0]])}, "needs at least 10 edges; got 1; take a larger graph"),
    ],
)
def test_bad_input_is_one_line(changes, message):
    with pytest.raises(ValueError, match=message):
        split_links(**{"edge_index": blocks(), "num_nodes": 90, **changes})


def test_edges_of_many_graphs_are_split_together():
    edges, graph = many()
    split = split_links(edges, len(graph), graph=graph)
    assert split.num_nodes == len(graph)
    assert bool((graph[split.test[0]] == graph[split.test[1]]).all())
