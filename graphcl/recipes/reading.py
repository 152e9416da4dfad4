"""Recipe files: the hyper-parameters of a method, for a data set or for any."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from graphcl.suggestion import did_you_mean

SETTINGS_ONLY = ("published", "source", "tuned_with_labels", "note")
"""Keys of a recipe that are not hyper-parameters: results, source of the settings, how they were tuned, a note."""

SEARCH = "search"
"""The table of a recipe file that holds ranges to search in place of settings for a data set."""


def read_recipe(method: str, dataset: str) -> dict[str, Any]:
    """The hyper-parameters of a method for a data set: the default table, overlaid with the data set's own.

    Args:
        method: the method's name; one without a recipe file has the defaults of its class.
        dataset: a data set's name; one without a table of its own gets the default.

    Example:
        >>> read_recipe("scgc-star", "default")["tau"], read_recipe("scgc-star", "cite")["lr"]
        (0.25, 0.0001)
    """
    tables = read_recipe_file(method)
    recipe = {**tables["default"], **tables.get(dataset, {})}
    return {key: value for key, value in recipe.items() if key not in SETTINGS_ONLY}


def tuned_with_labels(method: str, dataset: str) -> str | None:
    """Who tuned the settings for a data set with its labels; None where they were not tuned with labels.

    Args:
        method: the method's name; one without a recipe file has the defaults of its class.
        dataset: a data set's name.

    Example:
        >>> tuned_with_labels("scgc-star", "cite")
        "authors' README, github.com/gayanku/SCGC at 886ec27"
        >>> tuned_with_labels("scgc-star", "cora")
    """
    table = read_recipe_file(method).get(dataset, {})
    return table["source"] if table.get("tuned_with_labels") else None


def check_recipe(dataset: str, methods: Iterable[str]) -> None:
    """Refuse a data set without settings of its own: `read_recipe` would silently take the default ones.

    Args:
        dataset: its name.
        methods: their names; it is enough that one of them has settings for it.

    Raises:
        ValueError: none has.

    Example:
        >>> check_recipe("cite", ["k-means", "scgc"])
    """
    known = list(dict.fromkeys(table for method in methods for table in read_recipe_file(method)))
    if dataset not in known:
        hint = did_you_mean(dataset, known)
        raise ValueError(f"no method here has a recipe {dataset!r}{hint}; choose among {', '.join(known)}")


def read_recipe_file(method: str) -> dict[str, Any]:
    """The tables of settings in a method's recipe file; an empty default table for a method that has no file.

    Example:
        >>> read_recipe_file("my-method")
        {'default': {}}
    """
    return {name: table for name, table in _tables(method).items() if name != SEARCH}


def read_search_table(method: str) -> dict[str, Any]:
    """The table of ranges in a method's recipe file, by hyper-parameter; empty where it has none.

    A range is `{low = 1e-4, high = 1e-2, log = true}`, of integers where both ends are, or a list of choices.

    Example:
        >>> read_search_table("leiden")
        {'resolution': {'low': 0.25, 'high': 4.0, 'log': True}}
    """
    table: dict[str, Any] = _tables(method).get(SEARCH, {})
    return table


def _tables(method: str) -> dict[str, Any]:
    file = files("graphcl.recipes") / f"{method}.toml"
    if not file.is_file():
        return {"default": {}}
    return tomllib.loads(file.read_text(encoding="utf-8"))
