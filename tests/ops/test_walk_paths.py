"""Paths of random walks: every step is along an edge or stays, and all are drawn equally often."""

import torch

from graphcl.ops.random_walks.neighbor_walk import NeighborWalk
from graphcl.ops.random_walks.walk_paths import draw_walk_paths

PATH = torch.tensor([[0, 1], [1, 2]])


def test_every_step_is_an_edge_or_a_loop():
    start = torch.tensor([0, 2, 3])
    paths = draw_walk_paths(
        NeighborWalk(PATH, 4), start, count=50, steps=6, generator=torch.Generator().manual_seed(0)
    )
    assert paths.shape == (3, 50, 6)
    whole = torch.cat([start[:, None, None].expand(-1, 50, 1), paths], dim=2)
    assert ((whole[..., 1:] - whole[..., :-1]).abs() <= 1).all()
    assert (paths[2] == 3).all(), "a node without edges stays"
    assert (paths[0] == 2).any(), "the walk moves on"


def test_the_last_node_is_distributed_as_the_power_of_the_transition_matrix():
    draws = torch.Generator().manual_seed(0)
    paths = draw_walk_paths(NeighborWalk(PATH, 3), torch.tensor([0]), count=20_000, steps=2, generator=draws)
    step = torch.tensor([[1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3], [0, 1 / 2, 1 / 2]])
    share = torch.bincount(paths[0, :, 1], minlength=3) / 20_000
    torch.testing.assert_close(share, (step @ step)[0], atol=0.015, rtol=0)
