"""Check of a raw npz file before a PyG dataset class reads it."""

from collections.abc import Collection
from pathlib import Path

from graphcl.datasets.files.archive import read_arrays
from graphcl.datasets.files.csr import csr_keys, csr_shape


def check_raw_npz(path: Path, wanted: Collection[str]) -> None:
    """Check that the arrays that a PyG class reads are present, numeric and, if CSR, consistent.

    Other arrays are not checked, because nothing reads them: some originals hold names as Python objects, which
    stay pickled.

    Args:
        path: The file.
        wanted: Names of the arrays that the class reads.

    Raises:
        ValueError: If the file is damaged, or an array is missing, holds objects or text, or is inconsistent.

    Example:
        >>> import numpy as np, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.savez(f"{folder}/a.npz", labels=np.zeros(3))
        ...     check_raw_npz(Path(folder) / "a.npz", ["labels"])
    """
    arrays = read_arrays(path, wanted)
    if missing := sorted(set(wanted) - set(arrays)):
        raise ValueError(f"{path}: {', '.join(missing)} is missing; download the original again")
    for key, array in arrays.items():
        if array.dtype.kind not in "fiub":
            raise ValueError(
                f"{path}: {key} must hold real numbers; got {array.dtype}; download the original again"
            )
    for prefix in sorted(key.removesuffix("_indptr") for key in arrays if key.endswith("_indptr")):
        if set(csr_keys(prefix)) <= set(arrays):
            csr_shape(path, prefix, arrays)
