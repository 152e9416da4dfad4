"""Charts draw every value where it belongs, and something sensible where there is little to draw."""

import dataclasses
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcl.bench.report.confusion import confusion_figure
from graphcl.bench.report.costs import costs_figure
from graphcl.bench.report.curves import loss_figures
from graphcl.bench.report.matching import Matching
from graphcl.bench.report.scatter import scatter_figures
from graphcl.bench.report.spread import spread_figure
from graphcl.bench.report.svg import Scale, log_ticks, ticks, widened
from graphcl.bench.report.tradeoff import Point, tradeoff_figure
from graphcl.bench.runs.details import Details
from graphcl.evaluation import clustering_scores
from tests.bench.make_record import OUTCOME, make_record
from tests.bench.report.make_evidence import with_points

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 6))


@given(NUMBERS, st.floats(1e-6, 1e6))
def test_ticks_are_few_round_and_inside(low, share):
    width = share * max(1.0, abs(low))  # of what single precision, in which losses are kept, can tell apart
    found = ticks(low, low + width)
    assert 2 <= len(found) <= 8
    assert all(low - 1e-6 * width <= tick <= low + width + 1e-6 * width for tick in found)
    np.testing.assert_allclose(np.diff(found), np.diff(found)[0], rtol=1e-3)


@given(st.floats(1e-6, 1e6), st.floats(1.5, 1e6))
def test_log_ticks_lie_inside(low, ratio):
    found = log_ticks(low, low * ratio)
    assert all(low <= tick <= low * ratio for tick in found)
    assert found == sorted(found)
    assert len(found) >= (1 if ratio > 2.5 else 0)


def test_scales_meet_their_ends():
    for log in (False, True):
        scale = Scale(2.0, 50.0, 300.0, 10.0, log=log)
        assert (scale(2.0), scale(50.0)) == (300.0, 10.0)
    assert widened(3.0, 3.0, 2.0) == (2.0, 4.0)


def matched(details):
    matching = Matching.of(details)
    return matching, sum(details.contingency[i, j] for i, j in matching.class_of.items())


@pytest.mark.parametrize(("clusters", "classes"), [(4, 4), (7, 4), (3, 6), (1, 1)])
def test_the_matching_is_the_one_that_accuracy_counts(clusters, classes):
    draw = np.random.default_rng(clusters)
    labels, y = draw.integers(clusters, size=90), draw.integers(classes, size=90)
    details = Details.of([], labels, y, None)
    matching, right = matched(details)
    assert right / 90 == pytest.approx(clustering_scores(y, labels)["acc"])
    assert sorted(matching.order) == list(range(len(details.clusters)))
    assert len(set(matching.colours)) == len(details.clusters)
    assert all(matching.colours[i] == j for i, j in matching.class_of.items())


def test_pictures_show_every_node_twice_in_colours_that_agree():
    details = with_points()
    matching = Matching.of(details)
    by_cluster, by_class = scatter_figures(details, matching)
    for figure, kind in ((by_cluster, details.point_clusters), (by_class, details.point_classes)):
        assert len(re.findall(r"M\d+ \d+h0", figure)) == len(details.points)
        assert len(re.findall(r'class="cloud c', figure)) == len(np.unique(kind))
    perfect = dataclasses.replace(
        details, point_clusters=details.point_classes, contingency=np.diag(details.sizes)
    )
    one, other = scatter_figures(perfect, Matching.of(perfect))
    assert one.partition("<figcaption>")[0].replace("by cluster", "by class") == other.partition("<figcaption>")[0]


def test_nodes_of_unknown_class_are_grey_and_pictures_may_be_missing():
    details = with_points()
    unknown = dataclasses.replace(
        details, point_classes=np.where(details.point_classes == 0, -1, details.point_classes)
    )
    assert 'class="cloud unknown"' in scatter_figures(unknown, Matching.of(unknown))[1]
    none = dataclasses.replace(details, points=details.points[:0], point_clusters=details.point_clusters[:0])
    assert scatter_figures(none, Matching.of(none)) == []


def test_the_table_of_clusters_holds_every_count():
    details = with_points()
    figure = confusion_figure(details, Matching.of(details))
    shown = [int(text) for text in re.findall(r"middle(?: on)?\">(\d+)</text>", figure)][len(details.classes) :]
    assert sorted(shown) == sorted(details.contingency[details.contingency > 0].tolist())
    assert figure.count("<rect") == len(details.clusters)
    assert len(re.search(r'd="([^"]*)" class="outline"', figure)[1].split("M")) - 1 == 4


@pytest.mark.parametrize("groups", [1, 15, 100])
def test_tables_of_few_and_of_many_groups(groups):
    y = np.arange(300) % groups
    for known in (y, None):
        details = Details.of([], y, known, None)
        figure = confusion_figure(details, Matching.of(details))
        assert figure.count("<rect") == groups
        assert len(figure) < 60_000


def curve(losses, **changes):
    return Details.of(
        [{"stage": "fit", "epoch": i + 1, "loss": v} for i, v in enumerate(losses)], *[np.zeros(3, int)] * 2, None
    )


@pytest.mark.parametrize(
    "losses",
    [[1.0], [0.0, 0.0], [-3.0, -5.0], [1e-8, 1e-9], [1e6, 1e-6], [1.0, 2.0] * 400],
    ids=["one", "zero", "negative", "minute", "falling", "long"],
)
def test_losses_of_all_kinds_stay_in_the_frame(losses):
    [figure] = loss_figures([curve(losses), curve(losses[:1])])
    places = [float(y) for y in re.findall(r"[ML]-?[\d.]+ (-?[\d.]+)", figure)]
    assert all(0 <= y <= 116 for y in places)
    assert "nan" not in figure
    assert len(figure) < 8000


def test_each_stage_has_its_seeds_their_mean_and_its_parts():
    [figure] = loss_figures([with_points(seed) for seed in range(3)])
    assert figure.count('class="faint"') == 3
    assert figure.count('class="bold"') == 1 + 2
    assert "contrast<small> 3 → 0.333</small>" in figure
    assert loss_figures([]) == loss_figures([curve([])]) == []


def test_spread_shows_every_run():
    figure = spread_figure("NMI %", ["a", "b", "c"], [[50.0, 52.0, 54.0], [10.0], []], 1.0)
    assert figure.count("<circle") == 4
    assert figure.count('class="bold"') == 2
    assert "<title>52</title>" in figure
    assert "nan" not in spread_figure("NMI %", ["a"], [[0.4]], 1.0)


def test_names_in_the_tradeoff_do_not_cover_each_other():
    points = [Point(f"method-{i}", 10 ** (i / 8), 50 + 3 * math.sin(i), 1.0) for i in range(8)]
    figure = tradeoff_figure("NMI %", points, 1.0)
    assert figure.count("<circle") == 8
    places = [
        (float(x), float(y)) for x, y in re.findall(r'<text x="([\d.]+)" y="([\d.]+)" class="halo name"', figure)
    ]
    assert len(places) == 8
    for i, (x, y) in enumerate(places):
        for other_x, other_y in places[:i]:
            assert abs(x - other_x) > 45 or abs(y - other_y) > 9
    assert "nan" not in tradeoff_figure("NMI %", [Point("a", 1.0, 0.5, 0.0)], 1.0)


def test_costs_show_each_stage_and_memory():
    stage = OUTCOME["stages"][0]
    stages = [{**stage, "name": "pretrain", "wall_seconds": 3.0}, {**stage, "name": "cluster"}]
    runs = [make_record(stages=stages, seconds={"cpu": 4.0, "wall": 4.0}, memory={"growth_mb": 1234.0})]
    figure = costs_figure(["a", "b"], [runs, [make_record(memory={"growth_mb": -1.0})]])
    assert "<title>pretrain: 3 s</title>" in figure
    assert "4 s" in figure
    assert "1,234 MB" in figure
    assert 'width="-' not in figure
