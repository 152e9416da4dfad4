"""The record of a finished run: one line of JSON."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from graphcl.bench.runs.run import Run

ORACLE = "oracle/"
"""Prefix of scores that are maxima over test scores."""


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
            for probes.
        stages: name, epochs, cpu_seconds, wall_seconds, peak_mb and cached of each stage.
        seconds: cpu and wall, summed over the stages; a stage from the cache counts with what it once took.
        memory: growth_mb, see `graphcl.bench.runs.execution`.
        device: what the method computed on.
        precision: of its layers.
        versions: of graphcl, Python and the packages that compute.
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
        """One line of JSON, with its line end."""
        return json.dumps(asdict(self), allow_nan=False) + "\n"

    @classmethod
    def from_line(cls, line: str | bytes) -> Self:
        """Read what `to_line` wrote; keys of later versions are ignored.

        Raises:
            ValueError: not JSON, or not a record.
        """
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            raise ValueError("not a record: no JSON in UTF-8") from None
        names = [field.name for field in fields(cls)]
        if not isinstance(content, dict) or "key" not in content:
            raise ValueError("not a record: it has no key")
        if missing := set(names).difference(content):
            raise ValueError(f"not a record: {', '.join(sorted(missing))} missing")
        return cls(**{name: content[name] for name in names})
