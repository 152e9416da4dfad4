"""Variants against their base: pairs by seed, the interval of Student's t, what is changed, what is refused."""

import pytest

from graphcl.bench.comparison.variants import variants_grid
from tests.bench.make_record import OUTCOME, make_record, make_run


def runs(scores, dataset="cora", cpu=2.0, **params):
    return [
        make_record(
            make_run(method="grace", dataset=dataset, seed=seed, params={"lr": 0.1, "loss": None, **params}),
            metrics={**OUTCOME["metrics"], "nmi": score},
            seconds={"cpu": cpu, "wall": 9.0},
        )
        for seed, score in scores.items()
    ]


BASE = runs({0: 0.50, 1: 0.60, 2: 0.70})


def test_differences_are_of_the_seeds_that_both_have():
    """0.02, 0.03 and 0.04 above the base: 3.0 +- 4.303 * 1.0 / sqrt(3); the fourth seed has no base."""
    better = runs({0: 0.52, 1: 0.63, 2: 0.74, 3: 0.9}, cpu=3.0, loss="dcl")
    grid = variants_grid([*BASE, *better], ["nmi"])
    assert list(grid.headings)[4:] == ["Δ NMI %", "CPU s, ratio"]
    assert grid.rows == [["grace", "loss=dcl", "cora", "4", "**+3.0 ± 2.5**", "1.50"]]


def test_a_score_that_a_line_lacks_is_a_dash_and_one_that_none_has_no_column():
    probed = make_record(
        make_run(method="grace", dataset="cora", seed=3, params={"lr": 0.1, "loss": None}),
        metrics={**OUTCOME["metrics"], "nmi": 0.5, "kmeans/nmi": 0.5},
    )
    grid = variants_grid([*BASE, probed, *runs({0: 0.52, 1: 0.62}, loss="dcl")])
    assert list(grid.headings)[4:] == ["Δ NMI %", "Δ k-means NMI %", "CPU s, ratio"]
    assert grid.rows[0][4:6] == ["**+2.0 ± 0.0**", "-"]


def test_an_interval_with_zero_in_it_is_not_bold_and_one_seed_has_none():
    grid = variants_grid(
        [*BASE, *runs({0: 0.55, 1: 0.55, 2: 0.70}, lr=0.2), *runs({1: 0.5}, loss="dclw")], ["nmi"]
    )
    assert [row[1] for row in grid.rows] == ["lr=0.2", "loss=dclw"]
    assert [row[4] for row in grid.rows] == ["+0.0 ± 12.4", "-10.0"]


def test_the_base_is_the_first_on_file_of_its_dataset():
    other = [*runs({0: 0.3, 1: 0.3}, "acm", loss="dcl"), *runs({0: 0.2, 1: 0.2}, "acm")]
    grid = variants_grid([*BASE, *other], ["nmi"])
    assert [row[1:5] for row in grid.rows] == [["loss=None", "acm", "2", "**-10.0 ± 0.0**"]]


def test_records_without_variants_are_refused():
    with pytest.raises(ValueError, match="no method has two settings on one dataset; give records of a suite"):
        variants_grid(BASE)
