"""Decoders of links on frozen node rows: dot product, and a small MLP on Hadamard products."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from graphcl.evaluation.links.scores import pooled_scores
from graphcl.evaluation.links.split import LinkSplit
from graphcl.typing import Rows

PairScorer = Callable[[Int[Tensor, "2 m"]], Float[Tensor, " m"]]
"""From pairs of nodes to one score each; higher is more likely an edge."""

PENALTIES = (1e-4, 1e-2, 1.0)
"""Candidate L2 penalties of the MLP's weights, of which one is chosen on validation pairs."""

HIDDEN, EPOCHS = 64, 30

MOST_PAIRS = 20_000
"""Positives that the MLP is fitted on at most, and as many negatives."""

PAIRS_AT_ONCE = 2**16


@dataclass(frozen=True, eq=False)
class FittedDecoder:
    """A decoder with its setting.

    Args:
        scorer: scores pairs.
        setting: the L2 penalty that was chosen.
        val_ap: average precision on the validation pairs, by penalty.
        on: the scorer of the same decoder on other rows, such as those with further edges in message passing.
    """

    scorer: PairScorer
    setting: float
    val_ap: dict[float, float]
    on: Callable[[Rows], PairScorer]


def dot_scorer(z: Rows) -> PairScorer:
    """Score a pair by the dot product of its rows, in float64.

    Raises:
        ValueError: rows that are no matrix, or not finite.

    Example:
        >>> dot_scorer(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))(torch.tensor([[0], [1]])).tolist()
        [11.0]
    """
    rows = _link_rows(z)

    def score(pairs: Tensor) -> Tensor:
        blocks = pairs.split(PAIRS_AT_ONCE, dim=1)
        return torch.cat([(rows[u].double() * rows[v].double()).sum(1) for u, v in blocks])

    return score


def fit_decoder(z: Rows, split: LinkSplit, negatives: Mapping[str, Tensor], *, seed: int = 0) -> FittedDecoder:
    """Fit an MLP on Hadamard products of frozen rows; its L2 penalty is chosen on validation pairs.

    Products are standardised by the training pairs. One hidden layer of 64 ReLU units, Adam, 30 epochs, for each
    of three penalties; the one with the highest average precision on the validation pairs is taken. Training edges
    are in the message-passing graph, as is usual; validation and test edges are not.

    Args:
        z: (n, d), rows of the nodes, made without the held-out edges.
        split: the positives.
        negatives: from `uniform_negatives`.
        seed: of the initial weights, the order, and the choice among more than 20,000 training pairs.

    Raises:
        ValueError: rows that are no matrix, not finite, or not one for each node.

    Example:
        >>> from graphcl.evaluation import split_links, uniform_negatives
        >>> ring = torch.stack([torch.arange(40), (torch.arange(40) + 1) % 40])
        >>> split, z = split_links(ring, 40), torch.eye(40) + torch.eye(40).roll(1, 0)
        >>> decoder = fit_decoder(z, split, uniform_negatives(split))
        >>> decoder.setting in PENALTIES, decoder.scorer(split.test).shape
        (True, torch.Size([4]))
    """
    rows = link_rows_of(z, split)
    draw = torch.Generator().manual_seed(seed)
    train = [_some(pairs, draw) for pairs in (split.train, negatives["train"])]
    x = np.concatenate([_products(rows, pairs) for pairs in train])
    y = np.repeat([1, 0], [pairs.size(1) for pairs in train])
    models = {penalty: _fitted(x, y, penalty, seed) for penalty in PENALTIES}
    scorers = {penalty: _scorer(model, rows) for penalty, model in models.items()}
    val_ap = {
        penalty: pooled_scores(score(split.val), score(negatives["val"]))["ap"]
        for penalty, score in scorers.items()
    }
    setting = max(val_ap, key=lambda penalty: val_ap[penalty])
    return FittedDecoder(scorers[setting], setting, val_ap, lambda z: _scorer(models[setting], _link_rows(z)))


def link_rows_of(z: Rows, split: LinkSplit) -> Tensor:
    """The rows on the CPU, checked against a split.

    Raises:
        ValueError: rows that are no matrix, not finite, or not one for each node.
    """
    rows = _link_rows(z)
    if len(rows) != split.num_nodes:
        raise ValueError(
            f"z must have one row for each of {split.num_nodes} nodes; got {len(rows)}; give rows of nodes, "
            "not of graphs"
        )
    return rows


def _link_rows(z: Rows) -> Tensor:
    rows = torch.as_tensor(z).detach().cpu()
    if rows.dim() != 2:
        raise ValueError(f"z must have one row per node; got shape {list(rows.shape)}")
    rows = rows.to_dense()
    if not rows.isfinite().all():
        raise ValueError("z must be finite; got NaN or infinity; train with a lower learning rate")
    return rows


def _some(pairs: Tensor, draw: torch.Generator) -> Tensor:
    if pairs.size(1) <= MOST_PAIRS:
        return pairs
    return pairs[:, torch.randperm(pairs.size(1), generator=draw)[:MOST_PAIRS].sort().values]


def _products(rows: Tensor, pairs: Tensor) -> NDArray[np.float32]:
    products: NDArray[np.float32] = (rows[pairs[0]].float() * rows[pairs[1]].float()).numpy()
    return products


def _fitted(x: NDArray[np.float32], y: NDArray[np.int64], penalty: float, seed: int) -> Pipeline:
    network = MLPClassifier((HIDDEN,), alpha=penalty, max_iter=EPOCHS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of epochs is the rule here
        return make_pipeline(StandardScaler(), network).fit(x, y)


def _scorer(model: Pipeline, rows: Tensor) -> PairScorer:
    """Score pairs by the logit, which does not saturate as the probability does."""
    scaler, network = (step for _, step in model.steps)
    (first, last), (shift, offset) = network.coefs_, network.intercepts_

    def score(pairs: Tensor) -> Tensor:
        blocks = pairs.split(PAIRS_AT_ONCE, dim=1)
        inputs = (scaler.transform(_products(rows, block)) for block in blocks)
        logits = [np.maximum(x @ first + shift, 0) @ last[:, 0] + offset[0] for x in inputs]
        return torch.from_numpy(np.concatenate(logits))

    return score
