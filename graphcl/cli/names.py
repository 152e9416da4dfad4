"""Checks of names on the command line, before torch is imported, which takes seconds."""

from collections.abc import Collection
from pathlib import Path


def check_names(method: str | None = None, dataset: str | None = None, root: Path | None = None) -> None:
    """Refuse a mistyped name.

    Args:
        method: a name, or "module:Class", each alone or as "NAME@RECIPE".
        dataset: a name or a path.
        root: the folder of raw data.

    Raises:
        ValueError: a name that nothing has.
        FileNotFoundError: no such folder.
    """
    from graphcl.datasets.known_names import check_dataset_name
    from graphcl.methods.lookup.registry import check_method_name

    if method is not None:
        check_method_name(method.partition("@")[0])
    if dataset is not None:
        check_dataset_name(dataset, root)


def check_model(model: str, beside: Collection[str] = ()) -> bool:
    """Refuse what names neither a trained model nor a method, and tell which of them it names.

    Args:
        model: a file that `graphcl train` wrote, weights that come with graphcl, or a method.
        beside: further names that are taken in the place of a method's.

    Returns:
        Whether it is a trained model.

    Raises:
        ValueError: a name that nothing has.
        FileNotFoundError: no such file.
    """
    from graphcl.methods.lookup.named_weights import trained_model

    if trained_model(model) is not None:
        return True
    if Path(model).suffix in (".pt", ".safetensors"):
        raise FileNotFoundError(f"{model}: no such model; name a file that graphcl train wrote, or a method")
    check_names(None if model in beside else model)
    return False
