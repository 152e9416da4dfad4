"""Masks of nodes: how many there are of each kind, what stands in their place, and what is refused."""

import pytest
import torch

from graphcl.augment.node_masking import NodeMasks, draw_node_masks
from graphcl.ops.graph_matrices.sparse import compress


def draw(*args, seed: int = 0) -> NodeMasks:
    return draw_node_masks(*args, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ((24, 0.75, 0.1), (18, 16, 1)),  # one keeps its own: 16.2 and 1.8 are rounded down
        ((24, 0.5, 0.05), (12, 12, 0)),  # 0.6 of a donor is none, and all get the token
        ((24, 0.5, 0.0), (12, 12, 0)),
        ((4, 1.0, 1.0), (4, 0, 4)),
        ((1, 0.5, 0.1), (0, 0, 0)),
        ((10, 0.0, 0.5), (0, 0, 0)),
    ],
)
def test_counts(given, counts):
    masks = draw(*given)
    assert (len(masks.nodes), masks.tokens, len(masks.donors)) == counts
    assert len(masks.nodes.unique()) == len(masks.nodes)
    assert len(masks.donors.unique()) == len(masks.donors)


def test_features():
    x = torch.arange(24.0)[:, None]
    masks = draw(24, 0.75, 0.1)
    token = torch.tensor([[-1.0]], requires_grad=True)
    seen = masks.apply(x, token)
    assert (seen[masks.nodes[:16]] == -1).all()
    assert seen[masks.nodes[16]] == x[masks.nodes[16]]
    assert torch.equal(seen[masks.nodes[17:]], x[masks.donors])
    others = torch.ones(24, dtype=torch.bool).index_fill(0, masks.nodes, False)
    assert torch.equal(seen[others], x[others])
    seen.sum().backward()
    assert token.grad.item() == 16
    assert torch.equal(x, torch.arange(24.0)[:, None])
    sparse = compress(torch.eye(100))
    many = draw(100, 0.5, 0.1)
    assert torch.equal(many.apply(sparse, torch.ones(1, 100)), many.apply(torch.eye(100), torch.ones(1, 100)))


def test_every_node_is_masked_equally_often():
    counts = sum(torch.bincount(draw(8, 0.5, seed=seed).nodes, minlength=8) for seed in range(400))
    assert counts.sum() == 1600
    assert ((counts - 200).abs() < 50).all()  # five standard deviations


def test_refused():
    with pytest.raises(ValueError, match=r"share must lie in \[0, 1\]; got 1.5"):
        draw(3, 1.5)
    with pytest.raises(ValueError, match=r"replaced must lie in \[0, 1\]; got -0.1"):
        draw(3, 0.5, -0.1)
