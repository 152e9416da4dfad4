"""Results of shared stages on disk: a pre-training that several methods start from is run once.

A file is found by what the result depends on: the initial values of the stage's parameters (which already say
the architecture), the stage, the seed, the precision and the data. So a hit changes nothing but the time.
"""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.graph_collection import GraphCollection
from graphcl.ops.runtime import Runtime
from graphcl.ops.tensor_files import read_tensors, write_tensors
from graphcl.training.method import Stage


def fingerprint(data: Data | GraphCollection) -> str:
    """A digest of everything in the data that is a tensor, so that other data never finds this result."""
    digest = hashlib.sha256()
    for name, value in sorted(data.to_dict().items()):
        if isinstance(value, Tensor):
            digest.update(repr((name, tuple(value.shape), value.dtype)).encode())
            parts = [value]
            if value.layout == torch.sparse_csr:
                parts = [value.crow_indices(), value.col_indices(), value.values()]
            for part in parts:
                digest.update(part.detach().cpu().contiguous().numpy().data)
    return digest.hexdigest()


@dataclass(frozen=True)
class StageCache:
    """Keeps the parameters after shared stages in a folder.

    Args:
        folder: made when first written to.
        data: the `fingerprint` of what is trained on.
    """

    folder: Path
    data: str

    def path(self, stage: Stage, start: Sequence[nn.Parameter], runtime: Runtime) -> Path:
        """Where the result of a stage lies that starts from these values."""
        digest = hashlib.sha256(self.data.encode())
        settings = (stage.name, stage.epochs, stage.lr, stage.weight_decay, stage.batch_size)
        digest.update(repr((settings, runtime.seed, runtime.precision, runtime.device.type)).encode())
        for parameter in start:
            digest.update(repr(tuple(parameter.shape)).encode())
            digest.update(parameter.detach().cpu().numpy().data)
        return self.folder / f"{stage.name}-{digest.hexdigest()[:32]}.pt"

    def load(self, path: Path, parameters: Sequence[nn.Parameter]) -> dict[str, Any] | None:
        """Put the kept values into the parameters and return what was noted with them; None where none are.

        A broken file counts as none, with a warning: the stage is trained again, and its result takes its place.
        """
        if not path.exists():
            return None
        try:
            kept = read_tensors(path)
        except ValueError as error:
            warnings.warn(f"{error}; the stage is trained again", stacklevel=2)
            return None
        with torch.no_grad():
            for parameter, value in zip(parameters, kept["parameters"], strict=True):
                parameter.copy_(value)
        notes: dict[str, Any] = kept["notes"]
        return notes

    def store(self, path: Path, parameters: Sequence[nn.Parameter], notes: dict[str, Any]) -> None:
        """Keep the parameters and a dict of plain values, whole or, with a warning, not at all."""
        values = [parameter.detach().cpu() for parameter in parameters]
        try:
            write_tensors(path, {"parameters": values, "notes": notes})
        except OSError as error:  # the training itself has lost nothing
            warnings.warn(f"{path}: {error.strerror}; the stage is not kept", stacklevel=2)
