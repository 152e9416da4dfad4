"""Checks of the fields of a record that was read from a file."""

from collections.abc import Callable, Mapping
from typing import Any

LARGEST = 1.7e308
"""Of a number in a record: what is larger is no finite float."""

ROUNDING = 1e-6
"""By how much a score may lie outside of its range."""

SHARE = (0.0, 1.0)
RANGES = {
    **dict.fromkeys(("acc", "nmi", "f1", "accuracy", "micro_f1", "macro_f1", "conductance"), SHARE),
    **dict.fromkeys(("ari", "modularity"), (-1.0, 1.0)),
}
"""Of known scores, by the last part of their names; others may be any finite number."""


def check_fields(content: Mapping[str, Any]) -> None:
    """Refuse a record with a field of another type or a number out of range; the message names the field.

    Args:
        content: a record as JSON gives it, with all its fields; null stands for an undefined score.

    Raises:
        ValueError: names the field, what it must be and what it is.

    Example:
        >>> check_fields({"metrics": {"probe/accuracy": 1.5}})
        Traceback (most recent call last):
            ...
        ValueError: metrics/probe/accuracy must be null or a number in [0, 1]; got 1.5
    """
    for name, check in _CHECKS.items():
        if name in content:
            check(name, content[name])


def _refuse(field: str, wanted: str, got: object) -> None:
    shown = repr(got)
    raise ValueError(f"{field} must be {wanted}; got {shown if len(shown) <= 60 else shown[:57] + '...'}")


def _text(field: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        _refuse(field, "a text", value)


def _count(field: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        _refuse(field, "a whole number of 0 or more", value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _finite(field: str, value: object) -> None:
    if not _is_number(value):
        _refuse(field, "a finite number", value)


def _score(field: str, value: Any) -> None:
    if value is None:
        return
    low, high = RANGES.get(field.rpartition("/")[2], (-LARGEST, LARGEST))
    if not _is_number(value) or not low - ROUNDING <= value <= high + ROUNDING:
        _refuse(
            field, "null or a " + (f"number in [{low:g}, {high:g}]" if high < LARGEST else "finite number"), value
        )


def _flag(field: str, value: object) -> None:
    if not isinstance(value, bool):
        _refuse(field, "true or false", value)


def _object(field: str, value: object) -> None:
    if not isinstance(value, dict):
        _refuse(field, "an object", value)


def _every(check: Callable[[str, Any], None], *needed: str) -> Callable[[str, Any], None]:
    """A check of an object: each of its values passes another check, and some keys are there."""

    def check_object(field: str, value: Any) -> None:
        _object(field, value)
        if missing := [key for key in needed if key not in value]:
            _refuse(f"{field}/{missing[0]}", "there", value)
        for key, entry in value.items():
            check(f"{field}/{key}", entry)

    return check_object


def _stages(field: str, value: Any) -> None:
    if not isinstance(value, list):
        _refuse(field, "a list of stages", value)
    for index, stage in enumerate(value):
        _object(f"{field}[{index}]", stage)
        for name, check in _STAGE.items():
            if name not in stage:
                _refuse(f"{field}[{index}]/{name}", "there", stage)
            check(f"{field}[{index}]/{name}", stage[name])


def _git(field: str, value: object) -> None:
    if value is not None:
        _object(field, value)


_STAGE = {
    "name": _text,
    "epochs": _count,
    "cpu_seconds": _finite,
    "wall_seconds": _finite,
    "peak_mb": _finite,
    "cached": _flag,
}
_CHECKS: dict[str, Callable[[str, Any], None]] = {
    **dict.fromkeys(("key", "method", "dataset", "checksum", "protocol", "device", "precision", "time"), _text),
    **dict.fromkeys(("revision", "seed"), _count),
    **dict.fromkeys(("data", "params"), _object),
    **dict.fromkeys(("files", "versions"), _every(_text)),
    "metrics": _every(_score),
    "stages": _stages,
    "seconds": _every(_finite, "cpu", "wall"),
    "memory": _every(_finite, "growth_mb"),
    "git": _git,
}
