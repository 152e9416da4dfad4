"""The run and the record of an evaluation, of a method or of a baseline that trains nothing."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from graphcl.bench.runs.execution import describe_device, estimator_device
from graphcl.bench.runs.provenance import git_state, versions
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import Run
from graphcl.datasets.sources.source import Dataset
from graphcl.ops.meter import resident_peak_mb
from graphcl.training import GraphEstimator

BASELINE_REVISION = 1
"""Of the baselines that train nothing; increased whenever their numbers change."""


def baseline_run(name: str, dataset: Dataset, seed: int, protocol: str) -> Run:
    """The run of a baseline without hyper-parameters.

    Args:
        name: of the baseline, in the place of a method's.
        dataset: what it is computed on.
        seed: of the evaluation.
        protocol: how the numbers are measured.

    Example:
        >>> from graphcl.datasets import load
        >>> str(baseline_run("adamic-adar", load("karate"), 0, "links"))
        'adamic-adar on karate, seed 0'
    """
    data = json.loads(json.dumps(dataset.parameters, allow_nan=False))
    return Run(name, BASELINE_REVISION, dataset.name, data, dataset.checksum, seed, {}, protocol)


def evaluation_record(
    run: Run,
    dataset: Dataset,
    metrics: Mapping[str, float],
    stages: list[dict[str, Any]],
    before: float,
    estimator: GraphEstimator | None = None,
) -> Record:
    """The record of an evaluation.

    Args:
        run: what was evaluated.
        dataset: on which data.
        metrics: the scores.
        stages: cost of the training's stages and of the evaluation.
        before: resident memory before the data was loaded, in MB.
        estimator: the fitted method; None for a baseline, which computes on the CPU.
    """
    import torch

    device = torch.device("cpu") if estimator is None else estimator_device(estimator)
    return Record.of(
        run,
        files=dataset.files,
        memory={"growth_mb": round(resident_peak_mb() - before, 3)},
        metrics=dict(metrics),
        stages=stages,
        seconds={clock: sum(stage[f"{clock}_seconds"] for stage in stages) for clock in ("cpu", "wall")},
        device=describe_device(device),
        precision="fp64" if estimator is None else estimator.precision,
        versions=versions(),
        git=git_state(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )
