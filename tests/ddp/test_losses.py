"""Losses across ranks: after DDP the gradients are those of one process that has all rows."""

import pytest
import torch

from tests.ddp.steps import ROWS, distributed, joint

GRACE = [
    {"temperature": 0.4, "symmetric": symmetric, "same_view": same_view, "summation": summation}
    for symmetric in (False, True)
    for same_view in (False, True)
    for summation in ("dense", "blocked", "auto")
]
SERIES = [
    {"temperature": 1.0, "symmetric": True, "same_view": same_view, "summation": "series"}
    for same_view in (False, True)
]
GROUPED = [
    {"temperature": 0.4, "symmetric": symmetric, "same_view": same_view, "decoupled": decoupled}
    for symmetric, same_view in ((True, True), (False, True), (True, False))
    for decoupled in (False, True)
]
SCGC = [
    {"tau": 0.5, "stored": stored, "summation": summation}
    for stored in (True, False)
    for summation in ("series", "dense", "blocked", "auto")
]
CASES = [
    *(("grace", settings) for settings in GRACE + SERIES),
    *(("grouped", settings) for settings in GROUPED),
    *(("cca", {"decorrelation_weight": weight}) for weight in (0.0, 1e-3, 1.0)),
    ("barlow", {}),
    ("vicreg", {}),
    *(("scgc", settings) for settings in SCGC),
    ("sampled", {}),
]


@pytest.mark.parametrize("first", [ROWS // 2, 5], ids=["equal rows", "unequal rows"])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_the_gradient_of_the_joint_batch(pool, name, settings, first):
    expected_loss, expected = joint(name, settings)
    answers = pool.run(distributed, name, settings, first)
    losses = [loss for loss, _ in answers]
    assert sum(losses) / len(losses) == pytest.approx(expected_loss, abs=1e-10)
    for _, ours in answers:
        torch.testing.assert_close(ours, expected, rtol=1e-9, atol=1e-11)
    assert any(gradient.abs().max() > 1e-3 for gradient in expected)
