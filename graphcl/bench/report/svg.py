"""SVG primitives of the charts: frame, scales, ticks, labels.

Charts name no colour: lines and text take those of the page, which has a light and a dark set.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from graphcl.bench.report.markup import Markup, element

LETTER = 0.62
"""Mean width of a letter, in font sizes; on the wide side."""


@dataclass(frozen=True)
class Scale:
    """From values to places, linear or logarithmic.

    Args:
        low, high: values; high > low, and low > 0 where the scale is logarithmic.
        start, end: the places of both.
        log: whether equal ratios take equal room.

    Example:
        >>> Scale(0, 10, 100, 200)(5), Scale(1, 100, 0, 10, log=True)(10)
        (150.0, 5.0)
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The place of a value."""
        low, high = self._bend(self.low), self._bend(self.high)
        return self.start + (self._bend(value) - low) / (high - low) * (self.end - self.start)

    def _bend(self, value: float) -> float:
        return math.log10(value) if self.log else value


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round values between two others, about so many.

    Example:
        >>> ticks(0.0, 97.0), ticks(-0.013, 0.021)
        ([0.0, 20.0, 40.0, 60.0, 80.0], [-0.01, 0.0, 0.01, 0.02])
    """
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * min(
        (factor for factor in (1, 2, 5, 10)), key=lambda factor: abs(math.log(factor * power / rough))
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) + 0.0 for index in range(first, last + 1)]


def widened(low: float, high: float, least: float) -> tuple[float, float]:
    """A range with some room at both ends, and no narrower than `least`.

    Example:
        >>> widened(0.0, 100.0, 1.0), widened(5.0, 5.0, 1.0)
        ((-5.0, 105.0), (4.5, 5.5))
    """
    room = max(0.05 * (high - low), (least - (high - low)) / 2)
    return low - room, high + room


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten between two values, with 2 and 5 between them where there are fewer than three.

    Example:
        >>> log_ticks(0.08, 300), log_ticks(1.5, 30)
        ([0.1, 1.0, 10.0, 100.0], [2.0, 5.0, 10.0, 20.0])
    """
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1,), (1, 2, 5)):
        found = [float(f"{factor}e{exponent}") for exponent in exponents for factor in factors]
        found = [value for value in found if low <= value <= high]
        if len(found) >= 3:
            break
    return found


def number(value: float) -> str:
    """A number for an axis or a label: three digits at most, thousands by comma.

    Example:
        >>> [number(value) for value in (0.0, 0.05, 1.234, 45.67, 1234.5, 2.5e-7)]
        ['0', '0.05', '1.23', '45.7', '1,234', '2.5e-07']
    """
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def seconds(value: float) -> str:
    """A time in two digits, or in whole seconds.

    Example:
        >>> [seconds(value) for value in (0.0351, 1.68, 11.4, 1234.0)]
        ['0.035 s', '1.7 s', '11 s', '1,234 s']
    """
    return f"{value:,.0f} s" if value >= 10 else f"{value:.2g} s"


def fit(text: str, width: float, size: float) -> str:
    """A text cut with an ellipsis to what fits into a width.

    Example:
        >>> fit("autoencoder", 100, 10), fit("autoencoder", 40, 10)
        ('autoencoder', 'autoe…')
    """
    room = int(width / (LETTER * size))
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def place(value: float) -> str:
    """A coordinate with one decimal.

    Example:
        >>> place(12.34), place(5.0)
        ('12.3', '5')
    """
    return f"{value:.1f}".removesuffix(".0")


def frame(width: float, height: float, title: str, *content: object) -> Markup:
    """An SVG that shrinks with the page, and that a screen reader calls by its title."""
    return element(
        "svg",
        *content,
        viewBox=f"0 0 {place(width)} {place(height)}",
        style=f"max-width:{place(width * 1.25)}px",
        role="img",
        aria_label=title,
    )


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("path", d=f"M{place(x1)} {place(y1)}L{place(x2)} {place(y2)}", class_=class_)


def polyline(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    """A line through places."""
    return element("path", d="M" + "L".join(f"{place(x)} {place(y)}" for x, y in points), class_=class_)


def rectangle(x: float, y: float, width: float, height: float, class_: str, tip: str | None = None) -> Markup:
    """A rectangle; the tip shows under a pointer."""
    shown = None if tip is None else element("title", tip)
    box = {"x": place(x), "y": place(y), "width": place(max(width, 0)), "height": place(max(height, 0))}
    return element("rect", shown, **box, class_=class_)


def dot(x: float, y: float, radius: float, class_: str, tip: str | None = None) -> Markup:
    """A filled circle."""
    shown = None if tip is None else element("title", tip)
    return element("circle", shown, cx=place(x), cy=place(y), r=place(radius), class_=class_)


def label(x: float, y: float, text: str, class_: str = "") -> Markup:
    """Text; `class_` may hold middle or end for where x is, and muted, small, strong."""
    return element("text", text, x=place(x), y=place(y), class_=class_ or None)
