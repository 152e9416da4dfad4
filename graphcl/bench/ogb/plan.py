"""Plan of an OGB entry: dataset, estimator and run, settled before any seed is trained."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sklearn.base import clone

from graphcl.bench.evaluations.outcome import baseline_run
from graphcl.bench.ogb.protocols import OgbProtocol
from graphcl.bench.runs.estimators import check_kind, configure
from graphcl.bench.runs.plan import run_of
from graphcl.bench.runs.run import Run
from graphcl.bench.transfer.rows import FOREST, FROM_SCRATCH
from graphcl.datasets import load
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.ogb.sets import SETS, OgbSet
from graphcl.datasets.sources.source import Dataset
from graphcl.methods import get
from graphcl.methods import load as load_model
from graphcl.methods.lookup.kinds import n_clusters_of
from graphcl.methods.lookup.named_weights import trained_model
from graphcl.ops.machine.meter import resident_mb
from graphcl.recipes import check_recipe, read_recipe_file, tuned_with_labels
from graphcl.suggestion import did_you_mean
from graphcl.training import GraphEstimator

ARCHITECTURE = "attr-masking"
"""The method whose encoder "from-scratch" takes, without its training."""


@dataclass(frozen=True, eq=False)
class OgbPlan:
    """What every seed of an entry shares.

    Args:
        entry: facts on the dataset.
        dataset: as it was loaded.
        estimator: fitted where it is a model from a file; None for a baseline without one.
        run: of seed 0.
        protocol: how it is measured.
        settings_from: where the method's settings come from, in words.
        before: resident memory before the data was loaded, in MB.
    """

    entry: OgbSet
    dataset: Dataset
    estimator: GraphEstimator | None
    run: Run
    protocol: OgbProtocol
    settings_from: str
    before: float

    def run_of(self, seed: int) -> Run:
        """The run of a seed."""
        return replace(self.run, seed=seed)

    @property
    def pretrained(self) -> bool:
        """Whether the model comes from a file."""
        return hasattr(self.estimator, "n_features_in_")

    def estimator_of(self, seed: int) -> GraphEstimator | None:
        """The estimator of a seed: a copy that is not fitted, or the model of a file."""
        if self.estimator is None or self.pretrained:
            return self.estimator
        copy: GraphEstimator = clone(self.estimator).set_params(seed=seed)
        return copy


def ogb_set(name: str) -> OgbSet:
    """Facts on a dataset of OGB by its name, in upper or lower case.

    Raises:
        ValueError: a dataset for which there are no entries here.

    Example:
        >>> ogb_set("ogbn-papers100m").name
        'ogbn-papers100M'
    """
    if name.lower() not in SETS:
        known = ", ".join(each.name for each in SETS.values())
        raise ValueError(
            f"{name} is no dataset of OGB that is read here{did_you_mean(name, SETS)}; there are {known}"
        )
    return SETS[name.lower()]


def check_untuned(method: str, dataset: str, recipe: str | None) -> None:
    """Refuse settings that were tuned with labels, of which test labels may have been some.

    Args:
        method: a method's name.
        dataset: whose settings are taken where no recipe is named.
        recipe: the name of a recipe, or None.

    Raises:
        ValueError: such settings.

    Example:
        >>> check_untuned("grace", "ogbn-arxiv", None)
    """
    source = tuned_with_labels(method, recipe or dataset)
    if source is not None:
        raise ValueError(
            f"{method}'s settings for {recipe or dataset} were tuned with labels, test labels perhaps among them "
            f"({source}), which OGB's rules exclude; take --recipe default, and choose others on validation alone"
        )


def plan_ogb(
    method: str,
    dataset: str,
    protocol: OgbProtocol,
    *,
    recipe: str | None = None,
    params: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> OgbPlan:
    """Settle method, settings and data of an entry.

    Args:
        method: a method's name or "module:Class", a trained model by its file or name, or a baseline.
        dataset: name of a dataset of OGB.
        protocol: from `protocol_of`.
        recipe: whose hyper-parameters to take; the dataset's own by default.
        params: hyper-parameters that differ from the recipe.
        data: the dataset's parameters.
        root: the folder of raw data, or None for the default.

    Raises:
        ValueError: an unknown name, settings that do not fit, or settings that were tuned with labels.
        FileNotFoundError: a dataset that is neither here nor can be downloaded.
    """
    entry, before, given = ogb_set(dataset), resident_mb(), dict(params or {})
    if "seed" in given:
        raise ValueError("the seed is no parameter here; use --seeds")
    file = trained_model(method)
    fixed = method == FOREST or file is not None
    if fixed and (given or recipe):
        raise ValueError(f"{method} has no settings to give; leave --set and --recipe out")
    if not fixed:
        _check(method, entry, recipe)
    loaded = load(entry.name, root, **(data or {}))
    if method == FOREST:
        run, source = baseline_run(method, loaded, 0, str(protocol)), "nothing is tuned"
        return OgbPlan(entry, loaded, None, run, protocol, source, before)
    if file is not None:
        estimator: GraphEstimator = load_model(file)
        check_kind(type(estimator), loaded)
        source = f"of the model in {file.name}"
    else:
        cls = get(ARCHITECTURE if method == FROM_SCRATCH else method)
        free = {"n_clusters": None} if n_clusters_of(cls) == "optional" else {}
        estimator = configure(cls, loaded, recipe, free | given)
        source = _settings_from(cls.name, entry.name, recipe, given)
    run = run_of(estimator, loaded, str(protocol))
    digest = {} if file is None else {"model": file_checksum(file)}
    run = replace(run, seed=0, params=run.params | digest)
    if method == FROM_SCRATCH:
        run = replace(run, method=FROM_SCRATCH)
    return OgbPlan(entry, loaded, estimator, run, protocol, source, before)


def _check(method: str, entry: OgbSet, recipe: str | None) -> None:
    cls = get(ARCHITECTURE if method == FROM_SCRATCH else method)
    wanted = "graphs" if entry.kind == "graph" else "graph"
    if cls.takes != wanted:
        from graphcl.methods import METHODS

        fitting = ", ".join(name for name, other in METHODS.items() if other.takes == wanted)
        raise ValueError(f"{cls.name} does not take data as {entry.name}; choose among {fitting}")
    if recipe is not None:
        check_recipe(recipe, [cls.name])
    check_untuned(cls.name, entry.name, recipe)


def _settings_from(method: str, dataset: str, recipe: str | None, given: Mapping[str, Any]) -> str:
    """Where settings come from, in words."""
    tables = read_recipe_file(method)
    table = recipe or (dataset if set(tables.get(dataset, {})) - {"published"} else "default")
    said = tables[table].get("source")
    base = f"recipe {table!r} of {method}" + (f" ({said})" if said else "")
    return base + (f"; by hand: {', '.join(sorted(given))}" if given else "")
