"""The spread of a score over runs: every run a dot, the mean a line, one standard deviation a band."""

from collections.abc import Sequence
from statistics import fmean

from graphcl.bench.report.marks import spread
from graphcl.bench.report.markup import Markup, element
from graphcl.bench.report.svg import Scale, dot, fit, frame, label, line, number, rectangle, ticks, widened

WIDTH, LEFT, RIGHT = 360.0, 6.0, 354.0
ROW = 34.0


def spread_figure(score: str, names: Sequence[str], samples: Sequence[Sequence[float]], least: float) -> Markup:
    """A row for each method.

    Args:
        score: what the values are.
        names: of the methods.
        samples: for each method the values of its runs; there is one at least.
        least: the smallest range that the axis shows, so that noise in the last digit does not fill it.
    """
    values = [value for sample in samples for value in sample]
    reach = [fmean(sample) + sign * spread(sample) for sample in samples if sample for sign in (-1, 1)]
    low, high = widened(min(*values, *reach), max(*values, *reach), least)
    x = Scale(low, high, LEFT, RIGHT)
    bottom = 4 + ROW * len(names)
    axis = [
        [line(x(tick), 4, x(tick), bottom, "grid"), label(x(tick), bottom + 13, number(tick), _anchor(x(tick)))]
        for tick in ticks(low, high, 5)
    ]
    rows = [
        _row(name, sample, 4 + ROW * index, x)
        for index, (name, sample) in enumerate(zip(names, samples, strict=True))
    ]
    chart = frame(WIDTH, bottom + 18, f"{score} of every run", axis, rows)
    caption = [
        element("b", f"{score} of every run"),
        ": dots are runs with different seeds, the line is their mean, the band one standard deviation",
    ]
    return element("figure", chart, element("figcaption", caption))


def _anchor(x: float) -> str:
    """Labels near an end stay inside."""
    return "middle" if LEFT + 14 < x < RIGHT - 14 else "end" if x > WIDTH / 2 else ""


def _row(name: str, sample: Sequence[float], top: float, x: Scale) -> list[Markup]:
    y = top + 23
    drawn = [label(LEFT, top + 11, fit(name, RIGHT - LEFT, 11), "halo")]
    if not sample:
        return [*drawn, label(LEFT, y + 4, "-", "muted")]
    mean, width = fmean(sample), spread(sample)
    drawn.append(rectangle(x(mean - width), y - 6, x(mean + width) - x(mean - width), 12, "band"))
    drawn += [dot(x(value), y, 3.5, "run", number(value)) for value in sample]
    drawn.append(line(x(mean), y - 8, x(mean), y + 8, "bold"))
    return drawn
