"""Cache of pre-trainings on disk: a stage that several methods share is run once.

A file is found by what the result depends on: the initial state of the shared module (which already says the
architecture), the stage, its optimisers, the seed, the precision and the data. So a hit changes nothing but the
time.
"""

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.feature_source import is_feature_source
from graphcl.graph_collection import GraphCollection
from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.training.stage_run import StageRun
from graphcl.training.states import check_rows, state_problem

BLOCK_ROWS = 65_536
"""Rows of a feature source that are read at a time for its digest."""


def fingerprint(data: Data | GraphCollection) -> str:
    """Digest of all tensors and feature sources of the data, which identifies those of a cached result."""
    digest = hashlib.sha256()
    for name, value in sorted(data.to_dict().items()):
        if isinstance(value, Tensor) or is_feature_source(value):
            digest.update(repr((name, tuple(value.shape), value.dtype)).encode())
            for part in _dense_parts(value):
                digest.update(part.detach().cpu().contiguous().numpy().data)
    return digest.hexdigest()


def _dense_parts(value: Any) -> Iterator[Tensor]:
    """The values of a tensor, the parts of a CSR one, or both for blocks of rows of a feature source."""
    if is_feature_source(value):
        for nodes in torch.arange(value.size(0)).split(BLOCK_ROWS):
            yield from _dense_parts(value.gather(nodes))
    elif value.layout == torch.sparse_csr:
        yield from (value.crow_indices(), value.col_indices(), value.values())
    else:
        yield value


@dataclass(frozen=True)
class StageCache:
    """Cache of the states of shared modules after their stages, in a folder.

    Args:
        folder: made when first written to.
        data: the `fingerprint` of what is trained on.
    """

    folder: Path
    data: str

    def path(self, run: StageRun) -> Path:
        """Where the result of a stage lies that starts from the method as it stands."""
        stage, runtime = run.stage, run.runtime
        digest = hashlib.sha256(self.data.encode())
        sampling: tuple[Any, ...] = (stage.batch_size, tuple(stage.fanouts), stage.induced)
        sampling += ("with replacement",) if stage.replace else ()
        parts = () if stage.batches == "neighbours" else (stage.batches,)
        settings = (stage.name, stage.epochs, *sampling, stage.clip, *parts)
        optimizers = [(type(o).__name__, [_plain(group) for group in o.param_groups]) for o in run.optimizers]
        schedules = [(type(s).__name__, repr(sorted(s.state_dict().items()))) for s in run.schedules]
        digest.update(repr((settings, optimizers, schedules)).encode())
        digest.update(repr((runtime.seed, runtime.precision, runtime.device.type)).encode())
        for name, value in shared_module(run).state_dict().items():
            digest.update(repr((name, tuple(value.shape))).encode())
            digest.update(value.detach().cpu().contiguous().numpy().data)
        return self.folder / f"{stage.name}-{digest.hexdigest()[:32]}.pt"

    def load(self, path: Path, module: nn.Module) -> dict[str, Any] | None:
        """Put the kept parameters and buffers into the module and return what was noted; None where none are kept.

        A broken file counts as none, with a warning: the stage is trained again, and its result takes its place.
        """
        if not path.exists():
            return None
        try:
            kept = read_tensors(path)
            notes = _sound_notes(kept, module, path)
        except ValueError as error:
            warnings.warn(f"{error}; the stage is trained again", stacklevel=2)
            return None
        module.load_state_dict(kept["state"])
        return notes

    def store(self, path: Path, module: nn.Module, notes: dict[str, Any]) -> None:
        """Keep parameters, buffers and a dict of plain values, whole or, with a warning, not at all."""
        state = {name: value.detach().cpu() for name, value in module.state_dict().items()}
        try:
            write_tensors(path, {"state": state, "notes": notes})
        except OSError as error:  # the training itself has lost nothing
            warnings.warn(f"{path}: {error.strerror}; the stage is not kept", stacklevel=2)


def _sound_notes(kept: dict[str, Any], module: nn.Module, path: Path) -> dict[str, Any]:
    """What was noted, if all that was kept can be used."""
    problem = state_problem(kept.get("state"), module.state_dict())
    notes = kept.get("notes")
    if not problem and not (isinstance(notes, dict) and {"history", "cost"} <= set(notes)):
        problem = "it has no history"
    if problem or not isinstance(notes, dict):
        raise ValueError(f"{path} is no cached stage that fits: {problem}")
    check_rows(notes["history"])
    return notes


def shared_module(run: StageRun) -> nn.Module:
    """The part of the method that a stage shares.

    Raises:
        ValueError: a stage that shares nothing.
    """
    if run.stage.shared is None:
        raise ValueError(f"stage {run.stage.name!r} shares nothing; set Stage.shared")
    return run.stage.shared(run.method)


def _plain(group: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sorted(group.items()) if key != "params"}
