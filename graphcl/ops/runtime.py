"""Device, precision and seed of a run, asked once and then handed around."""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch

from graphcl.ops.precision import computes_bfloat16

Precision = Literal["fp32", "bf16"]
"""bf16 computes the layers in bfloat16 and keeps weights, similarities and softmaxes in float32."""


@dataclass(frozen=True)
class Runtime:
    """Where and how a training computes.

    Args:
        device: of all tensors.
        precision: of the layers.
        seed: of every draw; 0 is a seed.
    """

    device: torch.device
    precision: Precision = "fp32"
    seed: int = 0

    @classmethod
    def launch(cls, device: str = "auto", precision: Precision = "fp32", seed: int = 0) -> "Runtime":
        """A runtime on the named device; "auto" takes a GPU where there is one.

        Warns with a UserWarning if bf16 is asked of a device without instructions for it.

        Raises:
            ValueError: a device that torch does not know or this machine does not have.

        Example:
            >>> Runtime.launch("cpu").device
            device(type='cpu')
        """
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            torch.empty(1, device=device).item()  # which the device named "meta" cannot do
        except (RuntimeError, AssertionError) as error:
            choices = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
            raise ValueError(f"device must be auto or one of {', '.join(choices)}; got {device!r}") from error
        runtime = cls(torch.device(device), precision, seed)
        if precision == "bf16" and not computes_bfloat16(runtime.device):
            chip = "GPU" if runtime.device.type == "cuda" else "CPU"
            warnings.warn(
                f"precision='bf16' is slow on this {chip}, up to 200 times slower than fp32: "
                "it has no bfloat16 instructions; set precision='fp32'",
                stacklevel=2,
            )
        return runtime

    def derive(self, *parts: str | int) -> int:
        """A 63-bit seed from the run's seed and the given parts; the same on every machine."""
        digest = hashlib.sha256(repr((self.seed, *parts)).encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 1

    def generator(self, *parts: str | int, device: torch.device | None = None) -> torch.Generator:
        """A fresh generator for the given parts, on the run's device unless another is named."""
        return torch.Generator(device or self.device).manual_seed(self.derive(*parts))

    @contextmanager
    def seeded(self) -> Iterator[None]:
        """Set the global random state, which initialisation and dropout use, and put it back afterwards."""
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(self.derive("global"))
            yield

    def autocast(self) -> torch.autocast:
        """The context in which forward passes run."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16")
