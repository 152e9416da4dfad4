"""The recipe that a record's hyper-parameters match: the data set's own, the default one, or none."""

import json
from dataclasses import MISSING, fields
from typing import Any, Literal

from graphcl.methods import METHODS
from graphcl.recipes import read_recipe

Recipe = Literal["own", "default", "none"]


def recipe_of(method: str, dataset: str, params: dict[str, Any]) -> Recipe:
    """Whose settings the hyper-parameters are, as far as either recipe speaks of them.

    Where both recipes say the same, or the data set has none of its own, the answer is "own".

    Args:
        method: its name; one that is not registered here has no recipe to differ from, so the answer is "own".
        dataset: its name.
        params: as in a `Run`; one that is not there differs from nothing.

    Returns:
        "own" (what `from_recipe(dataset)` takes), "default" (what `from_recipe("default")` takes) or "none".

    Example:
        >>> recipe_of("scgc-star", "cite", {"lr": 1e-4, "order": 1})
        'own'
        >>> recipe_of("scgc-star", "cite", {"lr": 1e-3, "order": 2})
        'default'
        >>> recipe_of("scgc-star", "cite", {"lr": 1e-5, "order": 2})
        'none'
    """
    if not departures(method, dataset, params):
        return "own"
    general = _settings(method, "default", recipe_keys(method, dataset))
    return "none" if _differing(params, general) else "default"


def departures(method: str, dataset: str, params: dict[str, Any]) -> dict[str, Any]:
    """The hyper-parameters that a recipe speaks of and that differ from the data set's own settings.

    Example:
        >>> departures("scgc-star", "cite", {"lr": 1e-5, "order": 1, "epochs": 10})
        {'lr': 1e-05}
    """
    return _differing(params, _settings(method, dataset, recipe_keys(method, dataset)))


def keeps_own(method: str, dataset: str, params: dict[str, Any]) -> bool:
    """Whether some hyper-parameter is the data set's own, and not merely what the general recipe says anyway.

    Then what went into the choice of the data set's recipe went into these settings too, whatever else is changed.
    Where both recipes say the same throughout, the general one is the data set's own.

    Example:
        >>> keeps_own("scgc-star", "cite", {"lr": 1e-4, "order": 9})
        True
        >>> keeps_own("scgc-star", "cite", {"lr": 1e-3, "order": 9})
        False
    """
    keys = recipe_keys(method, dataset)
    own, general = _settings(method, dataset, keys), _settings(method, "default", keys)
    telling = _differing(own, general) or own
    return any(params.get(key) == value for key, value in telling.items())


def recipe_keys(method: str, dataset: str) -> set[str]:
    """The hyper-parameters that the data set's recipe or the general one speaks of; none for unknown methods.

    Example:
        >>> sorted(recipe_keys("scgc-star", "usps") - recipe_keys("scgc-star", "cora"))
        ['feature_scale']
    """
    if method not in METHODS:
        return set()
    return set(read_recipe(method, dataset)) | set(read_recipe(method, "default"))


def _settings(method: str, dataset: str, keys: set[str]) -> dict[str, Any]:
    """The values that `from_recipe(dataset)` gives to the keys, in the form in which a record holds them."""
    if not keys:
        return {}
    defaults = {field.name: field.default for field in fields(METHODS[method]) if field.default is not MISSING}
    settings = {**defaults, **read_recipe(method, dataset)}
    plain: dict[str, Any] = json.loads(json.dumps({key: settings[key] for key in keys}))
    return plain


def _differing(params: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if key in settings and value != settings[key]}
