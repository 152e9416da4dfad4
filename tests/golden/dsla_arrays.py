"""Reading the golden arrays of D-SLA: tensors, and weights under a prefix."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

EXACT = {"rtol": 0, "atol": 1e-9}

OPENED: "list[tuple[str, Arrays]]" = []
"""Every file that was read, for the test that none of its arrays is left out."""


class Arrays(dict):
    """The arrays of a file, which knows which of them were asked for."""

    def __init__(self, arrays) -> None:
        super().__init__(arrays)
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> np.ndarray:
        self.used.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default=None):
        return self[name] if name in self else default  # noqa: SIM401


def read(folder: Path, name: str) -> Arrays:
    arrays = Arrays(np.load(folder / f"{name}.npz"))
    OPENED.append((name, arrays))
    return arrays


def tensor(arrays: Arrays, name: str) -> Tensor:
    return torch.from_numpy(np.asarray(arrays[name]))


def part(arrays: Arrays, prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor(arrays, name) for name in arrays if name.startswith(prefix)}


def load_weights(module: nn.Module, state: dict[str, Tensor]) -> None:
    """Load weights that may lack the counters of BatchNorm, and nothing else."""
    missing, unexpected = module.load_state_dict(state, strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing), missing
