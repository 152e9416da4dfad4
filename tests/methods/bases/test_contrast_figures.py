"""Figures of the contrast in the history: in the epochs asked for, and nothing else changes."""

import pytest
import torch

from graphcl import GCA, GRACE, GCooL, GraphCL
from graphcl.bench.report.histories import build_histories
from graphcl.methods.bases.contrast_figures import CONTRAST_FIGURES, contrast_figures
from graphcl.training import Step
from tests.easy import many, planted

SMALL = {"n_clusters": 3, "hidden_channels": 8, "out_channels": 4, "epochs": 4, "n_init": 1}
GRAPHS = {"channels": 8, "epochs": 4, "batch_size": 8, "device": "cpu"}
CASES = [(GRACE, SMALL), (GCA, SMALL), (GCooL, SMALL), (GraphCL, GRAPHS)]


@pytest.mark.parametrize(("kind", "settings"), CASES, ids=lambda value: getattr(value, "name", ""))
def test_the_training_is_the_same_to_the_last_bit(kind, settings):
    data = many("molecule") if kind is GraphCL else planted()
    plain, watched = kind(**settings).fit(data), kind(**settings, figures_every=2).fit(data)
    assert torch.equal(plain.embedding_, watched.embedding_)
    for before, after in zip(plain.history_, watched.history_, strict=True):
        assert {name: after[name] for name in before} == before
        new = set(after) - set(before)
        if after["epoch"] == 2:  # counted from 1; the second has none
            assert not new
        else:
            assert new == set(CONTRAST_FIGURES) - set(before)
            assert after["effective_rank"] >= 1
    page = build_histories({"watched": watched.history_})
    assert "effective_rank over the epochs of stage" in page


def test_rows_that_are_no_longer_finite_are_left_to_the_loss():
    u, step = torch.full((3, 2), torch.nan), Step("contrast", 0, 0, torch.Generator())
    assert contrast_figures(u, u, step, temperature=0.5, every=1) == {}
