"""A method for a dataset: with the settings of its recipe, those that were given, and the number of classes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor
from torch_geometric.data import Data

from graphcl.datasets import GraphCollection, GraphCollectionDataset, GraphDataset
from graphcl.datasets.loading import entry_of
from graphcl.datasets.proteins.ego_arrays import MARKS
from graphcl.datasets.sources.source import Dataset
from graphcl.importing import path_of
from graphcl.methods import METHODS
from graphcl.methods.lookup.kinds import n_clusters_of
from graphcl.training import GraphEstimator
from graphcl.typing import Labels
from graphcl.validation import check_parameters

NO_CLASSES = "has no classes to take the number of clusters from; give it by --set n_clusters=K"


def configure(
    method: type[GraphEstimator], dataset: Dataset, recipe: str | None, settings: Mapping[str, Any]
) -> GraphEstimator:
    """An estimator for a dataset, not fitted; by default n_clusters is the dataset's number of classes.

    Args:
        method: its class.
        dataset: what it is to be fitted on.
        recipe: whose hyper-parameters to take; None takes the dataset's own.
        settings: hyper-parameters that differ from the recipe.

    Raises:
        ValueError: a dataset that the method does not take, a setting that it does not have, or no n_clusters
            where one is required.

    Example:
        >>> from graphcl import DGI
        >>> from graphcl.datasets import load
        >>> configure(DGI, load("karate"), None, {"epochs": 3}).n_clusters
        2
    """
    check_kind(method, dataset)
    number = n_clusters_of(method)
    given = dict(settings)
    if dataset.num_classes is not None and number != "none":
        given.setdefault("n_clusters", dataset.num_classes)
    elif number == "required" and "n_clusters" not in given:
        raise ValueError(f"{dataset.name} {NO_CLASSES}")
    estimator = method.from_recipe(recipe or dataset.name, **given)
    _check_features(estimator, dataset)
    return estimator


def check_settings(
    method: type[GraphEstimator], source: str, root: Path | None, recipe: str | None, settings: Mapping[str, Any]
) -> None:
    """Refuse bad settings before the dataset is read, which takes minutes for a file of molecules.

    Raises:
        ValueError: an unknown name, a setting that the method does not have, or a value out of range.
    """
    if "seed" in settings:
        raise ValueError(f"{method.name}: the seed is no parameter here; use --seed, --seeds, or seeds in a suite")
    entry = entry_of(source, root)
    placeholder = {"n_clusters": 1} if n_clusters_of(method) == "required" else {}
    dataset = entry.name if entry else "default"
    check_parameters(method.from_recipe(recipe or dataset, **{**placeholder, **settings}))


def check_kind(method: type[GraphEstimator], dataset: Dataset) -> None:
    """Refuse a dataset of another kind than the method takes: one graph, one of several relations, many graphs.

    Raises:
        ValueError: another kind; the message names the methods that fit.
    """
    if isinstance(dataset, GraphCollectionDataset):
        kind, got = "graphs", f"holds {len(dataset.graphs):,} graphs"
    elif dataset.relations:
        kind, got = "multiplex", "is a graph of several relations"
    else:
        kind, got = "graph", f"is {'a graph of one relation' if method.takes == 'multiplex' else 'one graph'}"
    if method.takes != kind:
        fitting = ", ".join(name for name, other in METHODS.items() if other.takes == kind)
        raise ValueError(f"{dataset.name} {got}, which {method.name} does not take; choose among {fitting}")


def check_domain_of(estimator: GraphEstimator, dataset: Dataset) -> None:
    """Refuse graphs of another domain than an encoder's: molecules, ego networks of proteins, or others.

    Raises:
        ValueError: the message names both.
    """
    domain = getattr(estimator, "domain", "")
    if not domain or not isinstance(dataset, GraphCollectionDataset):
        return
    there = domain_of(dataset)
    if domain != there:
        holds = {
            "molecule": "molecules",
            "protein": "ego networks of proteins",
            "social": "graphs of no molecules",
        }
        raise ValueError(
            f"{dataset.name} holds {holds[there]}, and this {estimator.name} is for the domain {domain!r}; take a "
            f"model for the domain {there!r}, as --set domain={there} makes one"
        )


def domain_of(dataset: GraphCollectionDataset) -> str:
    """The domain that a collection of graphs belongs to: "molecule", "protein", or "social" for any other graphs.

    Example:
        >>> import torch
        >>> pair = Data(x=torch.ones(2, 1).long(), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> domain_of(GraphCollectionDataset("pair", GraphCollection.of([pair])))
        'social'
    """
    if dataset.smiles is not None:
        return "molecule"
    marks, x = dataset.graphs.edge_attr, dataset.graphs.x
    proteins = marks is not None and marks.size(1) == MARKS and x.size(1) == 1 and not x.is_floating_point()
    return "protein" if proteins else "social"


def check_scorable(estimator: GraphEstimator, dataset: Dataset) -> None:
    """Refuse a run whose clusters could not be scored.

    A collection of graphs needs one class for each graph: clusters of whole graphs have no score without labels.
    Molecules with several tasks have none.

    Raises:
        ValueError: no number of clusters, or many graphs without classes.
    """
    if isinstance(dataset, GraphCollectionDataset) and dataset.num_classes is None:
        n = len(dataset.tasks)
        tasks = f" but {n} task{'s' if n > 1 else ''}" if n else ""
        command = f"graphcl train {_named(type(estimator))} {dataset.name} --set n_clusters=K --labels labels.npy"
        raise ValueError(
            f"{dataset.name} has no class for each graph{tasks}, so clusters cannot be scored; write them to a "
            f"file by {command} --out model.pt"
        )
    if clusters_asked(estimator) is None:
        raise ValueError(f"{dataset.name} {NO_CLASSES}")


def check_clusters(method: type[GraphEstimator]) -> None:
    """Refuse a method that learns an embedding and has no clusters.

    Raises:
        ValueError: it has no n_clusters.
    """
    if n_clusters_of(method) == "none":
        raise ValueError(
            f"{method.name} finds no clusters: it has no n_clusters; "
            f"use graphcl train {_named(method)} DATASET --out model.pt"
        )


def clusters_asked(estimator: GraphEstimator) -> int | str | None:
    """The estimator's n_clusters; None where it learns an embedding only."""
    number: int | str | None = getattr(estimator, "n_clusters", None)
    return number


def labels_of(estimator: GraphEstimator) -> Labels | None:
    """The clusters of a fitted estimator; None where it was not asked for any."""
    return None if clusters_asked(estimator) is None else estimator.labels_


def data_of(dataset: Dataset) -> Data | GraphCollection:
    """What an estimator is fitted on: the graph of a dataset, or its graphs."""
    return dataset.graphs if isinstance(dataset, GraphCollectionDataset) else dataset.graph


def classes_of(dataset: Dataset) -> Tensor | None:
    """The class of each node, or of each graph where there are many; None where there are none."""
    if dataset.num_classes is None:
        return None
    y: Tensor | None = dataset.graphs.y if isinstance(dataset, GraphCollectionDataset) else dataset.graph.y
    return y


def _named(method: type[GraphEstimator]) -> str:
    """How a method is named in any process: by its path unless it is one of graphcl."""
    return method.name if method.__module__.startswith("graphcl.") else path_of(method)


def _check_features(estimator: GraphEstimator, dataset: Dataset) -> None:
    """Say how to read a dataset whose features, or weights of edges, do not fit the method."""
    if isinstance(dataset, GraphDataset):
        _check_graph(estimator, dataset)
    if not isinstance(dataset, GraphCollectionDataset) or "features" not in dataset.parameters:
        return
    if estimator.features != "categories":
        return
    categories = not dataset.graphs.x.is_floating_point()
    social = getattr(estimator, "domain", "social") == "social"
    missing = [
        *([] if categories else ["--data features=label (or features=degree)"]),
        *([] if social else ["--set domain=social"]),
    ]
    if missing:
        raise ValueError(
            f"{dataset.name} as it is read here does not fit {estimator.name}, which takes one category for each "
            f"node of a social graph; add {' and '.join(missing)}"
        )


def _check_graph(estimator: GraphEstimator, dataset: GraphDataset) -> None:
    """Refuse a graph without features, or with weights, for a method that reads features, or no weights."""
    if dataset.graph.x is None and estimator.needs_features:
        raise ValueError(
            f"{dataset.name} has no features, and {estimator.name} reads some; make them by "
            "--data features=degree, random-projection, spectral or one-hot; or give a table, as features=x.npy; "
            "leiden needs none"
        )
    if dataset.graph.get("edge_weight") is not None and not estimator.accepts_edge_weight:
        raise ValueError(
            f"{dataset.name} has weights of edges, which {estimator.name} does not read; leave them out by "
            "--data weight=false, or take a method that reads them, as smooth-k-means"
        )
