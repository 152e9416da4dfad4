"""Device, precision and random seed of a run."""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, SupportsIndex

import torch

from graphcl.ops.machine.distributed import world
from graphcl.ops.machine.launching import read_place
from graphcl.ops.machine.precision import computes_bfloat16

Precision = Literal["fp32", "bf16", "fp64"]
"""fp32; bf16: layers in bfloat16 by autocast, with weights, similarities and softmaxes in float32; or fp64."""


def dtype_of(precision: Precision) -> torch.dtype:
    """The type of features, weights and embeddings: float64 for "fp64", float32 otherwise.

    Example:
        >>> dtype_of("bf16"), dtype_of("fp64")
        (torch.float32, torch.float64)
    """
    return torch.float64 if precision == "fp64" else torch.float32


@dataclass(frozen=True)
class Runtime:
    """Device, precision and seed of a run, and the generators and contexts derived from them.

    Args:
        device: device of all tensors.
        precision: "fp32", "bf16" or "fp64", see `Precision`.
        seed: from which every random draw is derived; 0 is a seed.

    Example:
        >>> runtime = Runtime.launch("cpu", seed=0)
        >>> torch.equal(*(torch.rand(2, generator=runtime.generator("dropout", 1)) for _ in range(2)))
        True
    """

    device: torch.device
    precision: Precision = "fp32"
    seed: int = 0

    @classmethod
    def launch(cls, device: str = "auto", precision: Precision = "fp32", seed: SupportsIndex = 0) -> "Runtime":
        """Create a runtime, check that its device exists, and warn if bf16 is slow on it.

        Args:
            device: a PyTorch device name, or "auto" for a GPU if there is one and the CPU otherwise. In a process
                group each process takes the GPU of its number on the machine, torchrun's LOCAL_RANK.
            precision: see `Precision`; for "bf16" a UserWarning says if the device has no bfloat16 instructions.
            seed: an integer; NumPy's are converted.

        Raises:
            ValueError: a device that PyTorch does not know or this machine does not have, or that has no float64;
                a GPU by number in a process group, or fewer GPUs than processes.

        Example:
            >>> Runtime.launch("cpu").device
            device(type='cpu')
        """
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if world() > 1 and device.startswith("cuda"):
            device = _own_gpu(device)
        try:
            torch.empty(1, device=device).item()  # fails on the device "meta", too
        except (RuntimeError, AssertionError) as error:
            choices = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
            raise ValueError(f"device must be auto or one of {', '.join(choices)}; got {device!r}") from error
        runtime = cls(torch.device(device), precision, int(seed))
        if runtime.device.type == "mps" and precision == "fp64":
            raise ValueError("precision must be fp32 or bf16 on the device mps, which has no float64; got 'fp64'")
        if precision == "bf16" and not computes_bfloat16(runtime.device):
            chip = "GPU" if runtime.device.type == "cuda" else "CPU"
            warnings.warn(
                f"precision='bf16' is slow on this {chip}, up to 200 times slower than fp32: "
                "it has no bfloat16 instructions; set precision='fp32'",
                stacklevel=2,
            )
        return runtime

    @property
    def dtype(self) -> torch.dtype:
        """The type of features, weights and embeddings."""
        return dtype_of(self.precision)

    def derive(self, *parts: str | int) -> int:
        """Derive a 63-bit seed by hashing the run's seed and the given parts; the same on every machine.

        Args:
            parts: names and numbers of the draw, for instance ("sampling", epoch).
        """
        digest = hashlib.sha256(repr((self.seed, *parts)).encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 1

    def generator(self, *parts: str | int, device: torch.device | None = None) -> torch.Generator:
        """Create a generator seeded by `derive`.

        Args:
            parts: as for `derive`.
            device: of the generator; None for the run's device.
        """
        return torch.Generator(device or self.device).manual_seed(self.derive(*parts))

    @contextmanager
    def seeded(self) -> Iterator[None]:
        """Context manager that seeds the global generators, for initialisation and dropout, and restores them."""
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(self.derive("global"))
            yield

    def autocast(self) -> torch.autocast:
        """Autocast context of the forward pass: bfloat16 if precision is "bf16", disabled otherwise."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16")


def _own_gpu(device: str) -> str:
    """The GPU of this process among those on its machine.

    Raises:
        ValueError: one GPU for all processes, or none for this one.
    """
    number, gpus = read_place().local_rank, torch.cuda.device_count()
    if device != "cuda":
        raise ValueError(f"device must be auto, cuda or cpu for several processes; got {device!r}")
    if number >= gpus:
        raise ValueError(
            f"each process needs a GPU of its own; got process {number + 1} of a machine with {gpus}; "
            "start fewer with --nproc-per-node, or set device=cpu"
        )
    return f"cuda:{number}"
