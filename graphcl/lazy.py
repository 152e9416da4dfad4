"""Lazy imports: names of a package are imported when they are first accessed [PEP 562]."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, modules: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions `__getattr__` and `__dir__` of a package [PEP 562].

    Args:
        package: its dotted name.
        modules: the names that each of its modules defines, by the module's name below the package.

    Example:
        >>> getattr_, dir_ = lazy_names("graphcl", {"typing": ("Nodes", "Edges")})
        >>> dir_()
        ['Edges', 'Nodes']
        >>> getattr_("Rates")
        Traceback (most recent call last):
            ...
        AttributeError: module 'graphcl' has no attribute 'Rates'
    """
    home = {name: f"{package}.{module}" for module, names in modules.items() for name in names}

    def get(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(home[name]), name)

    return get, lambda: sorted(home)
