"""The tests of significance against scipy, closed forms and a published example."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from graphcl.bench.comparison.over_datasets import rank_over_datasets
from graphcl.bench.comparison.significance import friedman, holm, sign_flip_p, signed_rank_p
from tests.bench.comparison.demsar import AUC, METHODS

DRAW = np.random.default_rng(0)


@pytest.mark.parametrize("n", [2, 5, 8])
def test_sign_flips_are_those_of_scipy(n):
    differences = DRAW.normal(0.3, size=n)
    expected = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=False
    )
    assert sign_flip_p(differences) == pytest.approx(expected.pvalue, abs=1e-12)


def test_sign_flips_in_closed_form_and_by_a_plain_loop():
    assert [sign_flip_p([1.0] * n) for n in (1, 2, 5, 6)] == [1.0, 0.5, 1 / 16, 1 / 32]
    assert sign_flip_p([0.0, 0.0]) == 1.0
    values = [0.1, 0.2, -0.3, 0.7]  # of which sums tie, up to rounding
    sums = [sum(s * v for s, v in zip(signs, values, strict=True)) for signs in product((1, -1), repeat=4)]
    assert sign_flip_p(values) == sum(abs(total) >= 0.7 - 1e-9 for total in sums) / 16


def test_many_differences_are_flipped_at_random_but_always_alike():
    differences = DRAW.normal(0.4, size=30)
    p = sign_flip_p(differences)
    assert p == sign_flip_p(differences)
    assert p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, abs=0.01)
    assert sign_flip_p(np.ones(30)) == 1 / (1 + 2**16), "never 0"


@pytest.mark.parametrize("n", [6, 12, 30])
def test_signed_ranks_are_those_of_scipy(n):
    differences = DRAW.normal(0.3, size=n)
    assert signed_rank_p(differences) == pytest.approx(stats.wilcoxon(differences).pvalue, abs=1e-12)


def test_signed_ranks_with_ties_and_zeros():
    assert signed_rank_p([0.0, 0.0, 0.0]) == 1.0
    assert signed_rank_p([0.1 + 0.2, 0.3, 0.0]) == 0.5, "equal up to rounding, and the zero is left out"


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_friedman_is_that_of_scipy_with_iman_and_davenport_by_hand():
    scores = DRAW.normal(size=(9, 4)) + np.arange(4) / 2
    found, expected = friedman(scores), stats.friedmanchisquare(*scores.T)
    assert (found.chi2, found.chi2_p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.f == pytest.approx(8 * found.chi2 / (27 - found.chi2))
    assert found.p == pytest.approx(stats.f.sf(found.f, 3, 24))
    assert friedman(np.ones((5, 3))).p == 1.0
    assert friedman(np.tile([1.0, 2.0, 3.0], (5, 1))).p == 0.0


def test_the_published_example():
    found = rank_over_datasets(METHODS, AUC)
    ranks = dict(zip(found.methods, found.ranks, strict=True))
    assert [round(ranks[name], 3) for name in METHODS] == [3.143, 2.0, 2.893, 1.964]
    n, k = AUC.shape
    chi2 = 12 * n / (k * (k + 1)) * (sum(rank**2 for rank in found.ranks) - k * (k + 1) ** 2 / 4)
    assert chi2 == pytest.approx(9.28, abs=0.005), "as printed, without the correction for ties"
    assert found.test.chi2 > chi2
    assert found.test.p < found.test.chi2_p < 0.05, "as in the paper, the methods differ"
    # section 3.1.3 rejects that C4.5 and C4.5+m are equal: T = 12 with zeros split
    [pair] = [pair for pair in found.pairs if {pair.better, pair.worse} == {"C4.5", "C4.5+m"}]
    split = stats.wilcoxon(np.round(AUC[:, 1] - AUC[:, 0], 9), zero_method="zsplit")
    assert split.statistic == 12
    assert (pair.better, pair.p < 0.05) == ("C4.5+m", True)
    assert pair.difference == pytest.approx((AUC[:, 1] - AUC[:, 0]).mean())


def test_lower_may_be_better_and_two_methods_are_enough():
    scores = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert rank_over_datasets(["a", "b"], scores).methods == ["b", "a"]
    found = rank_over_datasets(["a", "b"], scores, lower_is_better=True)
    assert (found.methods, found.ranks, found.test) == (["a", "b"], [1.0, 2.0], None)
    for wrong in (scores[:1], scores[:, :1]):
        with pytest.raises(ValueError, match="at least 2 methods on 2 datasets"):
            rank_over_datasets(["a", "b"], wrong)


def test_groups_are_neighbours_that_do_not_differ():
    steps = np.repeat([[0.0, 0.1, 5.0, 5.1]], 12, axis=0)
    noise = np.where(DRAW.random((12, 4)) < 0.5, 0.3, 0.0) + DRAW.normal(0, 0.01, (12, 4))
    found = rank_over_datasets(["a", "b", "c", "d"], steps + noise)
    assert found.groups() == [(0, 1), (2, 3)]
    assert rank_over_datasets(["a", "b", "c"], np.ones((9, 3))).groups() == [(0, 2)], "Friedman finds nothing"
