"""Cross-fitted ridge regression against scikit-learn and against sums written out."""

import pytest
import torch
from sklearn.linear_model import Ridge

from graphcl.agreement import CrossFittedRidge
from graphcl.agreement.ridge import RIDGE


def ridge_of(z: torch.Tensor) -> CrossFittedRidge:
    return CrossFittedRidge(z, torch.Generator().manual_seed(3))


def penalty(z: torch.Tensor) -> float:
    centred = z - z.mean(0)
    return RIDGE * torch.linalg.eigvalsh(centred.T @ centred).mean().item()


def r2_by_loop(z: torch.Tensor, half: torch.Tensor, labels: torch.Tensor, n_clusters: int) -> list[float]:
    """R2 of each indicator by scikit-learn's ridge on one half, its errors added up node by node on the other."""
    result = []
    for c in range(n_clusters):
        y = (labels == c).double()
        error = 0.0
        for fold in (0, 1):
            fit = half == fold
            model = Ridge(alpha=penalty(z[fit])).fit(z[fit].numpy(), y[fit].numpy())
            for row, value in zip(z[~fit], y[~fit], strict=True):
                error += (value.item() - model.predict(row[None].numpy())[0]) ** 2
        spread = sum((value - y.mean().item()) ** 2 for value in y.tolist())
        result.append(1 - error / spread if spread else 0.0)
    return result


def test_r2_by_loop(blocks, labelings):
    z = blocks.x.double()
    ridge = ridge_of(z)
    found = ridge.r2(*ridge.sums(labelings, 4))
    for labels, row in zip(labelings[:2], found, strict=False):
        assert row.tolist() == pytest.approx(r2_by_loop(z, ridge.half, labels, 4), abs=1e-9)
    assert found[0, 3] == 0, "nothing is in it"


def test_halves_are_halves_and_repeat_themselves(blocks):
    half = ridge_of(blocks.x).half
    assert half.bincount().tolist() == [60, 60]
    assert torch.equal(ridge_of(blocks.x).half, half)
    assert not torch.equal(CrossFittedRidge(blocks.x).half, half)


def test_sums_and_sizes(blocks, labelings):
    ridge = ridge_of(blocks.x)
    sums, sizes = ridge.sums(labelings, 4)
    for m in range(4):
        for half in (0, 1):
            for c in range(4):
                rows = blocks.x[(ridge.half == half) & (labelings[m] == c)]
                torch.testing.assert_close(sums[m, half, c], rows.double().sum(0), atol=1e-4, rtol=0)
                assert sizes[m, half, c] == len(rows)


def test_the_solution_is_that_of_scikit_learn(blocks, labelings):
    z = blocks.x.double()
    ridge = ridge_of(z)
    slope, offset = ridge.solve(*ridge.sums(labelings, 4))
    for c in range(4):
        expected = Ridge(alpha=penalty(z)).fit(z.numpy(), (labelings[2] == c).double().numpy())
        torch.testing.assert_close(slope[2, c], torch.from_numpy(expected.coef_))
        assert offset[2, c].item() == pytest.approx(expected.intercept_)


def test_float32_is_near_float64(blocks, labelings):
    single, double = ridge_of(blocks.x), ridge_of(blocks.x.double())
    parts = [ridge.r2(*ridge.sums(labelings, 4)) for ridge in (single, double)]
    torch.testing.assert_close(*parts, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("value", [0.0, 0.3])
def test_features_that_do_not_vary_predict_nothing(value, labelings):
    ridge = ridge_of(torch.full((120, 7), value))
    r2 = ridge.r2(*ridge.sums(labelings, 4))
    assert r2.max() <= 0  # the halves' shares differ from the whole's, which costs a little
    assert ridge.solve(*ridge.sums(labelings, 4))[0].abs().max() == 0


def test_one_cluster_and_one_node(blocks):
    ridge = ridge_of(blocks.x)
    assert ridge.r2(*ridge.sums(torch.zeros(1, 120, dtype=torch.long), 1)).tolist() == [[0]]
    alone = ridge_of(torch.ones(1, 2))
    assert torch.isfinite(alone.r2(*alone.sums(torch.zeros(1, 1, dtype=torch.long), 1))).all()


def test_indicators_are_perfectly_predicted_by_themselves():
    labels = torch.arange(60) % 3
    z = torch.nn.functional.one_hot(labels).double()
    ridge = ridge_of(z)
    assert (ridge.r2(*ridge.sums(labels[None], 3)) > 0.98).all()  # the penalty takes the rest
