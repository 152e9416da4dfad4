"""Standings: one setting a method, ranks over the datasets that all have, ties by the spread over seeds."""

import pytest

from graphcl.bench.comparison.standings import scores_by_dataset, standings, standings_grid
from tests.bench.make_record import OUTCOME, make_record, make_run


def runs(method, dataset, scores, cpu=1.0, mb=1.0, **params):
    return [
        make_record(
            make_run(method=method, dataset=dataset, seed=seed, params={"n_clusters": len(dataset), **params}),
            metrics={**OUTCOME["metrics"], "nmi": score, "acc": 1 - score},
            seconds={"cpu": cpu, "wall": 9.0},
            memory={"growth_mb": mb * (1 + seed)},
        )
        for seed, score in enumerate(scores)
    ]


RECORDS = [
    *runs("two-view", "cora", [0.6, 0.62], cpu=3.0, mb=60.0),
    *runs("two-view", "acm", [0.7, 0.7], cpu=5.0, mb=50.0),
    *runs("two-view", "usps", [0.9], mb=500.0),
    *runs("k-means", "cora", [0.2, 0.2]),
    *runs("k-means", "acm", [0.5, 0.5]),
    *runs("scgc-star", "acm", [0.9, 0.9], lr=1e-4),  # a setting that one dataset alone has
    *runs("scgc-star", "cora", [0.5, 0.7], lr=1e-3),
    *runs("scgc-star", "acm", [0.6, 0.6], lr=1e-3),
]


def test_one_setting_counts_over_the_datasets_that_all_have():
    found, common = standings(RECORDS)
    assert common == ["cora", "acm"]
    assert [(one.method, one.rank, one.leads) for one in found] == [
        ("two-view", 1.0, 2),
        ("scgc-star", 2.0, 1),  # 0.60 +- 0.14 on cora is tied with 0.61
        ("k-means", 3.0, 0),
    ]
    assert [one.score for one in found] == pytest.approx([65.5, 60.0, 35.0])
    assert [one.cpu_seconds for one in found] == [8.0, 2.0, 2.0]
    assert [one.memory_mb for one in found] == [90.0, 1.5, 1.5]  # the most of the common datasets


def test_other_scores_stand_beside_the_ranks():
    grid = standings_grid(RECORDS)
    assert list(grid.headings) == [
        "method, over cora, acm", "average rank", "mean NMI %", "mean ACC %", "leads or ties", "CPU s",
        "memory MB",
    ]  # fmt: skip
    assert grid.rows[0] == ["two-view", "1.0", "65.5", "34.5", "2", "8", "90"]


def test_what_cannot_be_ranked_is_refused():
    with pytest.raises(ValueError, match="at least 2 methods on 2 datasets"):
        standings(RECORDS[:2])
    with pytest.raises(ValueError, match="at least 2 methods on 2 datasets"):
        standings([*runs("two-view", "cora", [0.6]), *runs("k-means", "acm", [0.6])])


def test_scores_by_dataset_stand_in_the_order_of_the_ranks():
    """A score that no record has is left out, and of costs none is bold."""
    grids = scores_by_dataset(RECORDS, ["nmi", "acc", "probe/accuracy", "seconds/cpu", "memory/growth_mb"])
    assert [list(grid.headings) for grid in grids] == [
        [title, "cora", "acm", "usps"] for title in ("NMI %", "ACC %", "CPU s", "memory MB")
    ]
    assert grids[0].rows == [
        ["two-view", "**61.0 ± 1.4**", "**70.0 ± 0.0**", "**90.0**"],
        ["scgc-star", "**60.0 ± 14.1**", "60.0 ± 0.0", "-"],
        ["k-means", "20.0 ± 0.0", "50.0 ± 0.0", "-"],
    ]
    assert grids[1].rows[2] == ["k-means", "**80.0 ± 0.0**", "**50.0 ± 0.0**", "-"]
    assert grids[2].rows[0] == ["two-view", "3.0 ± 0.0", "5.0 ± 0.0", "1.0"]
    assert grids[3].rows[0] == ["two-view", "90 ± 42", "75 ± 35", "500"]
