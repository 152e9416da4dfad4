"""What a run is: everything that decides its numbers, and the key that says two runs are the same."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

LAST_STEP = "labels read once, after the last step"
"""The protocol of every run: no label is looked at before it is over. With probes it goes on to name them."""


@dataclass(frozen=True)
class Run:
    """One method on one dataset with one seed.

    Args:
        method: its name on the command line.
        revision: of the method; raised whenever its numbers change.
        dataset: its name.
        data: the dataset's parameters in force.
        checksum: of the dataset's content.
        seed: of every draw.
        params: the method's hyper-parameters in force, without the seed; plain JSON values.
        protocol: how the numbers were read.

    Example:
        >>> run = Run("k-means", 1, "karate", {}, "1f4b", seed=0, params={"n_clusters": 2, "n_init": 20})
        >>> str(run)
        'k-means on karate, seed 0'
        >>> run.key == Run("k-means", 1, "karate", {}, "1f4b", 0, {"n_init": 20, "n_clusters": 2}).key
        True
    """

    method: str
    revision: int
    dataset: str
    data: dict[str, Any]
    checksum: str
    seed: int
    params: dict[str, Any]
    protocol: str = LAST_STEP

    @property
    def key(self) -> str:
        """sha256 of all fields in canonical JSON."""
        return hashlib.sha256(canonical_json(asdict(self)).encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.method} on {self.dataset}, seed {self.seed}"


def canonical_json(value: Any) -> str:
    """JSON that is the same for equal values: sorted keys, no blanks.

    Example:
        >>> canonical_json({"b": (1, 2), "a": 0.5})
        '{"a":0.5,"b":[1,2]}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
