"""What somebody may have meant by a name that is not known."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint to put behind an unknown name, or nothing where no known name is close; case does not matter.

    Example:
        >>> did_you_mean("tua", ["tau", "order"]), did_you_mean("Scgc", ["scgc", "k-means"])
        (' (did you mean tau?)', ' (did you mean scgc?)')
        >>> did_you_mean("momentum", ["tau", "order"])
        ''
    """
    close = difflib.get_close_matches(name.lower(), known)
    return f" (did you mean {' or '.join(close)}?)" if close else ""
