"""The arrays of one golden file, which remember what has been compared with them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


class Arrays(dict[str, Tensor]):
    """Tensors by the names of the file's README; `compared` holds the names that `near` was asked for."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__(tensors)
        self.compared: set[str] = set()

    def near(self, actual: Tensor, name: str) -> None:
        """Compare with an array, to the tolerance that the README suggests."""
        self.compared.add(name)
        kinds = [(tensor.dtype, tensor.shape) for tensor in (actual, self[name])]
        assert kinds[0] == kinds[1], f"{name}: {kinds[0]} is not {kinds[1]}"
        np.testing.assert_allclose(actual.detach(), self[name], rtol=1e-9, atol=1e-11, err_msg=name)


def read(folder: Path) -> list[Arrays]:
    """One for each file of the folder, of which there must be some."""
    files = sorted(folder.glob("*.npz"))
    assert files, f"{folder} holds no npz file"
    return [Arrays({key: torch.from_numpy(value) for key, value in np.load(file).items()}) for file in files]
