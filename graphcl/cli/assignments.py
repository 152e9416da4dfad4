"""Parsing of KEY=VALUE on the command line."""

import tomllib
from collections.abc import Iterable
from typing import Any

PYTHON = {"True": True, "False": False, "None": None, "none": None}
"""What has another spelling in Python than in TOML, or none there."""


def parse_assignments(texts: Iterable[str]) -> dict[str, Any]:
    """Settings from texts such as "lr=1e-3"; a value that is no number, true, false, none or list is a string.

    Raises:
        ValueError: a text without "=", or a key that comes twice.

    Example:
        >>> parse_assignments(["lr=1e-3", "order=2", "hidden_channels=[500, 500]", "device=cpu", "flag=true"])
        {'lr': 0.001, 'order': 2, 'hidden_channels': [500, 500], 'device': 'cpu', 'flag': True}
    """
    settings: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise ValueError(f"a setting must read KEY=VALUE, as n_init=3; got {text!r}")
        if key in settings:
            raise ValueError(f"the setting {key!r} comes twice; give it once")
        settings[key] = parse_value(value.strip())
    return settings


def parse_value(text: str) -> bool | int | float | str | list[Any] | None:
    """A TOML value, True, False or None as Python spells them, or the text itself.

    Example:
        >>> parse_value("3"), parse_value(".5"), parse_value("cpu"), parse_value("[1, 2]"), parse_value("None")
        (3, 0.5, 'cpu', [1, 2], None)
    """
    if text in PYTHON:
        return PYTHON[text]
    try:
        value = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        try:
            return float(text)  # .5 and 5. are no TOML
        except ValueError:
            return text
    if list(value) == ["value"] and isinstance(value["value"], bool | int | float | str | list):
        parsed: bool | int | float | str | list[Any] = value["value"]
        return parsed
    return text
