"""Checkpoints: the state of a running training, written to disk atomically at intervals, to resume from."""

import glob
import reprlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.ops.machine.distributed import rank
from graphcl.ops.machine.rank_zero import largest_of_ranks, wait_for_all

FORMAT = 2
"""Of states on disk; raised whenever an older reader could not make sense of a new one."""


class Interrupted(KeyboardInterrupt):
    """The training was asked to stop, and its state is in the checkpoint."""


@dataclass
class Checkpoint:
    """Checkpoint file of a training, from which it resumes after an interruption.

    On the CPU, with the same number of threads and processes, the resumed training ends with the same bits as one
    that was never stopped, also within an epoch. Of several processes rank 0 reads and writes the file, and all
    stop after the same step if one of them is asked to; another number of processes may go on with it, over the
    same seeds in the same order.

    Args:
        path: of the file.
        every: seconds between two writings, at least 0.

    Attributes:
        identity: what the state belongs to, as plain values: method, hyper-parameters, data; `fit` sets it. A
            state that belongs to something else is refused.
        stop: set it to have the training write its state after the current step and raise `Interrupted`.
        active: whether steps are being taken, so that setting `stop` has an effect; the training sets it.
    """

    path: Path
    every: float = 60.0
    identity: dict[str, Any] = field(default_factory=dict)
    stop: bool = False
    active: bool = False
    _last: float = field(default_factory=time.monotonic)

    def load(self) -> dict[str, Any] | None:
        """The state on disk, or None where there is none.

        Raises:
            ValueError: the file is broken or of another kind, or its state belongs to another training.
        """
        if not self.path.exists():
            return None
        anew = "or remove the file to start anew"
        content = read_tensors(self.path)
        if set(content) != {"format", "identity", "state"}:
            raise ValueError(f"{self.path} holds no interrupted training; name another file, {anew}")
        if content["format"] != FORMAT:
            theirs = f"has format {content['format']}, this graphcl reads {FORMAT}"
            raise ValueError(f"{self.path} {theirs}; go on with the graphcl that wrote it, {anew}")
        owner = content["identity"] if isinstance(content["identity"], dict) else {}
        if differing := [key for key in self.identity if owner.get(key) != self.identity[key]]:
            details = differences({key: owner.get(key) for key in differing}, self.identity)
            raise ValueError(
                f"{self.path} belongs to a training that differs in {', '.join(differing)}"
                f"{details and f': {details}'}; use the same settings and data, {anew}"
            )
        state: dict[str, Any] = content["state"]
        return state

    def broken(self, reason: object) -> ValueError:
        """The error of a state that cannot be gone on from, though its file is whole."""
        text = " ".join(str(reason).split())
        return ValueError(
            f"{self.path} holds a state that cannot be right ({text}); remove the file to start anew"
        )

    def due(self) -> bool:
        """Whether it is time to write; the same on all ranks, each of which asks after every step."""
        elapsed = rank() == 0 and time.monotonic() - self._last >= self.every
        stop, due = largest_of_ranks(int(self.stop), int(elapsed))
        self.stop = bool(stop)
        return bool(stop or due)

    def save(self, state: dict[str, Any]) -> None:
        """Write the state; the old one stays until the new one is whole. Other ranks wait for the first.

        Raises:
            Interrupted: afterwards, if the training was asked to stop.
        """
        if rank() == 0:
            write_tensors(self.path, {"format": FORMAT, "identity": self.identity, "state": state})
        wait_for_all()
        self._last = time.monotonic()
        if self.stop:
            raise Interrupted

    def remove(self) -> None:
        """Delete the file, and unfinished ones that a killed process left; for after the training."""
        self.path.unlink(missing_ok=True)
        for unfinished in self.path.parent.glob(f"{glob.escape(self.path.name)}.*.part"):
            unfinished.unlink()


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """What a file was trained with and what is asked for now, for each setting in which they differ.

    Digests, which say nothing to a reader, are left out, and so are settings that `here` lacks.

    Example:
        >>> differences({"params": {"epochs": 100, "lr": 0.1}}, {"params": {"epochs": 50, "lr": 0.1}})
        'it was trained with epochs=100, got epochs=50'
    """
    pairs: list[tuple[str, Any, Any]] = []
    for key, value in here.items():
        other = there.get(key)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            both = [name for name in value if name in other]
            pairs += [(name, other[name], value[name]) for name in both if other[name] != value[name]]
        elif key in there and other != value and isinstance(value, str | int):
            pairs.append((key, other, value))
    before, now = (", ".join(f"{name}={reprlib.repr(pair[i])}" for name, *pair in pairs) for i in (0, 1))
    return f"it was trained with {before}, got {now}" if pairs else ""
