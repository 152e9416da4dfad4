"""Nearest rows in blocks, and which of them are positives: against dense matrices and a loop."""

import torch

from graphcl.ops import neighbour_positives
from graphcl.ops.neighbour_positives import agreeing_pairs, nearest_rows


def test_nearest_rows(monkeypatch):
    rows, others = torch.randn(2, 20, 4, generator=torch.Generator().manual_seed(0))
    dense = (rows @ others.T).fill_diagonal_(torch.inf).topk(5, dim=1).indices
    assert torch.equal(nearest_rows(rows, others, 5), dense)
    assert torch.equal(dense[:, 0], torch.arange(20))
    monkeypatch.setattr(neighbour_positives, "ENTRIES", 60)
    assert torch.equal(nearest_rows(rows, others, 5), dense)
    assert nearest_rows(rows[:2], others[:2], 5).shape == (2, 2)
    assert nearest_rows(rows[:0], others[:0], 5).shape == (0, 0)


def test_agreeing_pairs():
    draws = torch.Generator().manual_seed(0)
    near = nearest_rows(*torch.randn(2, 12, 3, generator=draws), 4)
    edges, labels = torch.randint(12, (2, 40), generator=draws), torch.randint(5, (2, 12), generator=draws)
    arcs = set(map(tuple, edges.T.tolist()))
    expected = [
        (i, j)
        for i, row in enumerate(near.tolist())
        for j in row
        if i == j or (i, j) in arcs or any(run[i] == run[j] for run in labels.tolist())
    ]
    assert list(map(tuple, agreeing_pairs(near, edges, labels).T.tolist())) == expected
    assert len(expected) < near.numel()
    alone = agreeing_pairs(near, edges[:, :0], labels[:0])
    assert torch.equal(alone, torch.arange(12).expand(2, -1))
