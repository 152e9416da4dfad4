"""Parsing of ranges on the command line: KEY=LOW:HIGH, KEY=LOW:HIGH:log, KEY=A,B,C."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from graphcl.cli.assignments import parse_value

if TYPE_CHECKING:
    from graphcl.search.ranges import Range

FORM = "a range must read KEY=LOW:HIGH, KEY=LOW:HIGH:log or KEY=A,B, as lr=1e-4:1e-1:log"


def parse_ranges(texts: Iterable[str]) -> "dict[str, Range]":
    """Ranges from texts such as "lr=1e-4:1e-1:log" and "temperature=0.2,0.4,0.8", by hyper-parameter.

    Raises:
        ValueError: another form, a key that comes twice, or a range that is none.

    Example:
        >>> parse_ranges(["lr=1e-4:1e-1:log", "order=1:4"])["order"]
        Interval(low=1, high=4, log=False)
        >>> parse_ranges(["activation=relu,prelu", "edge_rates=[0.1,0.2],[0.3,0.3]"])["edge_rates"].values
        [[0.1, 0.2], [0.3, 0.3]]
    """
    ranges: dict[str, Range] = {}
    for text in texts:
        key, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not key or not values:
            raise ValueError(f"{FORM}; got {text!r}")
        if key in ranges:
            raise ValueError(f"the range of {key!r} comes twice; give it once")
        try:
            ranges[key] = _parse(values)
        except ValueError as error:
            raise ValueError(f"{FORM}; got {text!r}: {error}") from error
    return ranges


def _parse(text: str) -> "Range":
    from graphcl.search.ranges import Choices, Interval

    if ":" in text and "," not in text:
        low, high, *log = (part.strip() for part in text.split(":"))
        if log not in ([], ["log"]):
            raise ValueError(f"{':'.join(log)!r} is no scale; log is the only one")
        return Interval(parse_value(low), parse_value(high), log=bool(log))  # type: ignore[arg-type]  # it checks
    listed = parse_value(f"[{text}]")
    return Choices(listed if isinstance(listed, list) else [parse_value(part.strip()) for part in text.split(",")])
