"""Output files: checks before anything runs, and writing of arrays."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def check_output(out: Path, *inputs: str | Path) -> None:
    """Refuse to write to what is no file, or over what the command reads.

    Args:
        out: the file to write.
        inputs: files that are read, and names that are no files.

    Raises:
        OSError: a folder or a device.
        ValueError: one of the inputs.
    """
    from graphcl.ops.tensor_files import refuse_other_than_file

    refuse_other_than_file(out)
    if any(Path(given).is_file() and out.exists() and out.samefile(given) for given in inputs):
        raise ValueError(f"{out} is read by this command; name another file to write")


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

    from graphcl.ops.tensor_files import whole_file

    array = values.cpu().contiguous().numpy()
    with whole_file(out) as file:
        npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(array))
        file.write(array.data)  # np.save does not notice a disk that is full
