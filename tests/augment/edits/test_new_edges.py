"""New edges are drawn by the published frequencies."""

import pytest
import torch
from scipy.stats import binomtest, chisquare

from graphcl.augment import NewAttributes, draw_bonds, draw_bonds_per_direction, draw_evidence
from graphcl.augment.edits.new_edges import BONDS, DEFAULT_EVIDENCE, DIRECTIONS, EVIDENCE

DRAWS = 40_000


@pytest.mark.parametrize("draw", [draw_bonds, draw_bonds_per_direction])
def test_bonds(draw):
    assert isinstance(draw, NewAttributes)
    there, back = draw(DRAWS, generator=torch.Generator().manual_seed(0))
    assert torch.equal(there[:, 0], back[:, 0])
    count = torch.bincount(there[:, 0], minlength=4)
    assert chisquare(count, torch.tensor(BONDS, dtype=torch.float64) * DRAWS).pvalue > 1e-3
    for way in (there, back):
        for kind, chances in enumerate(DIRECTIONS):
            found = torch.bincount(way[way[:, 0] == kind, 1], minlength=3).double()
            expected = torch.tensor(chances, dtype=torch.float64) * found.sum()
            assert found[expected == 0].sum() == 0
            if (expected > 0).sum() > 1:
                assert chisquare(found, expected).pvalue > 1e-3
    differ = int((there[:, 1] != back[:, 1]).sum())
    same = [sum(chance**2 for chance in chances) for chances in DIRECTIONS]
    apart = 1 - sum(bond * equal for bond, equal in zip(BONDS, same, strict=True))
    assert differ == 0 if draw is draw_bonds else binomtest(differ, DRAWS, apart).pvalue > 1e-3


def test_evidence():
    there, back = draw_evidence(DRAWS, generator=torch.Generator().manual_seed(0))
    assert torch.equal(there, back)
    assert bool((there.sum(1) > 0).all())
    none = torch.tensor([1 - chance for chance in EVIDENCE]).prod().item()
    for mark, chance in enumerate(EVIDENCE):
        expected = chance + none if mark == DEFAULT_EVIDENCE else chance
        assert binomtest(int(there[:, mark].sum()), DRAWS, expected).pvalue > 1e-4


def test_none_of_them():
    assert draw_bonds_per_direction(0).shape == (2, 0, 2)
    assert draw_evidence(0).shape == (2, 0, 9)
