"""Augmenters of the features x; the function named in a docstring says more about the arguments and the errors."""

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.augment.adaptive_rates import ColumnRate
from graphcl.augment.attributes import require
from graphcl.augment.augmenter import Augmenter
from graphcl.augment.centrality import Centrality, steps_for_columns
from graphcl.augment.draws import Probabilities
from graphcl.augment.features import add_noise, drop_entries, mask_columns, mask_rows, shuffle_rows
from graphcl.augment.importance import CAP, FeatureRule


class FeatureAugmenter(Augmenter):
    """Base class of the augmenters that replace x and nothing else."""

    sparse_x: ClassVar[bool] = True

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph with other features."""
        data.x = self._features(require(data, "x"), generator)
        return data

    @abstractmethod
    def _features(self, data: Data, generator: torch.Generator | None) -> Tensor:
        """The new features of a graph or a batch of graphs."""


class MaskColumns(FeatureAugmenter):
    """Set random columns to 0: `mask_columns`.

    Args:
        p: the probability of masking a column: a number, or one per column.
        generator: what the draws come from when a call names none.

    Example:
        >>> MaskColumns(torch.tensor([1.0, 0.0]), generator=torch.Generator())(Data(x=torch.ones(2, 2))).x
        tensor([[0., 1.],
                [0., 1.]])
    """

    def __init__(self, p: Probabilities, *, generator: torch.Generator | None = None) -> None:
        super().__init__(generator=generator)
        self.p = p

    def _features(self, data: Data, generator: torch.Generator | None) -> Tensor:
        return mask_columns(data.x, self.p, generator=generator)


class AdaptiveMaskColumns(FeatureAugmenter):
    """Mask columns of unimportant nodes more often: `feature_drop_probabilities`, then `mask_columns`.

    Centralities and probabilities are computed once by `prepare`, or else at every call.

    Args:
        rate: the mean probability of masking a column; the cap makes it less.
        centrality: "degree", "pagerank", "lazy-walk" or "eigenvector".
        rule: "binary" for sparse counts, "dense" for real numbers.
        cap: the greatest probability.
        steps: iterations of the centrality; None takes 10 for the lazy walk, as the published code does, and 200
            for the others, which converge.
        generator: what the draws come from when a call names none.

    Example:
        >>> star = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]))
        >>> AdaptiveMaskColumns(0.5, generator=torch.Generator().manual_seed(0))(star).x.diagonal()
        tensor([1., 1., 0.])
    """

    def __init__(
        self,
        rate: float,
        *,
        centrality: Centrality = "degree",
        rule: FeatureRule = "binary",
        cap: float = CAP,
        steps: int | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(generator=generator)
        self.rate, self.centrality, self.rule, self.cap = rate, centrality, rule, cap
        self.steps = steps_for_columns(centrality) if steps is None else steps

    def prepare(self, data: Data) -> Data:
        """A copy of the graph with the centrality and the probabilities."""
        return self._adaptive.attach(require(data, "x", "edge_index"))

    def _features(self, data: Data, generator: torch.Generator | None) -> Tensor:
        p = self._adaptive.of(require(data, "edge_index"))
        return mask_columns(data.x, p, generator=generator)

    @property
    def _adaptive(self) -> ColumnRate:
        return ColumnRate(self.rate, self.centrality, self.steps, self.cap, rule=self.rule)


class MaskRows(FeatureAugmenter):
    """Set random rows to 0: `mask_rows`.

    Args:
        p: the probability of masking a row: a number, or one per row.
        generator: what the draws come from when a call names none.

    Example:
        >>> MaskRows(torch.tensor([1.0, 0.0]), generator=torch.Generator())(Data(x=torch.ones(2, 2))).x
        tensor([[0., 0.],
                [1., 1.]])
    """

    def __init__(self, p: Probabilities, *, generator: torch.Generator | None = None) -> None:
        super().__init__(generator=generator)
        self.p = p

    def _features(self, data: Data, generator: torch.Generator | None) -> Tensor:
        return mask_rows(data.x, self.p, generator=generator)


class DropEntries(FeatureAugmenter):
    """Set random single entries to 0: `drop_entries`.

    Args:
        p: the probability of dropping an entry.
        generator: what the draws come from when a call names none.

    Example:
        >>> DropEntries(1.0, generator=torch.Generator())(Data(x=torch.ones(1, 2))).x
        tensor([[0., 0.]])
    """

    def __init__(self, p: float, *, generator: torch.Generator | None = None) -> None:
        super().__init__(generator=generator)
        self.p = p

    def _features(self, data: Data, generator: torch.Generator | None) -> Tensor:
        return drop_entries(data.x, self.p, generator=generator)


class ShuffleRows(FeatureAugmenter):
    """Permute the rows of x among the nodes of each graph: `shuffle_rows`.

    Args:
        generator: what the draws come from when a call names none.

    Example:
        >>> ShuffleRows(generator=torch.Generator().manual_seed(1))(Data(x=torch.eye(2))).x
        tensor([[0., 1.],
                [1., 0.]])
    """

    def _features(self, data: Data, generator: torch.Generator | None) -> Tensor:
        return shuffle_rows(data.x, generator=generator, batch=data.get("batch"))


class AddNoise(FeatureAugmenter):
    """Add normal noise: `add_noise`.

    Args:
        scale: standard deviation of the noise.
        generator: what the draws come from when a call names none.

    Example:
        >>> AddNoise(0.0, generator=torch.Generator())(Data(x=torch.ones(1, 2))).x
        tensor([[1., 1.]])
    """

    sparse_x: ClassVar[bool] = False

    def __init__(self, scale: float, *, generator: torch.Generator | None = None) -> None:
        super().__init__(generator=generator)
        self.scale = scale

    def _features(self, data: Data, generator: torch.Generator | None) -> Tensor:
        return add_noise(data.x, self.scale, generator=generator)
