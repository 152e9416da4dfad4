"""A run: everything that determines its numbers, and the key by which runs are recognised."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

LAST_STEP = "labels read once, after the last step"
"""The protocol of every run: labels are not read before the training is over. Probes are named after it."""

OF_A_DATASET = ("n_clusters",)
"""Hyper-parameters that belong to a dataset, so that settings which differ in them alone are one."""


@dataclass(frozen=True)
class Run:
    """One method on one dataset with one seed.

    Two runs are the same if their keys are. A parameter whose value is None does not count for the key: so the
    keys of records on file stay valid when a method or a dataset gains an optional parameter.

    Args:
        method: its name on the command line.
        revision: of the method; raised whenever its numbers change.
        dataset: its name.
        data: the dataset's parameters in force.
        checksum: of the dataset's content.
        seed: of every draw.
        params: the method's hyper-parameters in force, without the seed; plain JSON values.
        protocol: how the numbers were measured.

    Example:
        >>> run = Run("k-means", 1, "karate", {}, "1f4b", seed=0, params={"n_clusters": 2, "n_init": 20})
        >>> str(run)
        'k-means on karate, seed 0'
        >>> run.key == Run("k-means", 1, "karate", {}, "1f4b", 0, {"n_init": 20, "n_clusters": 2}).key
        True
        >>> run.key == Run("k-means", 1, "karate", {}, "1f4b", 0, {"n_init": 20, "n_clusters": 2, "new": None}).key
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
        """sha256 of all fields in canonical JSON; parameters whose value is None are left out."""
        content = asdict(self)
        content |= {name: without_none(content[name]) for name in ("data", "params")}
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.method} on {self.dataset}, seed {self.seed}"


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    """The entries whose value is not None.

    Example:
        >>> without_none({"lr": 0.1, "batch_size": None})
        {'lr': 0.1}
    """
    return {key: value for key, value in values.items() if value is not None}


def setting_of(params: dict[str, Any]) -> str:
    """One text of the hyper-parameters that do not belong to a dataset: runs with the same are in one setting.

    Example:
        >>> setting_of({"n_clusters": 7, "lr": 0.1, "loss": None}) == setting_of({"n_clusters": 3, "lr": 0.1})
        True
    """
    return canonical_json(without_none({key: value for key, value in params.items() if key not in OF_A_DATASET}))


def canonical_json(value: Any) -> str:
    """JSON that is the same for equal values: sorted keys, no blanks.

    Example:
        >>> canonical_json({"b": (1, 2), "a": 0.5})
        '{"a":0.5,"b":[1,2]}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
