"""File format of fitted estimators: what `save` writes, checked when it is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from graphcl.ops.files.safetensors_files import (
    is_safetensors,
    read_safetensors,
    require_safetensors,
    write_safetensors,
)
from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.training.estimators.about import About
from graphcl.training.estimators.left_out import split_rows
from graphcl.training.estimators.model_card import check_facts, write_card
from graphcl.training.estimators.objects import is_description

if TYPE_CHECKING:
    from graphcl.training.estimators.estimator import GraphEstimator

FORMAT = 2
"""Raised whenever an older reader could not make sense of a new file."""

_KEYS = {1: {"format", "method", "params", "fitted", "state"}}
_KEYS[2] = _KEYS[1] | {"left_out", "card"}
"""What a file of each format has."""

_DICTS = ("params", "fitted")


def saved_content(
    estimator: "GraphEstimator", *, rows: bool = False, half: bool = False, about: About | None = None
) -> dict[str, Any]:
    """What a file holds of a fitted estimator.

    Args:
        estimator: fitted, or loaded.
        rows: whether to write what is as long as the data too.
        half: whether to round weights to float16.
        about: facts for its card, over those that it has.

    Raises:
        ValueError: `rows` of an estimator that was loaded without them, or a weight beyond float16.
    """
    fitted = {key: value for key, value in vars(estimator).items() if key.endswith("_")}
    module, params = fitted.pop("module_", None), fitted.pop("params_")
    fitted.pop("left_out_", None)
    card = {**fitted.pop("card_", {}), **(about.facts() if about else {})}
    kept, gone = split_rows(estimator, fitted, rows=rows)
    state = None if module is None else {k: v.cpu() for k, v in module.state_dict().items()}
    return {
        "method": estimator.name,
        "params": params,
        "fitted": kept,
        "left_out": gone,
        "state": in_half(state) if half and state else state,
        "card": card,
    }


def in_half(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state whose weights are rounded to float16; a module that loads it has them in its own type again.

    Raises:
        ValueError: a weight is larger than float16 can hold.

    Example:
        >>> in_half({"weight": torch.tensor([0.1]), "steps": torch.tensor(3)})
        {'weight': tensor([0.1000], dtype=torch.float16), 'steps': tensor(3)}
    """
    rounded = dict(state)
    for name, value in state.items():
        if isinstance(value, torch.Tensor) and value.is_floating_point() and not name.endswith("_extra_state"):
            rounded[name] = value.half()
            if not rounded[name].isfinite().all():
                raise ValueError(f"{name} has weights beyond 65,504, the largest of float16; save with half=False")
    return rounded


def check_saveable(path: Path) -> None:
    """Refuse, before a training, a file that could not be written after it.

    Raises:
        ModuleNotFoundError: a file of safetensors, and the package is not installed.
    """
    if is_safetensors(path):
        require_safetensors()


def write_saved(path: Path, content: dict[str, Any]) -> None:
    """Write a fitted estimator, in the format of safetensors if the suffix says so, and its card beside it.

    Args:
        path: of the file.
        content: its method, params, fitted attributes, the state of its module and the facts of its card.

    Raises:
        OSError: as for `whole_file`.
        ModuleNotFoundError: a file of safetensors, and the package is not installed.
        TypeError: a value that safetensors cannot hold.
    """
    write = write_safetensors if is_safetensors(path) else write_tensors
    write(path, {"format": FORMAT, **content})
    write_card(path, content)


def read_saved(path: Path) -> dict[str, Any]:
    """Read what `write_saved` wrote.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a broken file, one of another kind, or one of another format.
    """
    content = (read_safetensors if is_safetensors(path) else read_tensors)(path)
    if {"identity", "state"} <= set(content):
        raise ValueError(f"{path} holds an interrupted training; end it with graphcl train --resume")
    if not {"format", "method"} <= set(content):
        raise ValueError(f"{path} holds no model; give a file that graphcl train or save() wrote")
    if type(content["format"]) is not int or content["format"] not in _KEYS:
        raise ValueError(f"{path} has format {content['format']}, this graphcl reads up to {FORMAT}; upgrade it")
    named = all(
        isinstance(content.get(key), dict) and all(isinstance(k, str) for k in content[key]) for key in _DICTS
    )
    if set(content) != _KEYS[content["format"]] or not isinstance(content["method"], str) or not named:
        raise ValueError(f"{path} holds no model that graphcl could have written; train it again")
    whole = {"left_out": [], "card": {}, **content}
    try:
        check_facts(whole["card"])
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} holds no model that graphcl could have written ({error}); train it again"
        ) from error
    return whole


def restored_params(path: Path, params: dict[str, Any], objects: dict[str, Any]) -> dict[str, Any]:
    """The hyper-parameters of a saved model, with the objects that the file does not hold.

    Code that a file names is not imported: an object that was given as `module:Name` must be given again.

    Raises:
        ValueError: an object is missing, or one is given that the model was not trained with.

    Example:
        >>> restored_params(Path("model.pt"), {"encoder": "my_module:MyEncoder"}, {})  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: model.pt was trained with encoder=my_module:MyEncoder, whose code it does not hold; load it ...
    """
    needed = {name: value for name, value in params.items() if is_description(value) or _is_name(value)}
    if strange := sorted(set(objects) - set(needed)):
        raise ValueError(
            f"{path} takes no {', '.join(strange)} on loading; it was trained with plain values there"
        )
    for name, value in needed.items():
        if name not in objects:
            what = value["object"] if isinstance(value, dict) else value
            raise ValueError(
                f"{path} was trained with {name}={what}, whose code it does not hold; "
                f"load it with load(path, {name}=...)"
            )
    return {**params, **objects}


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and ":" in value
