"""Objects by their path "module:Name", from any module that can be imported, or from the current folder."""

import sys
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Any


def import_named(path: str) -> Any:
    """Import what a path "module:Name" names.

    A module that is not found is looked for in the current folder too, as `python -m` does; the folder then stays
    on sys.path, for what the module itself imports later.

    Raises:
        ValueError: not such a path, a module that is not found or cannot be imported, or no such name in it.

    Example:
        >>> import_named("json:loads")("[1, 2]")
        [1, 2]
        >>> import_named("json:lads")
        Traceback (most recent call last):
            ...
        ValueError: json has no 'lads'; name something that it defines
    """
    module_name, _, name = path.partition(":")
    if not is_path(path):
        raise ValueError(f"a path must read module:Name, as my_module:MyClass; got {path!r}")
    if module_name == "__main__":
        raise ValueError(f"{path}: __main__ is another program here; move {name} to a module of its own")
    try:
        module = import_module_here(module_name)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"{path}: {module_name} cannot be imported ({reason})") from error
    if not hasattr(module, name):
        raise ValueError(f"{module_name} has no {name!r}; name something that it defines")
    return getattr(module, name)


def is_path(text: str) -> bool:
    """Whether a text has the form of a path "module:Name".

    Example:
        >>> is_path("my_package.my_module:MyClass"), is_path("gcn")
        (True, False)
    """
    module, _, name = text.partition(":")
    return all(part.isidentifier() for part in (*module.split("."), name))


def path_of(named: Any) -> str:
    """The path "module:Name" of a class or function.

    Example:
        >>> from graphcl import DGI
        >>> path_of(DGI)
        'graphcl.methods.embedders.dgi:DGI'
    """
    return f"{named.__module__}:{named.__qualname__}"


def import_module_here(name: str) -> ModuleType:
    """Import a module; where it is not found, look in the current folder as well.

    Raises:
        ImportError: it is not found, or what it imports is not.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        folder = str(Path.cwd())
        own = error.name is not None and (name == error.name or name.startswith(f"{error.name}."))
        if not own or folder in sys.path:
            raise
    sys.path.insert(0, folder)
    invalidate_caches()
    try:
        return import_module(name)
    except ImportError:
        sys.path.remove(folder)
        raise
