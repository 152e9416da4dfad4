"""Weights that come with graphcl: found by name, and checked against their checksum before they are read."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from graphcl.suggestion import did_you_mean

FOLDER = Path(__file__).parents[2] / "weights"
"""Where the files are, in the package itself."""

TABLE = "weights.toml"


def weights_names() -> list[str]:
    """The names of the weights that come with graphcl, for `graphcl.load` and `graphcl embed`.

    Example:
        >>> "dsla-moses-50k" in weights_names()
        True
    """
    return list(weights_table(FOLDER))


def weights_table(folder: Path) -> dict[str, dict[str, Any]]:
    """The table of a folder of weights: sha256 and size in bytes of each file, and what it is in a line, by name.

    Args:
        folder: with the files and `weights.toml`.
    """
    return tomllib.loads((folder / TABLE).read_text(encoding="utf-8"))


def names_weights(path: str | Path) -> bool:
    """Whether a path can only be the name of weights: there is no such file, and it has no suffix and no folder.

    Example:
        >>> names_weights("dsla-moses-50k"), names_weights("model.pt"), names_weights("models/dsla")
        (True, False, False)
    """
    return re.fullmatch(r"\w[\w-]*", str(path)) is not None and not Path(path).exists()


def trained_model(name: str | Path) -> Path | None:
    """The file of a trained model: a path, or that of weights by their name; None for what names neither.

    Args:
        name: as it was given where a method may stand as well.

    Raises:
        ValueError, FileNotFoundError: as for `find_weights`, of weights that come with graphcl.

    Example:
        >>> trained_model("dsla-moses-50k").name, trained_model("dsla")
        ('dsla-moses-50k.safetensors', None)
    """
    path = Path(name)
    if path.is_file():
        return path
    return find_weights(str(name)) if str(name) in weights_names() else None


def find_weights(name: str, folder: Path | None = None) -> Path:
    """The file of weights by name, if it is the one that the table of the package means.

    Args:
        name: one of `weights_names`.
        folder: where the files and their table are; None for the package.

    Raises:
        ValueError: an unknown name, or a file with another sha256.
        FileNotFoundError: the file is not there.

    Example:
        >>> find_weights("dsla-moses")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: no weights are named 'dsla-moses' (did you mean dsla-moses-50k?); graphcl has ...
    """
    folder = FOLDER if folder is None else folder
    table = weights_table(folder)
    if name not in table:
        known = ", ".join(table) or "none"
        raise ValueError(
            f"no weights are named {name!r}{did_you_mean(name, table)}; graphcl has {known}; give one of these, "
            "or the path of a model, as model.pt"
        )
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}, which comes with graphcl; install graphcl again")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != table[name]["sha256"]:
        raise ValueError(
            f"{path} is not the file that comes with graphcl, its sha256 differs; install graphcl again"
        )
    return path
