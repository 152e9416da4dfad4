"""Centres are uniform over what is allowed; hops are those of networkx; regions have the edges within."""

import networkx as nx
import pytest
import torch
from scipy.stats import chisquare

from graphcl.augment import Region, draw_centres, within_hops
from tests.augment.candidates import random_batch


def test_centres_are_uniform_over_allowed_nodes():
    graphs = 20_000
    ptr = torch.arange(graphs + 1) * 4
    allowed = torch.tensor([True, False, True, True]).repeat(graphs)
    generator = torch.Generator().manual_seed(0)
    for mask, places in ((None, [0, 1, 2, 3]), (allowed, [0, 2, 3])):
        centres = draw_centres(ptr, mask, generator=generator) - ptr[:-1]
        count = torch.bincount(centres, minlength=4)
        assert int(count[places].sum()) == graphs
        assert chisquare(count[places]).pvalue > 1e-3


def test_centres_where_nothing_is_allowed_lie_in_their_graph():
    ptr = torch.tensor([0, 2, 3, 7])
    centres = draw_centres(ptr, torch.zeros(7, dtype=torch.bool))
    assert bool(((centres >= ptr[:-1]) & (centres < ptr[1:])).all())


@pytest.mark.parametrize("hops", [0, 1, 2, 3])
def test_hops_agree_with_networkx(hops):
    batch = random_batch(3, graphs=5)
    graph = nx.Graph(batch.edge_index.T.tolist())
    graph.add_nodes_from(range(len(batch.x)))
    centres = draw_centres(batch.ptr, generator=torch.Generator().manual_seed(0))
    expected = {v for c in centres.tolist() for v in nx.single_source_shortest_path_length(graph, c, cutoff=hops)}
    for edges in (batch.edge_index, batch.edge_index[:, ::2]):
        inside = within_hops(centres, edges, len(batch.x), hops)
        assert set(inside.nonzero()[:, 0].tolist()) == expected


def test_a_region_numbers_its_nodes_and_has_the_edges_within():
    ptr = torch.tensor([0, 3, 7])
    edges = torch.tensor([[0, 1, 3, 4, 5], [1, 2, 4, 6, 6]])
    region = Region.of(ptr, edges, torch.tensor([True, True, False, True, False, True, True]))
    assert region.nodes.tolist() == [0, 1, 3, 5, 6]
    assert (region.size.tolist(), region.pairs.tolist()) == ([2, 3], [1, 3])
    assert (region.edges.tolist(), region.edge_count.tolist()) == ([0, 4], [1, 1])
    assert region.number.tolist() == [0, 2]
    assert region.node(torch.tensor([1, 0]), torch.tensor([2, 1])).tolist() == [6, 1]
