"""Figures to watch: Spearman against SciPy, distances against loops, collapse."""

import math

import pytest
import torch
from scipy.stats import spearmanr

from graphcl.objectives import discrepancy_figures, rank_correlation
from graphcl.objectives.discrepancy_figures import FIGURES


@pytest.mark.parametrize("seed", range(5))
def test_spearman_agrees_with_scipy_also_with_ties(seed):
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.rand(40, generator=generator), torch.randint(4, (40,), generator=generator)
    for x, y in ((a, b), (b, a), (b, b * b), (a, -a)):
        assert rank_correlation(x, y).item() == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)


def test_no_variation_has_no_correlation():
    assert rank_correlation(torch.ones(3), torch.arange(3)).item() == 0
    assert rank_correlation(torch.ones(1), torch.ones(1)).item() == 0
    assert rank_correlation(torch.ones(0), torch.ones(0)).item() == 0


def test_figures_of_a_batch():
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(4, 3, 5, generator=generator)
    scores = torch.tensor([[1.0, 0, 0], [0, 1, 0], [2, 0, 1], [0, 0, 1]])
    edits = torch.tensor([[0, 1, 2], [0, 2, 0], [0, 4, 6], [0, 1, 3]])
    figures = discrepancy_figures(z, scores, edits)
    assert tuple(figures) == FIGURES
    near = [
        (math.dist(rows[i].tolist(), rows[0].tolist()), e[i])
        for rows, e in zip(z, edits.tolist(), strict=True)
        for i in (1, 2)
        if e[i]
    ]
    far = [math.dist(a[0].tolist(), b[0].tolist()) for i, a in enumerate(z) for j, b in enumerate(z) if i != j]
    assert figures["accuracy"].item() == 0.5
    unedited = torch.tensor([[0, 1, 2], [0, 0, 2], [0, 0, 0], [0, 1, 0]])
    assert discrepancy_figures(z, scores, unedited)["accuracy"].item() == pytest.approx(1 / 3)
    assert figures["distance"].item() == pytest.approx(sum(d for d, _ in near) / len(near), rel=1e-6)
    assert figures["spearman"].item() == pytest.approx(spearmanr(*zip(*near, strict=True)).statistic, abs=1e-6)
    assert figures["apart"].item() == pytest.approx(sum(far) / len(far), rel=1e-6)


def test_a_collapsed_batch_shows_and_carries_no_gradient():
    z = torch.ones(3, 4, 2, requires_grad=True)
    figures = discrepancy_figures(z, torch.zeros(3, 4), torch.ones(3, 4).long())
    assert all(value.item() == 0 for value in figures.values())
    assert not any(value.requires_grad for value in figures.values())
    assert discrepancy_figures(z[:1], torch.zeros(1, 4), torch.zeros(1, 4).long())["apart"].item() == 0
