"""Checks of names on the command line, before torch is imported, which takes seconds."""

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
