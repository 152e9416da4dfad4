"""The record of a finished run: one line of JSON."""

import json
from dataclasses import asdict, dataclass, fields, replace
from math import isnan, nan
from typing import Any, NoReturn, Self

from graphcl.bench.runs.record_fields import check_fields
from graphcl.bench.runs.run import Run

ORACLE = "oracle/"
"""Prefix of scores that are maxima over test scores."""


class CutOffError(ValueError):
    """A line that is no JSON: what a writer leaves behind that is killed in the middle of a line."""


class FieldError(ValueError):
    """A record with a field that cannot be right; the message names the field."""


@dataclass(frozen=True)
class Record:
    """A finished run: its settings, scores and costs.

    Args:
        key: the run's key, see `Run.key`.
        method, revision, dataset, data, checksum, seed, params, protocol: as in `Run`.
        files: sha256 of each raw file of the dataset.
        metrics: J (see `graphcl.evaluation.agreement`) where there are features, modularity and conductance unless
            whole graphs are clustered; acc, nmi, ari and f1 where the dataset has classes; the same of a method's
            other read-outs, as communities/acc; and those of `graphcl.evaluation.probe_scores` where a suite asks
            for probes. NaN is a score that is undefined, as conductance without edges; in JSON it is null.
        stages: name, epochs, cpu_seconds, wall_seconds, peak_mb and cached of each stage.
        seconds: cpu and wall, summed over the stages; a stage from the cache counts with what it once took.
        memory: growth_mb, see `graphcl.bench.runs.execution`.
        device: what the method computed on.
        precision: of its layers.
        versions: of graphcl, Python and the packages that compute, and the processor.
        git: commit and dirty, where graphcl runs from a checkout; else None.
        time: when the run ended, UTC.
    """

    key: str
    method: str
    revision: int
    dataset: str
    data: dict[str, Any]
    checksum: str
    files: dict[str, str]
    seed: int
    params: dict[str, Any]
    protocol: str
    metrics: dict[str, float]
    stages: list[dict[str, Any]]
    seconds: dict[str, float]
    memory: dict[str, float]
    device: str
    precision: str
    versions: dict[str, str]
    git: dict[str, Any] | None
    time: str

    @classmethod
    def of(cls, run: Run, **outcome: Any) -> Self:
        """The record of a run, given the fields that the run does not say itself."""
        return cls(key=run.key, **asdict(run), **outcome)

    def without_oracles(self) -> Self:
        """The record without the scores that were chosen by test labels, `oracle/...`; tables take no other."""
        return replace(self, metrics={k: v for k, v in self.metrics.items() if not k.startswith(ORACLE)})

    def to_line(self) -> str:
        """One line of JSON, with its line end; an undefined score, NaN, is written as null."""
        metrics = {name: None if isnan(value) else value for name, value in self.metrics.items()}
        return json.dumps({**asdict(self), "metrics": metrics}, allow_nan=False) + "\n"

    @classmethod
    def from_line(cls, line: str | bytes) -> Self:
        """Read what `to_line` wrote; keys of later versions are ignored.

        Raises:
            CutOffError: no JSON.
            FieldError: a field of another type, or a score out of its range.
            ValueError: not a record.
        """
        try:
            content = json.loads(line, parse_constant=_no_json)
        except (ValueError, RecursionError):
            raise CutOffError("not a record: no JSON in UTF-8") from None
        names = [field.name for field in fields(cls)]
        if not isinstance(content, dict) or "key" not in content:
            raise ValueError("not a record: it has no key")
        if missing := set(names).difference(content):
            raise ValueError(f"not a record: {', '.join(sorted(missing))} missing")
        try:
            check_fields(content)
        except ValueError as error:
            raise FieldError(str(error)) from None
        metrics = {name: nan if value is None else value for name, value in content["metrics"].items()}
        return cls(**{**{name: content[name] for name in names}, "metrics": metrics})


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
