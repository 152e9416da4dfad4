"""Validation of dataset parameters against the signature of the function that reads the dataset."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from graphcl.suggestion import did_you_mean

P = ParamSpec("P")
R = TypeVar("R")


def parameters_of(reader: Callable[..., Any]) -> dict[str, Any]:
    """Keyword-only parameters of a reader function, with their defaults.

    Example:
        >>> def reader(path, *, k=3, similarity="heat"): ...
        >>> parameters_of(reader)
        {'k': 3, 'similarity': 'heat'}
    """
    signature = inspect.signature(reader).parameters.values()
    return {p.name: p.default for p in signature if p.kind is p.KEYWORD_ONLY}


def check_dataset_parameters(reader: Callable[..., Any], given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Validate dataset parameters against the annotations of a reader's keyword-only parameters.

    Args:
        reader: The function that reads the dataset.
        given: The parameters that a user gave.
        name: The dataset's name, for messages.

    Returns:
        All parameters: the given value (NumPy scalars as Python numbers, integers as floats where a float is
        expected), or the default.

    Raises:
        ValueError: For an unknown parameter, a wrong type (bool and str are not accepted as numbers) or a value
            out of range.

    Example:
        >>> from graphcl.typing import Count
        >>> def reader(*, k: Count = 3): ...
        >>> check_dataset_parameters(reader, {"k": 0}, "digits")
        Traceback (most recent call last):
            ...
        ValueError: digits: k should be greater than or equal to 1; got 0 (parameters and defaults: k=3)
    """
    known = parameters_of(reader)
    allowed = ", ".join(f"{key}={default!r}" for key, default in known.items())
    choices = f"parameters and defaults: {allowed}" if known else "it takes no parameters"
    if unknown := [key for key in given if key not in known]:
        hint = did_you_mean(unknown[0], known)
        raise ValueError(f"{name}: unknown parameter {unknown[0]!r}{hint} ({choices})")
    types = get_type_hints(reader, include_extras=True)
    checked = dict(known)
    for key, value in given.items():
        try:
            checked[key] = TypeAdapter(types[key]).validate_python(value)
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Input ")
            raise ValueError(f"{name}: {key} {problem}; got {value!r} ({choices})") from None
    return checked


def checked(reader: Callable[P, R]) -> Callable[P, R]:
    """Decorator that validates the keyword-only parameters of a reader at every call.

    Example:
        >>> from graphcl.typing import Count
        >>> @checked
        ... def reader(*, k: Count = 3):
        ...     return k
        >>> reader(k="5")
        Traceback (most recent call last):
            ...
        ValueError: reader: k should be a valid integer; got '5' (parameters and defaults: k=3)
    """

    @wraps(reader)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        kwargs.update(check_dataset_parameters(reader, kwargs, reader.__name__))
        return reader(*args, **kwargs)

    return call
