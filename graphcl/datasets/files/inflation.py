"""Refusal of compressed files that grow out of proportion when they are unpacked."""

from pathlib import Path

CEILING = 1 << 30
"""Bytes (1 GiB) that a compressed file may unpack to, whatever its own size."""

RATIO = 100
"""Times its own size that a compressed file may unpack to; graphs and tables rarely exceed 30."""


def check_inflation(path: Path, packed: int, unpacked: int) -> None:
    """Refuse a compressed file that unpacks to more than 1 GiB and more than 100 times its own size.

    Args:
        path: The file, for the error message.
        packed: Its size in bytes.
        unpacked: Bytes that it unpacks to, as far as is known.

    Raises:
        ValueError: If it exceeds both.

    Example:
        >>> check_inflation(Path("a.npz"), packed=23_000_000, unpacked=5_000_000_000)
        Traceback (most recent call last):
            ...
        ValueError: a.npz: 0.02 GB unpack to 5.00 GB or more, over 100 times as much; store it plain or sparse
    """
    if unpacked > max(CEILING, RATIO * packed):
        sizes = f"{packed / 1e9:.2f} GB unpack to {unpacked / 1e9:.2f} GB or more, over {RATIO} times as much"
        raise ValueError(f"{path}: {sizes}; store it plain or sparse")
