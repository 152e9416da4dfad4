"""A class by its path "module:Class", from any module that can be imported, or from the current folder."""

import sys
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Any


def import_class(path: str) -> Any:
    """Import what a path "module:Class" names.

    A module that is not found is looked for in the current folder too, as `python -m` does; the folder then stays
    on sys.path, for what the module itself imports later.

    Raises:
        ValueError: not such a path, a module that is not found or cannot be imported, or no such class in it.

    Example:
        >>> import_class("graphcl.methods.dgi:DGI").__name__
        'DGI'
        >>> import_class("graphcl.methods.dgi:DIG")
        Traceback (most recent call last):
            ...
        ValueError: graphcl.methods.dgi has no class 'DIG'; name one that it defines
    """
    module_name, _, name = path.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), name)):
        raise ValueError(f"the path of a class must read module:Class, as my_method:MyMethod; got {path!r}")
    if module_name == "__main__":
        raise ValueError(f"{path}: __main__ is another program here; move the class to a module of its own")
    try:
        module = import_module_here(module_name)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"{path}: {module_name} cannot be imported ({reason})") from error
    if not isinstance(getattr(module, name, None), type):
        raise ValueError(f"{module_name} has no class {name!r}; name one that it defines")  # noqa: TRY004
    return getattr(module, name)


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


def path_of(cls: type) -> str:
    """The path "module:Class" of a class.

    Example:
        >>> from graphcl import DGI
        >>> path_of(DGI)
        'graphcl.methods.dgi:DGI'
    """
    return f"{cls.__module__}:{cls.__qualname__}"


def importable_path(cls: type) -> str:
    """The path by which another process imports a class.

    Raises:
        ValueError: no other process can: it is defined in a script or notebook that is run, or inside a function.

    Example:
        >>> from graphcl import DGI
        >>> importable_path(DGI)
        'graphcl.methods.dgi:DGI'
    """
    if cls.__module__ == "__main__" or "." in cls.__qualname__:
        where = "in the script that is run" if cls.__module__ == "__main__" else "inside another definition"
        raise ValueError(
            f"{cls.__qualname__} is defined {where}, where the process of a run cannot import it; move it to the "
            "top level of a module of its own, such as my_method.py"
        )
    return path_of(cls)
