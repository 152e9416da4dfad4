"""Validation of hyper-parameters and callbacks."""

from dataclasses import fields
from functools import cache
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError


def check_parameters(estimator: Any) -> dict[str, Any]:
    """Validate the hyper-parameters (fields) of an estimator against their annotations, and return them.

    Raises:
        ValueError: a value of the wrong type or out of range.
    """
    checked = {}
    for name, adapter in _adapters(estimator.__class__).items():
        value = getattr(estimator, name)
        try:
            checked[name] = adapter.validate_python(value)
        except ValidationError as error:
            problems = error.errors()
            indices = _indices(problems[0])
            reasons = dict.fromkeys(_reason(problem) for problem in problems if _indices(problem) == indices)
            place = name + "".join(f"[{i}]" for i in indices)
            wanted = " or ".join(reasons)  # one for each type that a union allows
            raise ValueError(f"{type(estimator).__name__}: {place} must be {wanted}; got {value!r}") from None
    return checked


def check_callbacks(callbacks: Any) -> None:
    """Check that callbacks are a list of functions.

    Raises:
        TypeError: they are not.

    Example:
        >>> check_callbacks(print)
        Traceback (most recent call last):
        ...
        TypeError: callbacks must be a list of functions; got one builtin_function_or_method; put it into [ ]
    """
    if callable(callbacks):
        got = f"one {type(callbacks).__name__}; put it into [ ]"
        raise TypeError(f"callbacks must be a list of functions; got {got}")
    for callback in callbacks:
        if not callable(callback):
            raise TypeError(f"callbacks must be a list of functions; got {callback!r} among them")


def _indices(problem: Any) -> list[int]:
    """Indices of the invalid item in a nested list."""
    return [part for part in problem["loc"] if isinstance(part, int)]


def _reason(problem: Any) -> str:
    reason: str = problem["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    if problem["type"] == "sequence_str":
        return "a list"
    if problem["type"] == "missing":
        return "there"
    return reason.replace("an instance of Sequence", "a list")


@cache
def _adapters(cls: type) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    config = ConfigDict(arbitrary_types_allowed=True)  # objects, such as encoders
    return {field.name: TypeAdapter(hints[field.name], config=config) for field in fields(cls)}
