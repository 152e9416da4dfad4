"""Loss curves: one faint line per seed, their mean bold; below them a small line for each named part."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphcl.bench.details import Details
from graphcl.bench.report.markup import Markup, counted, element
from graphcl.bench.report.svg import Scale, dot, frame, label, line, log_ticks, number, polyline, ticks

WIDTH, HEIGHT = 300.0, 116.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 292.0, 8.0, 96.0

POINTS = 120
"""Of a line, at most: more than a chart of this width can show."""

LOG_FROM = 30.0
"""The ratio of the largest to the smallest loss from which on the axis is logarithmic."""

Curve = tuple[NDArray[np.floating], NDArray[np.floating]]
"""Epochs and losses."""


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
    x, y = _scales(totals, (LEFT, RIGHT), (BOTTOM, TOP))
    last = max(float(curve[0][-1]) for curve in totals)
    levels = log_ticks(y.low, y.high) if y.log else ticks(y.low, y.high, 3)
    grid = [
        [line(LEFT, y(tick), RIGHT, y(tick), "grid"), label(LEFT - 5, y(tick) + 3.5, number(tick), "end")]
        for tick in levels
    ]
    epochs = [tick for tick in ticks(x.low, x.high, 4) if tick == int(tick) and tick <= last]
    below = [label(x(tick), BOTTOM + 14, number(tick), "middle") for tick in epochs]
    seeds = [_line(curve, x, y, "faint") for curve in totals] if len(totals) > 1 else []
    title = f"loss over the epochs of stage {stage}" + (", logarithmic" if y.log else "")
    return frame(WIDTH, HEIGHT, title, grid, below, seeds, _line(_mean(totals), x, y, "bold"))


def _part(name: str, curve: Curve) -> Markup:
    """A line without axes, and between which values it runs."""
    x, y = _scales([curve], (2, 62), (16, 2))
    first, last = float(curve[1][0]), float(curve[1][-1])
    drawn = frame(64, 18, f"{name} over the epochs", _line(curve, x, y, "bold"))
    return element("li", drawn, element("span", name, element("small", f" {number(first)} → {number(last)}")))


def _scales(curves: Sequence[Curve], across: tuple[float, float], up: tuple[float, float]) -> tuple[Scale, Scale]:
    """Scales that hold all curves; losses are logarithmic where they are positive and far apart."""
    losses = np.concatenate([curve[1] for curve in curves])
    low, high = float(losses.min()), float(losses.max())
    log = low > 0 and high / low > LOG_FROM
    if log:
        low, high = low / 1.1, high * 1.1
    else:
        pad = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
        low, high = low - pad, high + pad
    last = max(float(curve[0][-1]) for curve in curves)
    return Scale(1, max(last, 2), *across), Scale(low, high, *up, log=log)


def _line(curve: Curve, x: Scale, y: Scale, class_: str) -> Markup:
    epochs, losses = curve
    if len(epochs) == 1:
        return dot(x(float(epochs[0])), y(float(losses[0])), 2.5, f"{class_} dot")
    chosen = np.unique(np.linspace(0, len(epochs) - 1, POINTS).round().astype(int))
    return polyline([(x(float(epochs[i])), y(float(losses[i]))) for i in chosen], class_)
