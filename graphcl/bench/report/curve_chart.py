"""Curves over epochs in one chart with axes: losses that span decades on a logarithmic one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphcl.bench.report.markup import Markup
from graphcl.bench.report.svg import Scale, dot, frame, label, line, log_ticks, number, polyline, ticks

WIDTH, HEIGHT = 300.0, 116.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 292.0, 8.0, 96.0

POINTS = 120
"""Of a line, at most: more than a chart of this width can show."""

LOG_FROM = 30.0
"""The ratio of the largest to the smallest value from which on the axis is logarithmic."""

Curve = tuple[NDArray[np.floating], NDArray[np.floating]]
"""Epochs and values, all finite."""


def curve_chart(title: str, lines: Sequence[tuple[str, Curve]]) -> Markup:
    """A chart of curves, each drawn in its CSS class; the first lies below.

    Args:
        title: what the values are; it says so where their axis is logarithmic.
        lines: at least one, with at least one epoch each.
    """
    curves = [curve for _, curve in lines]
    x, y = scales(curves, (LEFT, RIGHT), (BOTTOM, TOP))
    last = max(float(curve[0][-1]) for curve in curves)
    levels = log_ticks(y.low, y.high) if y.log else ticks(y.low, y.high, 3)
    grid = [
        [line(LEFT, y(tick), RIGHT, y(tick), "grid"), label(LEFT - 5, y(tick) + 3.5, number(tick), "end")]
        for tick in levels
    ]
    epochs = [tick for tick in ticks(x.low, x.high, 4) if tick == int(tick) and tick <= last]
    below = [_below(x(tick), number(tick)) for tick in epochs]
    drawn = [curve_line(curve, x, y, class_) for class_, curve in lines]
    return frame(WIDTH, HEIGHT, title + (", logarithmic" if y.log else ""), grid, below, drawn)


def _below(x: float, text: str) -> Markup:
    """A label of the axis of epochs; one near the end stays inside the chart."""
    near = x > RIGHT - 12
    return label(WIDTH - 1 if near else x, BOTTOM + 14, text, "end" if near else "middle")


def scales(curves: Sequence[Curve], across: tuple[float, float], up: tuple[float, float]) -> tuple[Scale, Scale]:
    """Scales that hold all curves; values are logarithmic where they are positive and far apart."""
    values = np.concatenate([curve[1] for curve in curves])
    low, high = float(values.min()), float(values.max())
    log = low > 0 and high / low > LOG_FROM
    if log:
        low, high = low / 1.1, high * 1.1
    else:
        pad = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
        low, high = low - pad, high + pad
    last = max(float(curve[0][-1]) for curve in curves)
    return Scale(1, max(last, 2), *across), Scale(low, high, *up, log=log)


def curve_line(curve: Curve, x: Scale, y: Scale, class_: str) -> Markup:
    """A curve at the places that scales give it; a single epoch is a dot."""
    epochs, values = curve
    if len(epochs) == 1:
        return dot(x(float(epochs[0])), y(float(values[0])), 2.5, f"{class_} dot")
    chosen = np.unique(np.linspace(0, len(epochs) - 1, POINTS).round().astype(int))
    return polyline([(x(float(epochs[i])), y(float(values[i]))) for i in chosen], class_)
