"""Records compared: pairs of the right seeds, ranks over the datasets that all have, and honest words."""

import json
import re
from math import nan
from statistics import stdev
from xml.etree import ElementTree as ET

import pytest

from graphcl.bench.comparison.comparison import compare_records
from graphcl.bench.comparison.diagram import rank_diagram
from graphcl.bench.comparison.over_datasets import rank_over_datasets
from graphcl.bench.comparison.text import comparison_grids, comparison_notes, comparison_rows
from tests.bench.comparison.demsar import AUC, METHODS
from tests.bench.make_record import make_record, make_run


def runs(method, dataset, scores, **changes):
    return [
        make_record(
            make_run(method=method, dataset=dataset, seed=seed, **changes), metrics={"nmi": nmi, "own": nan}
        )
        for seed, nmi in scores.items()
    ]


RECORDS = [
    *runs("k-means", "cora", {0: 0.1, 1: 0.2, 2: 0.3}),
    *runs("leiden", "cora", {1: 0.3, 2: 0.7, 5: 0.9}),
    *runs("own", "cora", {9: 0.5}),
    *runs("k-means", "acm", dict.fromkeys(range(6), 0.1)),
    *runs("leiden", "acm", dict.fromkeys(range(6), 0.2)),
]


def test_differences_are_paired_by_seed():
    found = compare_records(RECORDS, "nmi")
    assert found.baseline == "k-means"
    leiden, own, acm = found.over_seeds
    assert (leiden.dataset, leiden.method, leiden.n) == ("cora", "leiden", 2)
    assert leiden.difference == pytest.approx(25.0)
    assert leiden.standard_error == pytest.approx(stdev([10.0, 40.0]) / 2**0.5)
    assert leiden.p == 0.5
    assert (own.n, own.difference, own.standard_error, own.p) == (0, None, None, None)
    assert (acm.n, acm.p) == (6, 2 / 64)
    turned = compare_records(RECORDS, "nmi", baseline="leiden").over_seeds[0]
    assert (turned.method, turned.difference) == ("k-means", pytest.approx(-25.0))


def test_too_few_seeds_or_datasets_are_said():
    notes = comparison_notes(compare_records(RECORDS, "nmi"))
    assert "with 2 shared seeds p is at least 0.5: none can be significant at 0.05" in notes
    assert not any("with 6 shared seeds" in note for note in notes)
    assert "a dash for p: fewer than 2 seeds for which both methods have a score" in notes
    assert notes[-2:] == [
        "no ranks over datasets: they need 2 methods on 2 datasets that all of them have, got 1",
        "left out of the ranks: acm, without own",
    ]
    two = compare_records(RECORDS, "nmi", methods=["k-means", "leiden"])
    assert (two.datasets, two.ranking.methods) == (["cora", "acm"], ["leiden", "k-means"])
    assert "with 2 datasets Holm p is at least 0.5: no pair can be significant at 0.05" in comparison_notes(two)
    assert not any("Friedman" in note for note in comparison_notes(two))
    alone = compare_records(RECORDS, "nmi", methods=["own"])
    assert comparison_notes(alone)[0] == "nothing to pair over seeds: no dataset has own and another method"


def test_an_undefined_score_is_no_score():
    found = compare_records(RECORDS, "own")
    assert found.ranking is None
    assert {row.n for row in found.over_seeds} == {0}
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["over_datasets"] is None


def test_costs_rank_the_other_way_round():
    slow = [
        make_record(make_run(method=m, dataset=d), seconds={"cpu": s, "wall": s})
        for m, s in (("a", 9.0), ("b", 1.0))
        for d in "xy"
    ]
    found = compare_records(slow, "seconds/cpu")
    assert found.ranking.methods == ["b", "a"]


def demsar_records():
    return [
        make_record(make_run(method=method, dataset=f"d{i}"), metrics={"auc": float(auc)})
        for i, row in enumerate(AUC)
        for method, auc in zip(METHODS, row, strict=True)
    ]


def test_tables_rows_and_words_of_the_published_example():
    found = compare_records(demsar_records(), "auc")
    *_, ranks, pairs = comparison_grids(found)
    assert ranks.title == "average ranks over 14 datasets: auc"
    assert ranks.rows[0] == ["C4.5+m+cf", "1.96"]
    assert len(pairs.rows) == 6
    rows = comparison_rows(found)
    assert [row["over"] for row in rows] == ["seeds"] * 14 * 3 + ["datasets"] * 6
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    friedman = next(note for note in comparison_notes(found) if note.startswith("Friedman"))
    assert re.fullmatch(
        r"Friedman: chi2\(3\) = \d+\.\d\d, p = 0\.01\d+; Iman and Davenport: F\(3, 39\) = .*", friedman
    )


@pytest.mark.parametrize("names", [METHODS, ["<b>", "a long name, default recipe [a]", "&", "d"]])
def test_the_diagram_is_well_formed_with_every_name_inside_and_none_over_another(names):
    root = ET.fromstring(rank_diagram(rank_over_datasets(names, AUC), "AUC"))  # noqa: S314  (it is ours)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    shown = [node.text for node in texts]
    assert all(any(text.startswith(f"{name} (") for text in shown) for name in names)
    boxes = []
    for node in texts:
        x, y, length = float(node.attrib["x"]), float(node.attrib["y"]), 7.44 * len(node.text)
        left = x - {"end": length, "middle": length / 2}.get(node.attrib.get("class", "").split(" ")[-1], 0)
        if "muted" not in node.attrib.get("class", ""):
            assert left >= 0
            assert left + length <= width
            assert y <= height
            boxes.append((left, left + length, y - 11, y + 3))
    for i, (left, right, top, bottom) in enumerate(boxes):
        for other in boxes[:i]:
            assert left >= other[1] or right <= other[0] or top >= other[3] or bottom <= other[2]


def test_names_that_are_not_there():
    with pytest.raises(
        ValueError, match=r"no run has the score 'nmj' \(did you mean nmi\?\); choose among nmi, own"
    ):
        compare_records(RECORDS, "nmj")
    with pytest.raises(ValueError, match=r"no method is named 'kmeans' here \(did you mean k-means\?\)"):
        compare_records(RECORDS, "nmi", baseline="kmeans")
    variants = [*RECORDS, *runs("k-means", "cora", {0: 0.4}, params={"n_clusters": 3})]
    with pytest.raises(
        ValueError, match=r"k-means has several rows; choose among k-means \(n_clusters=2\), k-means \("
    ):
        compare_records([r for r in variants if r.dataset == "cora"], "nmi", baseline="k-means")
