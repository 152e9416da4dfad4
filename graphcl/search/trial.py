"""The record of a trial: one line of JSON, of another schema than that of a run, so that no table takes it."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

FORMAT = 1
"""Of trials on file; raised whenever an older reader could not make sense of a new one."""


@dataclass(frozen=True)
class Study:
    """What all trials of a search have in common.

    Args:
        method, revision, dataset, data, checksum: as in a run of a benchmark.
        settings: hyper-parameters that stay.
        ranges: of those that are searched, as a recipe file has them.
        criterion: that scores the trials.
        split: whose validation labels it reads, "own" or "random"; None where it reads no labels.
        seeds: how many fits a trial is the mean of, with the seeds 0, 1, ...
        seed: of the search.
    """

    method: str
    revision: int
    dataset: str
    data: dict[str, Any]
    checksum: str
    settings: dict[str, Any]
    ranges: dict[str, Any]
    criterion: str
    split: str | None
    seeds: int
    seed: int

    @property
    def digest(self) -> str:
        """By which trials of one study are told from those of another."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def generator_seed(self, number: int) -> int:
        """The seed of the draw of a trial, a function of its number: a study goes on as if never interrupted."""
        return int.from_bytes(hashlib.sha256(f"{self.seed} {number}".encode()).digest()[:4], "big")


@dataclass(frozen=True)
class Trial:
    """A finished trial.

    Args:
        trial: its number, from 0.
        params: the hyper-parameters that were searched.
        value: the mean of the criterion over the seeds; None where a fit failed.
        values: by seed.
        error: why it failed, in one line; None where it did not.
        seconds: wall time of fits and scores.
        study: see `Study`.
        versions: of graphcl, Python and the packages that compute.
        time: when it ended, UTC.
        labels_read: whether the criterion read labels.
        format: of this line.
    """

    trial: int
    params: dict[str, Any]
    value: float | None
    values: list[float]
    error: str | None
    seconds: float
    study: Study
    versions: dict[str, str]
    time: str
    labels_read: bool
    format: int = FORMAT

    def to_line(self) -> str:
        """One line of JSON, with its line end."""
        return json.dumps(asdict(self), allow_nan=False) + "\n"

    @classmethod
    def from_line(cls, line: str | bytes) -> Self:
        """Read what `to_line` wrote.

        Raises:
            ValueError: anything else; the message says what is wrong with it.
        """
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            raise ValueError("not a trial: no JSON in UTF-8") from None
        names = {field.name for field in fields(cls)}
        if not isinstance(content, dict) or set(content) != names:
            raise ValueError("not a trial of graphcl tune: other fields")
        if content["format"] != FORMAT:
            raise ValueError(f"a trial of format {content['format']!r}; this graphcl reads {FORMAT}")
        study, value, number = content["study"], content["value"], content["trial"]
        if not isinstance(study, dict) or set(study) != {field.name for field in fields(Study)}:
            raise ValueError("not a trial of graphcl tune: study has other fields")
        finite = value is None or (isinstance(value, int | float) and math.isfinite(value))
        if not finite or type(number) is not int or not isinstance(content["params"], dict):
            raise ValueError("not a trial of graphcl tune: trial, value or params of another type")
        return cls(**{**content, "study": Study(**study)})
