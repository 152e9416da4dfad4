"""From a suite to the list of its runs, all parameters of each settled before any starts."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from graphcl.bench.runs.estimators import check_clusters, check_scorable, check_settings, configure
from graphcl.bench.runs.probing import Probing
from graphcl.bench.runs.run import LAST_STEP, Run
from graphcl.bench.runs.suite import Suite, split_entry
from graphcl.datasets import load
from graphcl.datasets.sources.source import Dataset
from graphcl.methods import get
from graphcl.methods.lookup.importing import importable_path
from graphcl.training import GraphEstimator
from graphcl.validation import check_parameters


@dataclass(frozen=True)
class Task:
    """A run, and what a process needs to execute it.

    Args:
        run: what is computed.
        source: the name or path that loads the dataset.
        root: the folder of raw data, or None for the default.
        probing: the probes to score the embedding with, or None for none.
        path: of the method's class, as "module:Class"; None for a method that is registered in every process.
        labels: file for the clusters, or None for none.
    """

    run: Run
    source: str
    root: str | None = None
    probing: Probing | None = None
    path: str | None = None
    labels: str | None = None

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `dataclasses.asdict`."""
        probing = content["probing"] and Probing(**content["probing"])
        return cls(**{**content, "run": Run(**content["run"]), "probing": probing})


def expand(
    suite: Suite, root: Path | None = None, *, on_absent: Callable[[FileNotFoundError], None] | None = None
) -> list[Task]:
    """All runs of a suite; those with the same dataset and seed follow each other and can share a pre-training.

    Each dataset is loaded once, for its checksum and number of classes. Where two entries ask for the same run, it
    is planned once.

    Args:
        suite: what to run.
        root: the folder of raw data, or None for the default.
        on_absent: called with the error of each dataset that is neither here nor can be downloaded, which is then
            left out. None leaves out nothing.

    Raises:
        ValueError: an unknown name or parameter, or a value out of range.
        FileNotFoundError: a dataset is neither here nor can be downloaded, and none may be left out or no other
            remains.

    Example:
        >>> suite = Suite(name="tiny", seeds=[0, 1], methods=["k-means"], datasets=["karate"])
        >>> [str(task.run) for task in expand(suite)]
        ['k-means on karate, seed 0', 'k-means on karate, seed 1']
    """
    suite.check()
    paths = {entry: importable_path(get(split_entry(entry)[0])) for entry in suite.methods}
    _check_settings(suite, root)
    columns = []
    for source, dataset in _load(suite, root, on_absent):
        probing = Probing.of(dataset, suite.probes, suite.split) if suite.probes else None
        columns.append(
            [
                (source, _run(suite, dataset, entry, overrides, probing), probing, paths[entry])
                for entry in suite.methods
                for overrides in _settings(suite, entry)
            ]
        )
    folder = None if root is None else os.fspath(root)
    tasks = [
        Task(Run(**{**vars(run), "seed": seed}), source, folder, probing, path)
        for seed in suite.seeds
        for column in columns
        for source, run, probing, path in column
    ]
    return list({task.run.key: task for task in tasks}.values())


def run_of(estimator: GraphEstimator, dataset: Dataset, protocol: str = LAST_STEP) -> Run:
    """The run of an estimator on a dataset.

    Raises:
        ValueError: a hyper-parameter out of range.
    """
    params = check_parameters(estimator)
    seed = params.pop("seed")
    return Run(
        method=estimator.name,
        revision=estimator.revision,
        dataset=dataset.name,
        data=_plain(dataset.parameters),
        checksum=dataset.checksum,
        seed=seed,
        params=_plain(params),
        protocol=protocol,
    )


def _load(
    suite: Suite, root: Path | None, on_absent: Callable[[FileNotFoundError], None] | None
) -> Iterator[tuple[str, Dataset]]:
    loaded = 0
    for source in suite.datasets:
        try:
            dataset = load(source, root, **suite.data.get(source, {}))
        except FileNotFoundError as error:
            nothing_remains = not loaded and source == suite.datasets[-1]
            if on_absent is None or nothing_remains:
                raise
            on_absent(error)
        else:
            loaded += 1
            yield source, dataset


def _check_settings(suite: Suite, root: Path | None) -> None:
    """Refuse what no dataset has to be read for."""
    for entry in suite.methods:
        name, recipe = split_entry(entry)
        method = get(name)
        if not suite.probes:
            check_clusters(method)
        for source in suite.datasets:
            for overrides in _settings(suite, entry):
                check_settings(method, source, root, recipe or suite.recipe, overrides)


def _settings(suite: Suite, entry: str) -> list[dict[str, Any]]:
    """What a suite sets beside the recipe for an entry, and for each of its variants."""
    names = dict.fromkeys((split_entry(entry)[0], entry))
    params: dict[str, Any] = {}
    for name in names:
        params |= suite.params.get(name, {})
    return [params, *({**params, **variant} for name in names for variant in suite.variants.get(name, []))]


def _run(suite: Suite, dataset: Dataset, entry: str, overrides: dict[str, Any], probing: Probing | None) -> Run:
    """A method on a dataset as the suite wants it, with the first seed."""
    method, recipe = split_entry(entry)
    settings = {**overrides, "seed": suite.seeds[0]}
    estimator = configure(get(method), dataset, recipe or suite.recipe, settings)
    if probing is None:
        check_scorable(estimator, dataset)
    return run_of(estimator, dataset, probing.protocol if probing else LAST_STEP)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back: tuples are lists."""
    plain: dict[str, Any] = json.loads(json.dumps(values, allow_nan=False))
    return plain
