"""Text files in UTF-8."""

from pathlib import Path


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with plain line ends and without the mark that some editors put before it.

    Raises:
        OSError: no such file, or one that cannot be read.
        ValueError: another encoding.
    """
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        wrong = f"byte {content[error.start]:#04x} at position {error.start}"
        raise ValueError(f"{path} is no text in UTF-8: {wrong}; save it as UTF-8") from None
