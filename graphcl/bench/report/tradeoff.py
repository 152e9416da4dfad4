"""Scatter plot of quality against cost, one point per method; higher is better, further left is cheaper."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphcl.bench.report.markup import Markup, element
from graphcl.bench.report.svg import LETTER, Scale, dot, fit, frame, label, line, log_ticks, number, ticks, widened

WIDTH, HEIGHT = 360.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 350.0, 18.0, 214.0
SIZE = 10.5
"""Of the letters of a name."""


@dataclass(frozen=True)
class Point:
    """A method.

    Args:
        name: of the method.
        seconds: mean over its runs, above 0.
        score: mean over its runs.
        spread: standard deviation of the score.
    """

    name: str
    seconds: float
    score: float
    spread: float


@dataclass(frozen=True)
class Box:
    """A rectangle that a name or a point takes up."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)


def tradeoff_figure(score: str, points: Sequence[Point], least: float) -> Markup:
    """The chart of a dataset; both axes fit the points, seconds are logarithmic.

    Args:
        score: what the scores are.
        points: the methods, at least one.
        least: the smallest range of scores that the axis shows.
    """
    fastest, slowest = min(point.seconds for point in points), max(point.seconds for point in points)
    low, high = min(p.score - p.spread for p in points), max(p.score + p.spread for p in points)
    low, high = widened(low, high, least)
    margin = max((slowest / fastest) ** 0.1, 1.5)
    x = Scale(fastest / margin, slowest * margin, LEFT, RIGHT, log=True)
    y = Scale(low, high, BOTTOM, TOP)
    axes: list[object] = [
        [line(LEFT, y(tick), RIGHT, y(tick), "grid"), label(LEFT - 5, y(tick) + 3.5, number(tick), "end")]
        for tick in ticks(low, high)
    ]
    axes += [
        [line(x(tick), TOP, x(tick), BOTTOM, "grid"), label(x(tick), BOTTOM + 14, number(tick), "middle")]
        for tick in log_ticks(x.low, x.high)
    ]
    axes.append(label(RIGHT, BOTTOM + 29, "seconds per run", "end muted"))
    axes.append(label(LEFT - 34, TOP - 8, score, "muted"))
    drawn = [_point(point, x, y) for point in points]
    chart = frame(WIDTH, HEIGHT, f"{score} against seconds", axes, drawn, _names(points, x, y))
    caption = [
        element("b", "Quality against cost"),
        ": up is better, left is cheaper; the lines are one standard deviation",
    ]
    return element("figure", chart, element("figcaption", caption))


def _point(point: Point, x: Scale, y: Scale) -> list[Markup]:
    place = x(point.seconds)
    tip = f"{point.name}: {number(point.score)} in {number(point.seconds)} s"
    bar = line(place, y(point.score - point.spread), place, y(point.score + point.spread), "error")
    return [bar, dot(place, y(point.score), 4.5, "run", tip)]


def _names(points: Sequence[Point], x: Scale, y: Scale) -> list[Markup]:
    """Names beside their points, each where it covers least of what is there already."""
    taken = [Box(x(p.seconds) - 6, y(p.score) - 6, x(p.seconds) + 6, y(p.score) + 6) for p in points]
    taken += [
        Box(x(p.seconds) - 1, y(p.score + p.spread), x(p.seconds) + 1, y(p.score - p.spread)) for p in points
    ]
    drawn = []
    for point in sorted(points, key=lambda point: -point.score):
        name = fit(point.name, RIGHT - LEFT, SIZE)
        width = LETTER * SIZE * len(name)
        candidates = [_candidate(x(point.seconds), y(point.score), width, *way) for way in _WAYS]
        box = min(candidates, key=lambda box: _cost(box, taken))
        taken.append(box)
        drawn.append(label(box.left + 1, box.bottom - 3, name, "halo name"))
    return drawn


_WAYS = [(dx, dy) for dy in (0, -12, 12, -20, 20, -30, 30) for dx in (1, -1, 0)]
"""Where a name may stand: right, left or centred, at its point's height or some way off."""


def _candidate(x: float, y: float, width: float, dx: int, dy: int) -> Box:
    left = {1: x + 8, -1: x - 8 - width, 0: x - width / 2}[dx]
    left = min(max(left, LEFT + 2), RIGHT - width)
    return Box(left, y + dy - 7, left + width, y + dy + 6)


def _cost(box: Box, taken: Sequence[Box]) -> float:
    outside = max(TOP - 6 - box.top, 0) + max(box.bottom - BOTTOM, 0)
    return sum(box.overlap(other) for other in taken) + 100 * outside
