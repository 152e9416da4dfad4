"""Reading the golden arrays of D-SLA: tensors, and weights under a prefix."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

EXACT = {"rtol": 0, "atol": 1e-9}

Arrays = dict[str, np.ndarray]


def read(folder: Path, name: str) -> Arrays:
    return dict(np.load(folder / f"{name}.npz"))


def tensor(arrays: Arrays, name: str) -> Tensor:
    return torch.from_numpy(np.asarray(arrays[name]))


def part(arrays: Arrays, prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor(arrays, name) for name in arrays if name.startswith(prefix)}


def load_weights(module: nn.Module, state: dict[str, Tensor]) -> None:
    """Load weights that may lack the counters of BatchNorm, and nothing else."""
    missing, unexpected = module.load_state_dict(state, strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing), missing
