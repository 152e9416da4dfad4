"""Fitted estimators on disk: what `save` writes, told from any other file."""

from pathlib import Path
from typing import Any

from graphcl.ops.tensor_files import read_tensors, write_tensors

FORMAT = 1
"""Raised whenever an older reader could not make sense of a new file."""

_KEYS = {"format", "method", "params", "fitted", "state"}


def write_saved(path: Path, content: dict[str, Any]) -> None:
    """Write a fitted estimator: its method, params, fitted attributes and the state of its module.

    Raises:
        OSError: as for `whole_file`.
    """
    write_tensors(path, {"format": FORMAT, **content})


def read_saved(path: Path) -> dict[str, Any]:
    """Read what `write_saved` wrote.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a broken file, one of another kind, or one of another format.
    """
    content = read_tensors(path)
    if {"identity", "state"} <= set(content):
        raise ValueError(f"{path} holds an interrupted training; end it with graphcl train --resume")
    if not {"format", "method"} <= set(content):
        raise ValueError(f"{path} holds no model; give a file that graphcl train or save() wrote")
    if content["format"] != FORMAT:
        raise ValueError(f"{path} has format {content['format']}, this graphcl reads {FORMAT}; upgrade it")
    if set(content) != _KEYS or not isinstance(content["method"], str):
        raise ValueError(f"{path} holds no model that graphcl could have written; train it again")
    return content
