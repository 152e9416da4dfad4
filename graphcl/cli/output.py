"""Output files: checks before anything runs, and writing of arrays."""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


PAGE = b"<title>graphcl "
"""What is near the start of every page that graphcl writes."""

CARD = b"# Model card: "
"""What is at the start of every card that graphcl writes."""


def check_output(out: Path, *inputs: str | Path, keep: bool = False, remedy: str = "--overwrite") -> None:
    """Refuse to write to what is no file, over what the command reads, or over any file.

    Args:
        out: the file to write.
        inputs: files that are read, and names that are no files.
        keep: whether a file that exists is to stay.
        remedy: the option that lets it be replaced.

    Raises:
        FileExistsError: there is a file, and it is to stay.
        OSError: a folder or a device.
        ValueError: one of the inputs.
    """
    from graphcl.ops.files.tensor_files import refuse_other_than_file

    refuse_other_than_file(out)
    if any(Path(given).is_file() and out.exists() and out.samefile(given) for given in inputs):
        raise ValueError(f"{out} is read by this command; name another file to write")
    if keep and out.exists():
        raise FileExistsError(errno.EEXIST, f"is there already; give {remedy}, or name another file", str(out))


def check_page(out: Path, *inputs: Path) -> None:
    """Refuse to write a page over anything but an earlier page of graphcl, which can be made again.

    Args:
        out: the page to write.
        inputs: files that are read.

    Raises:
        FileExistsError: another file is there.
        OSError, ValueError: as for `check_output`.
    """
    _check_made(out, inputs, PAGE, "page")


def check_card(out: Path, *inputs: str | Path) -> None:
    """Refuse to write a model's card over anything but an earlier card.

    Args:
        out: the card to write.
        inputs: files that are read, and names that are no files.

    Raises:
        FileExistsError: another file is there.
        OSError, ValueError: as for `check_output`.
    """
    _check_made(out, inputs, CARD, "model card")


def _check_made(out: Path, inputs: Sequence[str | Path], mark: bytes, what: str) -> None:
    check_output(out, *inputs)
    if out.exists():
        with out.open("rb") as file:
            if mark not in file.read(4096):
                reason = f"is there already and is no {what} of graphcl; name another file"
                raise FileExistsError(errno.EEXIST, reason, str(out))


def files_in(data: Sequence[str] | None) -> list[str]:
    """What the settings of a dataset name, some of which are files that are read.

    Example:
        >>> files_in(["features=x.csv", "nodes=9"])
        ['x.csv', '9']
    """
    return [text.partition("=")[2].strip() for text in data or ()]


def write_array(values: "Tensor", out: Path) -> None:
    """Write a NumPy file, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    from numpy.lib import format as npy

    from graphcl.ops.files.tensor_files import whole_file

    array = values.cpu().contiguous().numpy()
    with whole_file(out) as file:
        npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(array))
        file.write(array.data)  # np.save does not notice a disk that is full
