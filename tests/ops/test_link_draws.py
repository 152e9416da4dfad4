"""Neighbours drawn in proportion to weights."""

import torch

from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.random_walks.link_draws import LinkDraws


def test_frequencies_follow_the_weights():
    row, column = torch.tensor([0, 0, 0, 2]), torch.tensor([1, 2, 3, 0])
    draws = LinkDraws(csr_from_edges(row, column, torch.tensor([1.0, 0.0, 3.0, 1e-20]), (4, 4)))
    found = draws.draw(torch.zeros(4000).long(), torch.Generator().manual_seed(0))
    share = torch.bincount(found, minlength=4) / 4000
    assert share[2] == 0
    assert abs(share[3] - 0.75) < 0.03
    assert draws.draw(torch.tensor([2, 3]), torch.Generator()).tolist() == [0, 3]


def test_no_links_give_the_node_itself():
    none = csr_from_edges(torch.empty(0).long(), torch.empty(0).long(), torch.empty(0), (3, 3))
    assert LinkDraws(none).draw(torch.arange(3), torch.Generator()).tolist() == [0, 1, 2]
