"""The run and the record of an evaluation, of a method or of a baseline that trains nothing."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphcl.bench.runs.execution import describe_device, estimator_device
from graphcl.bench.runs.plan import run_of
from graphcl.bench.runs.provenance import git_state
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import Run
from graphcl.bench.runs.training import plan_training
from graphcl.datasets import load
from graphcl.datasets.sources.source import Dataset
from graphcl.ops.machine.meter import resident_peak_mb
from graphcl.ops.machine.versions import versions
from graphcl.training import GraphEstimator

BASELINE_REVISION = 1
"""Of the baselines that train nothing; increased whenever their numbers change."""


def plan_evaluation(
    method: str,
    source: str,
    baselines: Sequence[str],
    protocol: str,
    *,
    seed: int,
    recipe: str | None,
    params: Mapping[str, Any] | None,
    data: Mapping[str, Any] | None,
    root: Path | None,
) -> tuple[GraphEstimator | None, Dataset, Run]:
    """The estimator that is to be fitted, None for a baseline, the dataset, and the run that its record is of.

    Args:
        method: the name of a method, or one of the baselines.
        source: the name or path of the dataset.
        baselines: names that stand in the place of a method's; they train nothing and have no settings.
        protocol: how the numbers are measured.
        seed: of every draw.
        recipe: whose hyper-parameters to take.
        params: hyper-parameters that differ from the recipe.
        data: the dataset's parameters.
        root: the folder of raw data, or None for the default.

    Raises:
        ValueError: settings of a baseline, and as for `plan_training`.
        FileNotFoundError: a dataset that is neither here nor can be downloaded.
    """
    if method in baselines:
        if recipe or params:
            raise ValueError(f"{method} has no settings; leave --set and --recipe out")
        dataset = load(source, root, **(data or {}))
        return None, dataset, baseline_run(method, dataset, seed, protocol)
    plan = plan_training(method, source, seed=seed, recipe=recipe, params=params, data=data, root=root)
    return plan.estimator, plan.dataset, run_of(plan.estimator, plan.dataset, protocol)


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
