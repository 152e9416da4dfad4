"""MLP probe of large sets: one hidden layer on frozen rows, trained by Adam on mini-batches."""

import copy
import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from graphcl.evaluation.ogb.scaled_rows import ScaledRows
from graphcl.evaluation.ogb.targets import Targets

RATES = (1e-2, 1e-3)
"""Candidate learning rates."""

HIDDEN, DROPOUT, BATCH = 256, 0.5, 1024

EPOCHS, FEWEST_STEPS = 30, 100
"""Passes over the training rows; more of them for sets so small that they are fewer steps."""


def mlp_models(
    rows: ScaledRows, targets: Targets, train: Tensor, validate: Callable[[nn.Module], float], seed: int
) -> Iterator[tuple[float, int, nn.Module]]:
    """Train an MLP at every learning rate, and keep the epoch of the best validation score.

    One hidden layer of 256 ReLU units with dropout 0.5, Adam, batches of 1,024 rows.

    Args:
        rows: of the embedding.
        targets: their labels.
        train: (m,), rows to fit on.
        validate: the validation score of a model, higher is better.
        seed: of weights, order and dropout.

    Yields:
        The learning rate, the epoch that was kept, from 1, and the model as it was then.
    """
    devices = [rows.device] if rows.device.type == "cuda" else []
    epochs = max(EPOCHS, math.ceil(FEWEST_STEPS / math.ceil(len(train) / BATCH)))
    x, y = rows[train], targets.y[train].to(rows.device)
    for rate in RATES:
        with torch.random.fork_rng(devices):
            torch.manual_seed(seed)
            model = nn.Sequential(
                nn.Linear(x.size(1), HIDDEN), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, targets.outputs)
            ).to(rows.device)
            optimizer = torch.optim.Adam(model.parameters(), lr=rate)
            best, kept, epoch_kept = -math.inf, model, 0
            for epoch in range(1, epochs + 1):
                _epoch(model.train(), optimizer, targets, x, y)
                score = validate(model.eval())
                if score > best:
                    best, kept, epoch_kept = score, copy.deepcopy(model), epoch
        yield rate, epoch_kept, kept


def _epoch(model: nn.Module, optimizer: torch.optim.Adam, targets: Targets, x: Tensor, y: Tensor) -> None:
    """One pass in random order."""
    for batch in torch.randperm(len(x)).to(x.device).split(BATCH):
        y_batch = y[batch]
        labels = len(y_batch) if y.dim() == 1 else int((~torch.isnan(y_batch)).sum())
        loss = targets.summed_loss(model(x[batch]), y_batch) / max(labels, 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
