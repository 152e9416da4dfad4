"""Loss curves: one faint line per seed, their mean bold; below them a small line for each named part."""

from collections.abc import Sequence

import numpy as np

from graphcl.bench.report.curve_chart import Curve, curve_chart, curve_line, scales
from graphcl.bench.report.markup import Markup, counted, element
from graphcl.bench.report.svg import frame, number
from graphcl.bench.runs.details import Details


def loss_figures(runs: Sequence[Details]) -> list[Markup]:
    """A figure for each stage that the runs have in common."""
    stages = (
        [stage for stage in runs[0].stages.tolist() if all(stage in run.stages for run in runs)] if runs else []
    )
    return [_figure(stage, runs) for stage in stages]


def _figure(stage: str, runs: Sequence[Details]) -> Markup:
    totals = _curves(stage, "loss", runs)
    epochs = max(int(curve[0][-1]) for curve in totals)
    parts = [_part(name, _mean(_curves(stage, name, runs))) for name in _parts(stage, runs)]
    caption = element("figcaption", element("b", "loss"), f", stage {stage}, {counted(epochs, 'epoch')}")
    return element(
        "figure", _chart(stage, totals), caption, element("ul", parts, class_="parts") if parts else None
    )


def _parts(stage: str, runs: Sequence[Details]) -> list[str]:
    """Names of the losses that a stage adds up; none where there is only one."""
    named = [name for name in runs[0].columns.tolist() if name not in {"stage", "epoch", "loss"}]
    present = [name for name in named if _curves(stage, name, runs)]
    return present if len(present) > 1 else []


def _curves(stage: str, column: str, runs: Sequence[Details]) -> list[Curve]:
    """A loss of a stage in the runs that have it."""
    return [curve for run in runs if (curve := _curve(run, stage, column))]


def _curve(run: Details, stage: str, column: str) -> Curve | None:
    """A loss of a stage over its epochs; None where the stage has no such loss."""
    names = run.columns.tolist()
    if column not in names or stage not in run.stages:
        return None
    rows = run.history[run.history[:, names.index("stage")] == run.stages.tolist().index(stage)]
    epochs, losses = rows[:, names.index("epoch")], rows[:, names.index(column)]
    finite = np.isfinite(losses)
    return (epochs[finite], losses[finite]) if finite.any() else None


def _mean(curves: Sequence[Curve]) -> Curve:
    """The mean over the epochs that all curves have."""
    common = curves[0][0]
    for epochs, _ in curves[1:]:
        common = np.intersect1d(common, epochs)
    if not len(common):
        return curves[0]
    return common, np.mean([losses[np.isin(epochs, common)] for epochs, losses in curves], axis=0)


def _chart(stage: str, totals: Sequence[Curve]) -> Markup:
    seeds = [("faint", curve) for curve in totals] if len(totals) > 1 else []
    return curve_chart(f"loss over the epochs of stage {stage}", [*seeds, ("bold", _mean(totals))])


def _part(name: str, curve: Curve) -> Markup:
    """A line without axes, and between which values it runs."""
    x, y = scales([curve], (2, 62), (16, 2))
    first, last = float(curve[1][0]), float(curve[1][-1])
    drawn = frame(64, 18, f"{name} over the epochs", curve_line(curve, x, y, "bold"))
    return element("li", drawn, element("span", name, element("small", f" {number(first)} → {number(last)}")))
