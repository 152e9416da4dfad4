"""Rows of a transfer table: a model fine-tuned and frozen, the same untrained, and baselines without a network."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from sklearn.base import clone
from torch import Tensor

from graphcl.datasets import GraphCollection, GraphCollectionDataset, morgan_fingerprints
from graphcl.evaluation import FineTuning, TransferScores, finetune, mean_node_features, predict_tasks
from graphcl.evaluation.transfer.metrics import Metric
from graphcl.training import GraphEstimator
from graphcl.training.loop import Callback

Rows = Iterator[tuple[str, TransferScores]]
"""Name of a row and its scores, as they are computed."""

FROM_SCRATCH, FOREST = "from-scratch", "morgan+random-forest"
ALONE = (FROM_SCRATCH, "untrained-frozen", "morgan+linear", FOREST, "node-means+linear")
"""Rows without a pre-trained model: what it has to beat."""


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A transfer experiment: a labelled dataset, the seeds and their splits, and how encoders are fine-tuned.

    Args:
        dataset: labelled graphs.
        seeds: a run each.
        splits: one for each seed; all equal where the split does not depend on the seed.
        settings: of fine-tuning.
        metric: None takes what the labels are for.
        callbacks: called after each epoch of a fine-tuning.
    """

    dataset: GraphCollectionDataset
    seeds: Sequence[int]
    splits: Sequence[Mapping[str, Tensor]]
    settings: FineTuning = field(default_factory=FineTuning)
    metric: Metric | None = None
    callbacks: Sequence[Callback] = ()

    @property
    def graphs(self) -> GraphCollection:
        """The graphs of the dataset."""
        return self.dataset.graphs

    def finetuned(self, model: GraphEstimator | Callable[[int], GraphEstimator]) -> TransferScores:
        """Scores of a fine-tuned model."""
        return finetune(
            model,
            self.dataset,
            seeds=self.seeds,
            splits=self.splits,
            metric=self.metric,
            settings=self.settings,
            callbacks=self.callbacks,
        )

    def frozen(self, model: GraphEstimator | Callable[[int], GraphEstimator]) -> TransferScores:
        """Scores of a linear model on the embeddings of a model that is not trained further."""
        return predict_tasks(
            model.transform(self.graphs)
            if isinstance(model, GraphEstimator)
            else lambda seed: model(seed).transform(self.graphs),
            self.dataset,
            seeds=self.seeds,
            splits=self.splits,
            metric=self.metric,
        )


def model_rows(experiment: Transfer, model: GraphEstimator) -> Rows:
    """A pre-trained model: "finetuned", and "frozen", a linear model on its embeddings.

    Args:
        experiment: on which it is scored.
        model: fitted; or not fitted: then it is fitted on the training graphs of each split, without labels, with
            the seed of the first run that has this split.
    """
    fitted = model if hasattr(model, "n_features_in_") else _pretrained(experiment, model)
    yield "finetuned", experiment.finetuned(fitted)
    yield "frozen", experiment.frozen(fitted)


def untrained_rows(experiment: Transfer, model: GraphEstimator) -> Rows:
    """The encoder of a model with random weights: "from-scratch", fine-tuned, and "untrained-frozen".

    Args:
        experiment: on which it is scored.
        model: whose architecture is taken; its weights are not.
    """
    fresh = partial(untrained, model, experiment.graphs)
    yield FROM_SCRATCH, experiment.finetuned(fresh)
    yield "untrained-frozen", experiment.frozen(fresh)


def baseline_rows(experiment: Transfer) -> Rows:
    """Morgan fingerprints with a linear model and with a random forest (of molecules), and mean node features."""
    dataset = experiment.dataset
    predict = partial(
        predict_tasks,
        dataset=dataset,
        seeds=experiment.seeds,
        splits=experiment.splits,
        metric=experiment.metric,
    )
    if dataset.smiles is not None and dataset.rows is not None:
        bits = morgan_fingerprints([dataset.smiles[row] for row in dataset.rows.tolist()])
        yield "morgan+linear", predict(bits)
        yield FOREST, predict(bits, predictor="random-forest")
    yield "node-means+linear", predict(mean_node_features(dataset.graphs))


def untrained(model: GraphEstimator, graphs: GraphCollection, seed: int) -> GraphEstimator:
    """The same architecture with random weights: a copy of the model, not trained.

    Args:
        model: fitted or not.
        graphs: whose categories its tables must hold.
        seed: of the weights.
    """
    copy: GraphEstimator = clone(model)
    copy.set_params(epochs=0, seed=seed).fit(graphs)
    return copy


def _pretrained(experiment: Transfer, model: GraphEstimator) -> Callable[[int], GraphEstimator]:
    """The model for each seed, fitted on the training graphs of its split, once for equal ones."""
    places = {seed: _first_equal(experiment.splits, place) for place, seed in enumerate(experiment.seeds)}

    @cache
    def fitted(place: int) -> GraphEstimator:
        copy: GraphEstimator = clone(model).set_params(seed=experiment.seeds[place])
        return copy.fit(experiment.graphs.select(experiment.splits[place]["train"]))

    return lambda seed: fitted(places[seed])


def _first_equal(splits: Sequence[Mapping[str, Tensor]], place: int) -> int:
    """The first split with the same training graphs."""
    train = splits[place]["train"]
    return next(i for i, split in enumerate(splits) if split["train"].equal(train))
