"""Suggestions of similar names for error messages about unknown ones."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Text "(did you mean ...?)" with known names similar to an unknown one, or an empty string; ignores case.

    Example:
        >>> did_you_mean("tua", ["tau", "order"]), did_you_mean("Scgc", ["scgc", "k-means"])
        (' (did you mean tau?)', ' (did you mean scgc?)')
        >>> did_you_mean("momentum", ["tau", "order"])
        ''
    """
    close = difflib.get_close_matches(name.lower(), known)
    return f" (did you mean {' or '.join(close)}?)" if close else ""
