"""Search for hyper-parameters of a method on a dataset, by a criterion that reads no labels unless it says so."""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from graphcl.agreement.consensus import CONSENSUS_WEIGHT, consensus
from graphcl.bench.runs.estimators import check_settings, configure, data_of
from graphcl.bench.runs.failure import one_line
from graphcl.bench.runs.plan import run_of
from graphcl.bench.runs.suite import check_entry, split_entry
from graphcl.datasets import load
from graphcl.datasets.sources.source import Dataset
from graphcl.methods import get
from graphcl.ops.machine.versions import versions
from graphcl.recipes import check_recipe
from graphcl.search.ranges import Range, check_ranges, documented_ranges, range_of
from graphcl.search.sampling import next_params, optuna
from graphcl.search.scoring import BY_LABELS, Scoring, scoring, searchable_by_loss
from graphcl.search.trial import Study, Trial
from graphcl.search.trials_file import TrialsFile
from graphcl.training import GraphEstimator
from graphcl.training.estimators.objects import described


@dataclass(frozen=True)
class Tuning:
    """Result of a search.

    Args:
        study: what was searched, and by which criterion.
        trials: all of them, failed ones too, in their order.
        maximise: whether more of the criterion is better.
    """

    study: Study
    trials: list[Trial]
    maximise: bool

    @property
    def best(self) -> Trial:
        """The trial with the best value; the first among equals.

        Raises:
            ValueError: every trial failed; the message says why the first did.
        """
        done = [trial for trial in self.trials if trial.value is not None]
        if not done:
            why = f": {self.trials[0].error}" if self.trials else ""
            raise ValueError(f"no trial of {self.study.method} on {self.study.dataset} came to an end{why}")
        sign = 1 if self.maximise else -1
        return max(done, key=lambda trial: sign * (trial.value or 0.0))

    @property
    def best_params(self) -> dict[str, Any]:
        """The searched hyper-parameters of the best trial."""
        return self.best.params


def tune(
    method: str,
    dataset: str,
    *,
    trials: int = 20,
    seeds: int = 1,
    criterion: str = "J",
    ranges: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    recipe: str | None = None,
    data: Mapping[str, Any] | None = None,
    root: Path | None = None,
    seed: int = 0,
    out: Path | None = None,
    on_trial: Callable[[Trial], None] | None = None,
) -> Tuning:
    """Search the hyper-parameters of a method on a dataset with Optuna's TPE sampler.

    The first trial has the method's own settings, if they lie in the ranges. A trial that fails is recorded and
    the others go on. The same seed gives the same study, interrupted or not.

    Criteria: "J" (see `graphcl.evaluation.agreement`; for homophilous graphs) and "modularity" judge the clusters;
    "J+consensus" adds a quarter of the mean NMI of a fit with those of the trial's other seeds, at least two: of
    settings with equal J it prefers those that find the same clusters from every seed, right or wrong ones;
    "loss" is that of the last epoch, and compares trials whose hyper-parameters leave the loss itself alone.
    "validation-labels" alone reads labels: it is the validation accuracy of a linear probe on the dataset's own
    split, or on a random one where it has none; never on test. Its settings have seen labels: on this dataset,
    scores with them are not those of an unsupervised method.

    Args:
        method: its name or "module:Class", alone or as "NAME@RECIPE".
        dataset: the name or path of a dataset.
        trials: how many there are to be, those on file among them.
        seeds: fits per trial, with the seeds 0, 1, ...; the mean counts.
        criterion: "J", "J+consensus", "modularity", "loss" or "validation-labels".
        ranges: by hyper-parameter `{low, high, log}` or a list of choices, in place of those in the recipe.
        settings: hyper-parameters that are fixed, and not searched.
        recipe: whose settings the others have; the dataset's own by default.
        data: the dataset's parameters.
        root: the folder of raw data, or None for the default.
        seed: of the search, and of a random split.
        out: a file of trials (.jsonl) to append to; those in it are not repeated.
        on_trial: called after every trial, and first with those on file.

    Raises:
        ImportError: Optuna is not installed.
        ValueError: an unknown name, a range or a criterion that does not fit, or a file of another study.
        FileNotFoundError: a dataset that is neither here nor can be downloaded.

    Example:
        >>> found = tune("leiden", "karate", trials=3, criterion="modularity")
        >>> found.trials[0].params, found.best.value >= found.trials[0].value
        ({'resolution': 1.0}, True)

    Reference: [Akiba et al., "Optuna", KDD 2019]; TPE: [Bergstra et al., NeurIPS 2011].
    """
    if trials < 1 or seeds < 1:
        raise ValueError(f"trials and seeds must be at least 1; got {trials} and {seeds}")
    if criterion == "J+consensus" and seeds < 2:
        raise ValueError(f"J+consensus compares the seeds of a trial, at least 2; got {seeds}; raise seeds")
    optuna()
    planned = _plan(method, dataset, recipe, dict(settings or {}), dict(data or {}), root)
    estimator, loaded = planned
    judge = scoring(criterion, estimator, loaded, seed=seed)
    searched = _ranges(estimator, ranges, settings or {}, criterion)
    study = _study(estimator, loaded, searched, judge, seeds, seed)
    done: list[Trial] = []
    with nullcontext() if out is None else TrialsFile(out, study) as file:
        for number in range(max(trials, len(file.trials) if file else 0)):
            if file and number < len(file.trials):
                trial = file.trials[number]
            else:
                params = _first(estimator, searched) if number == 0 else None
                params = params or next_params(study, searched, done, maximise=judge.maximise)
                trial = _run(number, params, study, estimator, loaded, judge)
                if file:
                    file.append(trial)
            done.append(trial)
            if on_trial:
                on_trial(trial)
    return Tuning(study, done, judge.maximise)


def _plan(
    entry: str, source: str, recipe: str | None, settings: dict[str, Any], data: dict[str, Any], root: Path | None
) -> tuple[GraphEstimator, Dataset]:
    """The method with the settings that stay, and the dataset."""
    check_entry(entry)
    name, own = split_entry(entry)
    cls = get(name)
    if recipe is not None:
        check_recipe(recipe, [cls.name])
    check_settings(cls, source, root, own or recipe, settings)
    dataset = load(source, root, **data)
    return configure(cls, dataset, own or recipe, settings), dataset


def _ranges(
    estimator: GraphEstimator, given: Mapping[str, Any] | None, settings: Mapping[str, Any], criterion: str
) -> dict[str, Range]:
    """What is searched: the ranges given, or the documented ones of settings that are not fixed."""
    if given:
        ranges = {name: value if isinstance(value, Range) else range_of(value) for name, value in given.items()}
        if both := sorted(set(ranges) & set(settings)):
            raise ValueError(f"{both[0]} has a range and a fixed value; give one of them")
    else:
        documented = documented_ranges(estimator.name)
        ranges = {name: values for name, values in documented.items() if name not in settings}
    check_ranges(ranges, estimator)
    return searchable_by_loss(ranges, given=bool(given)) if criterion == "loss" else ranges


def _study(
    estimator: GraphEstimator, dataset: Dataset, ranges: dict[str, Range], judge: Scoring, seeds: int, seed: int
) -> Study:
    run = run_of(estimator, dataset)
    return Study(
        method=run.method,
        revision=run.revision,
        dataset=run.dataset,
        data=run.data,
        checksum=run.checksum,
        settings={name: value for name, value in run.params.items() if name not in ranges},
        ranges={name: values.plain() for name, values in ranges.items()},
        criterion=judge.criterion,
        split=judge.split,
        seeds=seeds,
        seed=seed,
    )


def _first(estimator: GraphEstimator, ranges: Mapping[str, Range]) -> dict[str, Any] | None:
    """The method's own settings, where all of them lie in the ranges."""
    own = {name: described(getattr(estimator, name)) for name in ranges}
    own = {name: list(value) if isinstance(value, tuple) else value for name, value in own.items()}
    return own if all(own[name] in values for name, values in ranges.items()) else None


def _run(
    number: int, params: dict[str, Any], study: Study, estimator: GraphEstimator, dataset: Dataset, judge: Scoring
) -> Trial:
    """Fit with every seed and score; whatever a fit raises is the trial's."""
    begun, values, labelings, error = time.perf_counter(), [], [], None
    settings = {**estimator.get_params(deep=False), **params}
    try:
        for each in range(study.seeds):
            fitted = type(estimator)(**{**settings, "seed": each}).fit(data_of(dataset))
            values.append(judge.score(fitted))
            if not math.isfinite(values[-1]):
                raise ValueError(f"{study.criterion} is {values.pop()} with seed {each}")  # noqa: TRY301
            if judge.with_consensus:
                labelings.append(fitted.labels_)
    except Exception as failure:  # noqa: BLE001  (the other trials go on)
        error = one_line(failure)
    if labelings and not error:
        shared = consensus(torch.stack(labelings)).tolist()
        values = [value + CONSENSUS_WEIGHT * part for value, part in zip(values, shared, strict=True)]
    return Trial(
        trial=number,
        params=params,
        value=None if error else fmean(values),
        values=values,
        error=error,
        seconds=round(time.perf_counter() - begun, 3),
        study=study,
        versions=versions(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        labels_read=study.criterion == BY_LABELS,
    )
