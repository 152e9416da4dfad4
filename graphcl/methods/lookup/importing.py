"""A method's class by its path "module:Class", and the path by which another process finds it."""

from typing import Any

from graphcl.importing import import_named, path_of


def import_class(path: str) -> Any:
    """Import the class that a path "module:Class" names, see `import_named`.

    Raises:
        ValueError: as there, or no class.

    Example:
        >>> import_class("graphcl.methods.embedders.dgi:DGI").__name__
        'DGI'
        >>> import_class("graphcl.methods.embedders.dgi:DIG")
        Traceback (most recent call last):
            ...
        ValueError: graphcl.methods.embedders.dgi has no 'DIG'; name something that it defines
    """
    found = import_named(path)
    if not isinstance(found, type):
        raise ValueError(f"{path} is no class but {type(found).__name__}; name the class of a method")  # noqa: TRY004
    return found


def importable_path(cls: type) -> str:
    """The path by which another process imports a class.

    Raises:
        ValueError: no other process can: it is defined in a script or notebook that is run, or inside a function.

    Example:
        >>> from graphcl import DGI
        >>> importable_path(DGI)
        'graphcl.methods.embedders.dgi:DGI'
    """
    if cls.__module__ == "__main__" or "." in cls.__qualname__:
        where = "in the script that is run" if cls.__module__ == "__main__" else "inside another definition"
        raise ValueError(
            f"{cls.__qualname__} is defined {where}, where the process of a run cannot import it; move it to the "
            "top level of a module of its own, such as my_method.py"
        )
    return path_of(cls)
