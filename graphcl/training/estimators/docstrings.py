"""Docstrings of estimators: the parameters that a class inherits join those that it documents itself."""

import re
from inspect import cleandoc

ENTRY = re.compile(r"^    (\w+): .*(?:\n {8,}.*)*", re.MULTILINE)
"""A parameter and what is said of it, in the `Args:` of a Google docstring without its outer indentation."""

LATER = ("Attributes:", "Returns:", "Raises:", "Example:", "Reference:")
"""Sections that follow `Args:`."""


def parameters_in(docstring: str | None) -> dict[str, str]:
    r"""The entries of a docstring's `Args:`, by parameter.

    Example:
        >>> parameters_in("A loss.\n\n    Args:\n        lr: learning rate.\n            It is small.")
        {'lr': '    lr: learning rate.\n        It is small.'}
    """
    section = cleandoc(docstring or "").partition("Args:\n")[2].partition("\n\n")[0]
    return {match[1]: match[0] for match in ENTRY.finditer(section)}


def with_inherited_parameters(cls: type) -> str | None:
    """The docstring of a class with the parameters that only its bases document added to its `Args:`.

    Example:
        >>> class Base:
        ...     \"\"\"One.
        ...
        ...     Args:
        ...         seed: of all draws.
        ...     \"\"\"
        >>> class Child(Base):
        ...     \"\"\"Two.
        ...
        ...     Args:
        ...         lr: learning rate.
        ...     \"\"\"
        >>> print(with_inherited_parameters(Child))
        Two.
        <BLANKLINE>
        Args:
            lr: learning rate.
            seed: of all draws.
    """
    if not cls.__doc__:
        return cls.__doc__
    text, own = cleandoc(cls.__doc__), parameters_in(cls.__doc__)
    inherited: dict[str, str] = {}
    for base in cls.__mro__[1:]:
        for name, entry in parameters_in(base.__doc__).items():
            inherited.setdefault(name, entry)
    missing = [entry for name, entry in inherited.items() if name not in own]
    if not missing:
        return text
    if own:
        last = list(own.values())[-1]
        return text.replace(last, "\n".join([last, *missing]), 1)
    section = "Args:\n" + "\n".join(missing)
    for later in LATER:
        before, found, after = text.partition(f"\n{later}\n")
        if found:
            return f"{before}\n{section}\n{found}{after}"
    return f"{text}\n\n{section}"
