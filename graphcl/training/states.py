"""Checks of states of modules and optimisers, and of histories, that come from a file, before they are used."""

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.optim import Optimizer


def state_problem(state: Any, expected: Mapping[str, Any]) -> str:
    """Why a state cannot be that of a module: in a few words, or an empty string where it can.

    Args:
        state: what a file holds in place of a module's `state_dict`.
        expected: the `state_dict` of the module; its tensors may be on the meta device. An extra state, which
            the module itself has to judge, may have any shape.

    Example:
        >>> import torch
        >>> layer = torch.nn.Linear(2, 1).state_dict()
        >>> state_problem(layer, layer)
        ''
        >>> state_problem({"weight": torch.ones(2)}, layer)
        'it lacks bias'
        >>> state_problem({**layer, "bias": torch.tensor([torch.nan])}, layer)
        'bias is NaN or infinite'
    """
    if not isinstance(state, Mapping):
        return "it has no weights"
    if missing := [name for name in expected if name not in state]:
        return f"it lacks {missing[0]}"
    if strange := [name for name in state if name not in expected]:
        return f"it has {strange[0]} besides"
    for name, value in state.items():
        if name.endswith("_extra_state"):
            if isinstance(value, Tensor) and not tensor_is_sound(value):
                return f"{name} is NaN or infinite"
        elif problem := _tensor_problem(value, expected[name]):
            return f"{name} {problem}"
    return ""


def check_optimizer(state: Any, optimizer: Optimizer) -> None:
    """Refuse a state that is not one of this optimiser: torch checks no shapes and no numbers when it loads one.

    Raises:
        ValueError: the message says what is wrong.
    """
    groups = optimizer.state_dict()["param_groups"]
    kept = state["param_groups"]
    if [set(group) for group in kept] != [set(group) for group in groups]:
        raise ValueError("its optimiser has other settings")
    for old, new in zip(kept, groups, strict=True):
        for name, value in new.items():
            same = type(old[name]) is type(value) and (not isinstance(value, float) or math.isfinite(old[name]))
            if not same or (name == "params" and old[name] != value):
                raise ValueError(f"its optimiser has {name}={old[name]!r}")
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for number, moments in state["state"].items():
        for name, value in moments.items():
            fits = isinstance(value, Tensor) and value.shape in (parameters[number].shape, ())
            if not fits or not tensor_is_sound(value):
                raise ValueError(f"its optimiser's {name} is NaN, infinite or of another shape")


def check_rows(rows: Any, stage: str | None = None) -> None:
    """Refuse what is no history: a list of dicts with a stage, an epoch and finite losses.

    Args:
        rows: to check.
        stage: whose epochs they must be, from the first one on; None for those of any stages.

    Raises:
        ValueError: the message says which row is wrong.

    Example:
        >>> check_rows([{"stage": "a", "epoch": 2, "loss": 0.5}], "a")
        Traceback (most recent call last):
            ...
        ValueError: row 1 of its history is {'stage': 'a', 'epoch': 2, 'loss': 0.5}
    """
    for number, row in enumerate(rows, start=1):
        sound = isinstance(row, dict) and isinstance(row.get("stage"), str) and type(row.get("epoch")) is int
        sound = sound and isinstance(row.get("loss"), float) and math.isfinite(row["loss"])
        if not sound or (stage is not None and (row["stage"], row["epoch"]) != (stage, number)):
            raise ValueError(f"row {number} of its history is {row!r}")


def tensor_is_sound(value: Tensor) -> bool:
    """Whether a dense tensor is finite, and has memory for all its entries: a file may stretch one over millions.

    Example:
        >>> import torch
        >>> tensor_is_sound(torch.ones(3)), tensor_is_sound(torch.ones(1).expand(10**9, 10**9))
        (True, False)
    """
    if value.numel() * value.element_size() > value.untyped_storage().nbytes():
        return False
    return bool(value.isfinite().all())


def _tensor_problem(value: Any, expected: Tensor) -> str:
    if not isinstance(value, Tensor):
        return f"is no tensor but {type(value).__name__}"
    if value.shape != expected.shape or value.is_floating_point() != expected.is_floating_point():
        return f"is {_described(value)}, where {_described(expected)} is needed"
    return "" if tensor_is_sound(value) else "is NaN or infinite"


def _described(value: Tensor) -> str:
    return f"{str(value.dtype).removeprefix('torch.')} of {list(value.shape)}"
