"""Errors in one line, and the error of a run that failed."""

import errno
import os
import re

EXPECTED = (ValueError, TypeError, OSError, FloatingPointError, ImportError)
"""What bad input, bad files, diverging trainings and missing packages raise; the messages are for users."""

REMEDIES: dict[type[OSError], str] = {
    FileNotFoundError: "name an existing file",
    IsADirectoryError: "name a file",
    NotADirectoryError: "name another place",
    PermissionError: "change its permissions or name another",
}
"""What to do about errors of the system, which say what and got."""


class RunError(ValueError):
    """A run that ended without a record."""


def is_expected(error: BaseException) -> bool:
    """Whether a user can do something about an error: bad input, a bad file, too little memory.

    Example:
        >>> is_expected(ValueError("n must be positive")), is_expected(MemoryError()), is_expected(KeyError("x"))
        (True, True, False)
    """
    return isinstance(error, EXPECTED) or _is_memory(error)


def one_line(error: BaseException) -> str:
    r"""The message of an error, with its kind where the message was not written for users.

    Example:
        >>> one_line(ValueError("n must be positive;\n  got 0"))
        'n must be positive; got 0'
        >>> one_line(FileNotFoundError(2, "No such file or directory", "a.npz"))
        'a.npz: No such file or directory; name an existing file'
        >>> one_line(MemoryError("Unable to allocate 7.28 PiB for an array"))
        'too little memory: 7.28 PiB more could not be had; take a smaller graph or smaller settings'
        >>> one_line(KeyError("x"))
        "KeyError: 'x'"
    """
    message = " ".join(str(error).split())
    if _is_memory(error):
        amount = re.search(r"allocate (\d[\d.]* \w+)", message)
        missing = f"{amount[1]} more could not be had" if amount else "it is used up"
        return f"too little memory: {missing}; take a smaller graph or smaller settings"
    if isinstance(error, OSError) and error.filename is not None:
        of_the_system = error.errno is not None and error.strerror == os.strerror(error.errno)
        remedy = REMEDIES.get(type(error)) if of_the_system else None
        return f"{error.filename}: {error.strerror}" + (f"; {remedy}" if remedy else "")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"{error.strerror}; free some and run the same command again"
    return message if isinstance(error, EXPECTED) and message else f"{type(error).__name__}: {message}"


def _is_memory(error: BaseException) -> bool:
    """NumPy raises a MemoryError; torch a RuntimeError, of a class of its own on a GPU alone."""
    of_torch = isinstance(error, RuntimeError) and re.search("can't allocate memory|out of memory", str(error))
    return isinstance(error, MemoryError) or bool(of_torch)
