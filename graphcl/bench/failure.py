"""Errors in one line, and what a run that failed raises."""

import os

EXPECTED = (ValueError, TypeError, OSError, FloatingPointError, ImportError)
"""What bad input, bad files, diverging trainings and missing packages raise; the messages are for users."""


class RunError(ValueError):
    """A run that ended without a record."""


def one_line(error: BaseException) -> str:
    r"""The message of an error, with its kind where the message was not written for users.

    Example:
        >>> one_line(ValueError("n must be positive;\n  got 0"))
        'n must be positive; got 0'
        >>> one_line(FileNotFoundError(2, "No such file", "a.npz"))
        'a.npz: No such file'
        >>> one_line(KeyError("x"))
        "KeyError: 'x'"
    """
    message = " ".join(str(error).split())
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return message if isinstance(error, EXPECTED) and message else f"{type(error).__name__}: {message}"


def debugging() -> bool:
    """Whether GRAPHCL_DEBUG asks for tracebacks."""
    return os.environ.get("GRAPHCL_DEBUG", "0") not in ("", "0")
