"""One training from the shell: the method, its settings, and what it is trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphcl.bench.runs.about_data import about_data
from graphcl.bench.runs.estimators import check_domain_of, check_settings, configure, data_of
from graphcl.bench.runs.plan import run_of
from graphcl.bench.runs.run import Run
from graphcl.bench.runs.suite import check_entry, split_entry
from graphcl.datasets import GraphCollection, load
from graphcl.datasets.sources.source import Dataset
from graphcl.methods import get
from graphcl.recipes import check_recipe
from graphcl.training import About, GraphEstimator


@dataclass(frozen=True)
class PlannedTraining:
    """An estimator that is not fitted, and what to fit it on.

    Args:
        run: what is computed.
        estimator: the method with its settings.
        dataset: what it is fitted on.
        about: what the model's card is to say of it.
    """

    run: Run
    estimator: GraphEstimator
    dataset: Dataset
    about: About

    @property
    def data(self) -> Data | GraphCollection:
        """The graph, or the graphs where the method takes many."""
        return data_of(self.dataset)


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
    """A method with the settings of its recipe, and the data that it is to learn from.

    Where the dataset has classes, n_clusters is their number unless it is given. Where it has none, a method that
    can do without learns an embedding only.

    Args:
        entry: the method's name or "module:Class", alone or as "NAME@RECIPE" as in a suite.
        source: the name or path of the dataset.
        seed: of every draw.
        recipe: whose hyper-parameters to take; the dataset's own by default.
        params: hyper-parameters that differ from the recipe.
        data: the dataset's parameters.
        root: the folder of raw data, or None for the default.

    Raises:
        ValueError: an unknown name or parameter, a value out of range, or a dataset of another kind than the
            method takes.
        FileNotFoundError: a dataset that is neither here nor can be downloaded.

    Example:
        >>> training = plan_training("k-means", "karate", seed=3)
        >>> str(training.run), training.estimator.seed, training.data.num_nodes
        ('k-means on karate, seed 3', 3, 34)
    """
    check_entry(entry)
    name, own = split_entry(entry)
    method, settings = get(name), dict(params or {})
    if recipe is not None:
        check_recipe(recipe, [method.name])
    check_settings(method, source, root, own or recipe, settings)
    dataset = load(source, root, **(data or {}))
    estimator = configure(method, dataset, own or recipe, {**settings, "seed": seed})
    return PlannedTraining(run_of(estimator, dataset), estimator, dataset, about_data(dataset, source, root))


def load_for(estimator: GraphEstimator, source: str, root: Path | None, parameters: Mapping[str, Any]) -> Dataset:
    """A dataset of one graph, or of many of its domain where the estimator takes many.

    Raises:
        ValueError: a dataset of another kind or domain, and as for `graphcl.datasets.load`.
        FileNotFoundError: as there.

    Example:
        >>> from graphcl import DSLA
        >>> load_for(DSLA(), "karate", None, {})  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: karate is one graph, where many are needed; ...
    """
    dataset = load(source, root, **parameters)
    _ = dataset.graphs if estimator.takes == "graphs" else dataset.graph  # an error where it is of the other kind
    check_domain_of(estimator, dataset)
    return dataset
