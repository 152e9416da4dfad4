"""Early stopping of a stage by its training loss; reads no labels."""

import math
from dataclasses import dataclass, field

from graphcl.training.loop import Report
from graphcl.training.stopping import StopStage


@dataclass
class EarlyStopping:
    """Callback that ends a stage once its training loss has not fallen for `patience` epochs.

    A loss counts as lower if it is below the lowest one before it by more than `min_delta`. Each stage is judged
    by itself. A loss whose weights change during the stage, as that of gCooL's first epochs, may rise while the
    method learns: give such a stage enough patience.

    Args:
        patience: epochs without a lower loss, at least 1.
        min_delta: by how much a loss must be lower to count, at least 0.

    Raises:
        ValueError: a patience below 1, or a min_delta that is negative or NaN.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> model = graphcl.DGI(epochs=2000, lr=0.1).fit(karate, callbacks=[EarlyStopping(patience=5)])
        >>> len(model.history_) < 2000
        True
    """

    patience: int = 20
    min_delta: float = 0.0
    _lowest: float = field(default=math.inf, init=False, repr=False)
    _since: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.patience < 1:
            raise ValueError(f"patience must be at least 1; got {self.patience}")
        if not self.min_delta >= 0:
            raise ValueError(f"min_delta must be at least 0; got {self.min_delta}")

    def __call__(self, report: Report) -> None:
        """Note the loss of an epoch.

        Raises:
            StopStage: it was the last of `patience` epochs without a lower one.
        """
        if report.epoch == 1:
            self._lowest, self._since = math.inf, 0
        if report.loss < self._lowest - self.min_delta:
            self._lowest, self._since = report.loss, report.epoch
        if report.epoch - self._since >= self.patience:
            raise StopStage
