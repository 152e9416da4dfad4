"""One training from the shell: the method, its settings, and what it is trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphcl.bench.runs.plan import expand, run_of
from graphcl.bench.runs.run import Run
from graphcl.bench.runs.suite import Suite, split_entry
from graphcl.datasets import load
from graphcl.datasets.loading import entry_of
from graphcl.graph_collection import GraphCollection
from graphcl.methods import METHODS, PRETRAINERS
from graphcl.recipes import check_recipe
from graphcl.suggestion import did_you_mean
from graphcl.training import GraphEstimator
from graphcl.validation import check_parameters


@dataclass(frozen=True)
class PlannedTraining:
    """An estimator that is not fitted, and what to fit it on.

    Args:
        run: what is computed.
        estimator: the method with its settings.
        data: a graph, or graphs where the method takes many.
    """

    run: Run
    estimator: GraphEstimator
    data: Data | GraphCollection


def method_named(name: str) -> type[GraphEstimator]:
    """A method out of METHODS or PRETRAINERS.

    Raises:
        ValueError: there is none of this name.

    Example:
        >>> method_named("dsla").name
        'dsla'
    """
    known: dict[str, type[GraphEstimator]] = {**METHODS, **PRETRAINERS}
    if name not in known:
        raise ValueError(
            f"no method is named {name!r}{did_you_mean(name, known)}; choose among {', '.join(known)}"
        )
    return known[name]


def plan_training(
    entry: str,
    source: str,
    *,
    seed: int = 0,
    recipe: str | None = None,
    params: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> PlannedTraining:
    """A method out of METHODS or PRETRAINERS, with the settings of its recipe, and the data it is to learn from.

    Args:
        entry: the method's name, or "NAME@RECIPE" as in a suite.
        source: the name or path of the dataset.
        seed: of every draw.
        recipe: whose hyper-parameters to take; the dataset's own by default.
        params: hyper-parameters that differ from the recipe.
        data: the dataset's parameters.
        root: the folder of raw data, or None for the default.

    Raises:
        ValueError: a name, parameter or value that cannot be worked with, one graph for a method that takes many,
            or the other way round.
        FileNotFoundError: a dataset that is not here and cannot be had.

    Example:
        >>> training = plan_training("k-means", "karate", seed=3)
        >>> str(training.run), training.estimator.seed, training.data.num_nodes
        ('k-means on karate, seed 3', 3, 34)
    """
    method, own = split_entry(entry)
    method_named(method)
    if method in PRETRAINERS:
        return _pretraining(method, source, seed, own or recipe, params or {}, data or {}, root)
    suite = Suite(
        name="train",
        seeds=[seed],
        methods=[entry],
        datasets=[source],
        recipe=recipe,
        params={entry: dict(params or {})},
        data={source: dict(data or {})},
    )
    [task] = expand(suite, root)
    estimator = METHODS[method](seed=seed, **task.run.params)
    return PlannedTraining(task.run, estimator, load_for(estimator, source, root, task.run.data))


def load_for(
    estimator: GraphEstimator, source: str, root: Path | None, parameters: Mapping[str, Any]
) -> Data | GraphCollection:
    """The graph of a dataset, or its graphs where the estimator takes many.

    Raises:
        ValueError: a dataset of the other kind, and as for `graphcl.datasets.load`.
        FileNotFoundError: as there.

    Example:
        >>> from graphcl import DSLA
        >>> load_for(DSLA(), "karate", None, {})  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: karate is one graph, where many are needed; ...
    """
    dataset = load(source, root, **parameters)
    return dataset.graphs if estimator.takes == "graphs" else dataset.graph


def _pretraining(
    method: str,
    source: str,
    seed: int,
    recipe: str | None,
    params: Mapping[str, Any],
    data: Mapping[str, Any],
    root: Path | None,
) -> PlannedTraining:
    """A method on many graphs; its settings are checked first, since a file of molecules takes minutes to read."""
    if "seed" in params:
        raise ValueError(f"{method}: the seed is no parameter here; use --seed")
    if recipe is not None:
        check_recipe(recipe, [method])
    entry = entry_of(source, root)
    name = recipe or (entry.name if entry else "default")
    estimator = PRETRAINERS[method].from_recipe(name, **{**params, "seed": seed})
    check_parameters(estimator)
    dataset = load(source, root, **data)
    return PlannedTraining(run_of(estimator, dataset), estimator, dataset.graphs)
