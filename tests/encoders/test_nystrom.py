"""The Nystrom map against the kernel that it approximates, and on rows that are alike."""

import pytest
import torch

from graphcl.encoders import NystromMap, draw_landmarks, mean_squared_distance
from graphcl.encoders.feature_maps import nystrom


def rows(n: int, d: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(n, d, dtype=dtype, generator=torch.Generator().manual_seed(0))


def kernel(a: torch.Tensor, b: torch.Tensor, width: float) -> torch.Tensor:
    return torch.stack([torch.stack([torch.exp(-((x - y) ** 2).sum() / width) for y in b]) for x in a])


def test_with_all_rows_as_landmarks_the_products_are_the_kernel():
    z = rows(12, 3)
    phi = NystromMap.of(z, 4.0)(z)
    torch.testing.assert_close(phi @ phi.T, kernel(z, z, 4.0), atol=1e-5, rtol=0)


def test_other_rows_have_the_kernel_with_the_landmarks():
    z, landmarks = rows(20, 3), rows(8, 3)
    mapping = NystromMap.of(landmarks, 4.0)
    torch.testing.assert_close(mapping(z) @ mapping(landmarks).T, kernel(z, landmarks, 4.0), atol=1e-5, rtol=0)


def test_blocks_make_no_difference(monkeypatch):
    z = rows(50, 4)
    mapping = NystromMap.of(z[:10], 3.0)
    whole = mapping(z)
    monkeypatch.setattr("graphcl.encoders.feature_maps.nystrom.ENTRIES", 70)
    torch.testing.assert_close(mapping(z), whole)


@pytest.mark.parametrize("count", [1, 7])
def test_equal_rows_have_one_feature_of_value_one(count):
    z = torch.ones(count, 3)
    torch.testing.assert_close(NystromMap.of(z, 1.0)(z).abs().sum(1), torch.ones(count))
    assert NystromMap.of(z, 1.0)(z).shape == (count, 1)


def test_mean_squared_distance_is_that_over_pairs():
    z = rows(9, 4)
    pairs = [(a - b).square().sum().item() for i, a in enumerate(z) for j, b in enumerate(z) if i != j]
    assert mean_squared_distance(z) == pytest.approx(sum(pairs) / len(pairs))
    assert mean_squared_distance(z[:1]) == 0


def test_landmarks_are_rows_without_repetition():
    z = torch.arange(700.0)[:, None]
    drawn = draw_landmarks(z, torch.Generator().manual_seed(0))
    assert len(drawn.unique()) == 512
    assert torch.equal(drawn, draw_landmarks(z, torch.Generator().manual_seed(0)))
    assert len(draw_landmarks(z[:5])) == 5


def test_the_largest_graphs_have_fewer_landmarks(monkeypatch):
    monkeypatch.setattr(nystrom, "ENTRIES_OF_MAP", 60_000)
    rows = torch.rand(600, 2)
    assert len(draw_landmarks(rows)) == 100
    assert len(draw_landmarks(rows[:100])) == 100
    assert len(draw_landmarks(torch.rand(6000, 1))) == nystrom.FEWEST
