"""Linear probe of large sets: multinomial or multi-task logistic regression by L-BFGS, on any device."""

import copy
from collections.abc import Iterator
from itertools import chain

import torch
from torch import Tensor, nn

from graphcl.evaluation.ogb.scaled_rows import ROWS_AT_ONCE, ScaledRows
from graphcl.evaluation.ogb.targets import Targets

PENALTIES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
"""Candidate L2 penalties of the weights, from strong to weak."""

STEPS = 40
"""Most steps of L-BFGS at each penalty, which starts where the one before ended."""


def linear_models(rows: ScaledRows, targets: Targets, train: Tensor) -> Iterator[tuple[float, nn.Linear]]:
    """Fit a linear model at every penalty: the mean loss over labels plus penalty / 2 times the squared weights.

    The problem is convex and starts from zero, so nothing is random. The loss is summed over blocks of rows, so
    that no logits of all rows are held.

    Args:
        rows: of the embedding.
        targets: their labels.
        train: (m,), rows to fit on.

    Yields:
        The penalty and a model, from the strongest penalty to the weakest.
    """
    x, y = rows[train], targets.y[train].to(rows.device)
    model = nn.Linear(x.size(1), targets.outputs).to(rows.device)
    with torch.no_grad():
        model.weight.zero_()
        model.bias.zero_()
    blocks = list(zip(x.split(ROWS_AT_ONCE), y.split(ROWS_AT_ONCE), strict=True))
    count = max(targets.count(train), 1)
    for penalty in PENALTIES:
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=STEPS, line_search_fn="strong_wolfe")

        def loss(optimizer: torch.optim.LBFGS = optimizer, penalty: float = penalty) -> float:
            optimizer.zero_grad()
            terms = (targets.summed_loss(model(rows), labels) / count for rows, labels in blocks)
            total = 0.0
            for term in chain([penalty / 2 * model.weight.square().sum()], terms):
                term.backward()
                total += term.item()
            return total

        optimizer.step(loss)
        yield penalty, copy.deepcopy(model)
