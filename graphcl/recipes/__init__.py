"""Published hyper-parameters, as data: one TOML file per method, one table per data set."""

import tomllib
from importlib.resources import files
from typing import Any

SETTINGS_ONLY = ("published", "source", "note")
"""Keys of a recipe that are not hyper-parameters: results, where the numbers come from, a remark."""


def read_recipe(method: str, dataset: str) -> dict[str, Any]:
    """The hyper-parameters of a method for a data set: the default table, overlaid with the data set's own.

    Args:
        method: the method's command-line name; its file must exist.
        dataset: a data set's name; one without a table of its own gets the default.

    Example:
        >>> read_recipe("scgc-star", "default")["tau"], read_recipe("scgc-star", "cite")["lr"]
        (0.25, 0.0001)
    """
    tables = read_recipe_file(method)
    recipe = {**tables["default"], **tables.get(dataset, {})}
    return {key: value for key, value in recipe.items() if key not in SETTINGS_ONLY}


def read_recipe_file(method: str) -> dict[str, Any]:
    """All tables of a method's recipe file, as written."""
    return tomllib.loads((files("graphcl.recipes") / f"{method}.toml").read_text(encoding="utf-8"))
