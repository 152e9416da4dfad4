"""Hyper-parameters of a method: values in a recipe, and descriptions from the docstrings."""

from dataclasses import MISSING, fields
from typing import Any, NamedTuple

from graphcl.recipes import check_recipe, read_recipe
from graphcl.training import GraphEstimator
from graphcl.training.estimators.docstrings import parameters_in


class Setting(NamedTuple):
    """A hyper-parameter.

    Attributes:
        name: as `--set NAME=VALUE` takes it.
        value: in the recipe; None may be a value too.
        needed: whether it has none, and the data or the user must give it.
        meaning: what it does.
    """

    name: str
    value: Any
    needed: bool
    meaning: str


def settings_of(method: type[GraphEstimator], recipe: str = "default") -> list[Setting]:
    """Every hyper-parameter of a method.

    Args:
        method: its class.
        recipe: the dataset whose settings to take.

    Raises:
        ValueError: the method has no recipe of this name.

    Example:
        >>> from graphcl import GCooL
        >>> [row[:2] for row in settings_of(GCooL) if row.name in ("temperature", "stride")]
        [('temperature', 0.4), ('stride', 500)]
    """
    check_recipe(recipe, [method.name])
    values, meanings = read_recipe(method.name, recipe), documented(method)
    settings = []
    for field in fields(method):
        needed = field.default is MISSING and field.name not in values
        value = None if needed else values.get(field.name, field.default)
        settings.append(Setting(field.name, value, needed, meanings.get(field.name, "")))
    return settings


def documented(method: type) -> dict[str, str]:
    """What the docstring of a class says of each hyper-parameter, inherited ones included, on one line.

    Example:
        >>> from graphcl import GCooL
        >>> documented(GCooL)["lr"]
        'learning rate of Adam.'
    """
    return {
        name: " ".join(entry.partition(": ")[2].split()) for name, entry in parameters_in(method.__doc__).items()
    }
