"""From a suite to the list of its runs, each known to the last parameter before any starts."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Any, Self

from graphcl.bench.runs.probing import Probing
from graphcl.bench.runs.run import LAST_STEP, Run
from graphcl.bench.runs.suite import Suite, split_entry
from graphcl.datasets import GraphDataset, load_graph
from graphcl.datasets.sources.source import Dataset
from graphcl.methods import METHODS
from graphcl.training import GraphClusterer, GraphEstimator
from graphcl.validation import check_parameters


@dataclass(frozen=True)
class Task:
    """A run, and what a process needs to do it.

    Args:
        run: what is computed.
        source: the name or path that loads the dataset.
        root: the folder of raw data, or None for the default.
        probing: what reads classes off the embedding besides, or None for nothing.
    """

    run: Run
    source: str
    root: str | None = None
    probing: Probing | None = None

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `dataclasses.asdict`."""
        probing = content["probing"] and Probing(**content["probing"])
        return cls(**{**content, "run": Run(**content["run"]), "probing": probing})


def expand(
    suite: Suite, root: Path | None = None, *, on_absent: Callable[[FileNotFoundError], None] | None = None
) -> list[Task]:
    """All runs of a suite; those with the same dataset and seed follow each other and can share a pre-training.

    Each dataset is loaded once, for its checksum and number of classes. What two entries ask for is there once.

    Args:
        suite: what to run.
        root: the folder of raw data, or None for the default.
        on_absent: is told of each dataset that is not here and cannot be had, which is then left out. None leaves
            out nothing.

    Raises:
        ValueError: a name, parameter or value that cannot be worked with.
        FileNotFoundError: a dataset is not here and cannot be had, and none may be left out or no other remains.

    Example:
        >>> suite = Suite(name="tiny", seeds=[0, 1], methods=["k-means"], datasets=["karate"])
        >>> [str(task.run) for task in expand(suite)]
        ['k-means on karate, seed 0', 'k-means on karate, seed 1']
    """
    suite.check()
    columns = []
    for source, dataset in _load(suite, root, on_absent):
        probing = Probing.of(dataset, suite.probes, suite.split) if suite.probes else None
        runs = [
            _run(suite, dataset, entry, overrides, probing)
            for entry in suite.methods
            for overrides in _settings(suite, entry)
        ]
        columns.append([(source, run, probing) for run in runs])
    folder = None if root is None else os.fspath(root)
    tasks = [
        Task(Run(**{**vars(run), "seed": seed}), source, folder, probing)
        for seed in suite.seeds
        for column in columns
        for source, run, probing in column
    ]
    return list({task.run.key: task for task in tasks}.values())


def run_of(estimator: GraphEstimator, dataset: Dataset, protocol: str = LAST_STEP) -> Run:
    """What fitting an estimator to a dataset computes, and how its numbers are read.

    Raises:
        ValueError: a hyper-parameter that cannot be worked with.
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
) -> Iterator[tuple[str, GraphDataset]]:
    loaded = 0
    for source in suite.datasets:
        try:
            dataset = load_graph(source, root, **suite.data.get(source, {}))
        except FileNotFoundError as error:
            nothing_remains = not loaded and source == suite.datasets[-1]
            if on_absent is None or nothing_remains:
                raise
            on_absent(error)
        else:
            loaded += 1
            yield source, dataset


def _settings(suite: Suite, entry: str) -> list[dict[str, Any]]:
    """What a suite sets beside the recipe for an entry, and for each of its variants."""
    names = dict.fromkeys((split_entry(entry)[0], entry))
    params: dict[str, Any] = {}
    for name in names:
        params |= suite.params.get(name, {})
    return [params, *({**params, **variant} for name in names for variant in suite.variants.get(name, []))]


def _run(
    suite: Suite, dataset: GraphDataset, entry: str, overrides: dict[str, Any], probing: Probing | None
) -> Run:
    """A method on a dataset as the suite wants it, with the first seed."""
    method, recipe = split_entry(entry)
    _check_kind(method, dataset)
    if "seed" in overrides:
        raise ValueError(f"{method}: the seed is no parameter here; use seeds in a suite, --seeds or --seed")
    if dataset.num_classes is not None:
        overrides = {"n_clusters": dataset.num_classes, **overrides}
    elif "n_clusters" not in overrides and _needs_n_clusters(METHODS[method]):
        raise ValueError(f"{dataset.name} has no classes to take the number of clusters from; set n_clusters")
    overrides["seed"] = suite.seeds[0]
    estimator = METHODS[method].from_recipe(recipe or suite.recipe or dataset.name, **overrides)
    return run_of(estimator, dataset, probing.protocol if probing else LAST_STEP)


def _check_kind(method: str, dataset: GraphDataset) -> None:
    """Refuse a multiplex graph for a method that takes none, and the other way round."""
    several = bool(dataset.relations)
    if (METHODS[method].takes == "multiplex") is several:
        return
    fitting = [name for name, cls in METHODS.items() if (cls.takes == "multiplex") is several]
    kind = "a graph of several relations" if several else "a graph of one relation"
    raise ValueError(f"{dataset.name} is {kind}, which {method} does not take; choose among {', '.join(fitting)}")


def _needs_n_clusters(method: type[GraphClusterer]) -> bool:
    """Whether the method cannot find the number of clusters itself."""
    return method.__dataclass_fields__["n_clusters"].default is MISSING


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back: tuples are lists."""
    plain: dict[str, Any] = json.loads(json.dumps(values, allow_nan=False))
    return plain
