"""The package ogb, imported without the thread by which it asks the network for a newer version of itself."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

REMEDY = "pip install 'graphcl[ogb]'"

_ABSENT = object()


def import_ogb(module: str) -> Any:
    """Import a module of the package ogb without the thread that asks the network for a newer version.

    ogb starts that thread only where it finds the package outdated, which is hidden from it here.

    Args:
        module: its name, as "ogb.nodeproppred".

    Raises:
        ModuleNotFoundError: ogb is not installed.

    Example:
        >>> import_ogb("ogb.version").check_outdated
    """
    with _without_outdated():
        try:
            return import_module(module)
        except ModuleNotFoundError as error:
            if error.name != "ogb":
                raise
            raise ModuleNotFoundError(f"this needs the package ogb; {REMEDY}", name="ogb") from None


@contextmanager
def _without_outdated() -> Iterator[None]:
    """`import outdated` fails inside, as if it were not installed."""
    before: Any = sys.modules.get("outdated", _ABSENT)
    sys.modules["outdated"] = None  # type: ignore[assignment]  # what makes an import fail
    try:
        yield
    finally:
        if before is _ABSENT:
            del sys.modules["outdated"]
        else:
            sys.modules["outdated"] = before
