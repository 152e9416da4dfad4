"""The augmenters of features as PyG transforms; see `graphcl.augment.transforms`."""

from abc import abstractmethod
from copy import copy

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform

from graphcl.augment.attributes import require
from graphcl.augment.centrality import Centrality, node_centrality, steps_for_columns
from graphcl.augment.draws import Probabilities
from graphcl.augment.features import add_noise, drop_entries, mask_columns, mask_rows, shuffle_rows
from graphcl.augment.importance import CAP, FeatureRule, feature_drop_probabilities


class FeatureTransform(BaseTransform):
    """What the transforms of features share: a generator, the copy, and the check that there are features."""

    def __init__(self, *, generator: torch.Generator) -> None:
        self.generator = generator

    def forward(self, data: Data) -> Data:
        """A copy of the graph with other features."""
        out = copy(require(data, "x"))
        out.x = self._features(data)
        return out

    @abstractmethod
    def _features(self, data: Data) -> Tensor:
        """The new features of a graph or a batch."""


class MaskColumns(FeatureTransform):
    """Set whole columns to 0: `mask_columns`.

    Args:
        p: the probability of losing a column: a number, or one per column.
        generator: what the draws come from.

    Example:
        >>> MaskColumns(torch.tensor([1.0, 0.0]), generator=torch.Generator())(Data(x=torch.ones(2, 2))).x
        tensor([[0., 1.],
                [0., 1.]])
    """

    def __init__(self, p: Probabilities, *, generator: torch.Generator) -> None:
        super().__init__(generator=generator)
        self.p = p

    def _features(self, data: Data) -> Tensor:
        return mask_columns(data.x, self.p, generator=self.generator)


class AdaptiveMaskColumns(FeatureTransform):
    """Set columns of unimportant nodes to 0 rather: `feature_drop_probabilities`, then `mask_columns`.

    The probabilities are computed at every call; a training loop rather computes them once.

    Args:
        rate: the mean probability of losing a column; the cap makes it less.
        generator: what the draws come from.
        centrality: "degree", "pagerank", "lazy-walk" or "eigenvector".
        rule: "binary" for sparse counts, "dense" for real numbers.
        cap: the greatest probability.
        steps: rounds of the iteration behind the centrality; None takes 10 for the lazy walk, as the published
            code does, and 200 for the others, which converge.

    Example:
        >>> star = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]))
        >>> AdaptiveMaskColumns(0.5, generator=torch.Generator().manual_seed(0))(star).x.diagonal()
        tensor([1., 1., 0.])
    """

    def __init__(
        self,
        rate: float,
        *,
        generator: torch.Generator,
        centrality: Centrality = "degree",
        rule: FeatureRule = "binary",
        cap: float = CAP,
        steps: int | None = None,
    ) -> None:
        super().__init__(generator=generator)
        self.rate, self.centrality, self.rule, self.cap = rate, centrality, rule, cap
        self.steps = steps_for_columns(centrality) if steps is None else steps

    def _features(self, data: Data) -> Tensor:
        require(data, "edge_index")
        c = node_centrality(data.edge_index, data.num_nodes, self.centrality, steps=self.steps)
        p = feature_drop_probabilities(data.x, c, self.rate, rule=self.rule, cap=self.cap)
        return mask_columns(data.x, p, generator=self.generator)


class MaskRows(FeatureTransform):
    """Set whole rows to 0: `mask_rows`.

    Args:
        p: the probability of masking a row: a number, or one per row.
        generator: what the draws come from.

    Example:
        >>> MaskRows(torch.tensor([1.0, 0.0]), generator=torch.Generator())(Data(x=torch.ones(2, 2))).x
        tensor([[0., 0.],
                [1., 1.]])
    """

    def __init__(self, p: Probabilities, *, generator: torch.Generator) -> None:
        super().__init__(generator=generator)
        self.p = p

    def _features(self, data: Data) -> Tensor:
        return mask_rows(data.x, self.p, generator=self.generator)


class DropEntries(FeatureTransform):
    """Set single entries to 0: `drop_entries`.

    Args:
        p: the probability of losing an entry.
        generator: what the draws come from.

    Example:
        >>> DropEntries(1.0, generator=torch.Generator())(Data(x=torch.ones(1, 2))).x
        tensor([[0., 0.]])
    """

    def __init__(self, p: float, *, generator: torch.Generator) -> None:
        super().__init__(generator=generator)
        self.p = p

    def _features(self, data: Data) -> Tensor:
        return drop_entries(data.x, self.p, generator=self.generator)


class ShuffleRows(FeatureTransform):
    """Deal the rows out anew among the nodes of each graph: `shuffle_rows`.

    Args:
        generator: what the draws come from.

    Example:
        >>> ShuffleRows(generator=torch.Generator().manual_seed(1))(Data(x=torch.eye(2))).x
        tensor([[0., 1.],
                [1., 0.]])
    """

    def _features(self, data: Data) -> Tensor:
        return shuffle_rows(data.x, generator=self.generator, batch=data.get("batch"))


class AddNoise(FeatureTransform):
    """Add normal noise: `add_noise`.

    Args:
        scale: its standard deviation.
        generator: what the draws come from.

    Example:
        >>> AddNoise(0.0, generator=torch.Generator())(Data(x=torch.ones(1, 2))).x
        tensor([[1., 1.]])
    """

    def __init__(self, scale: float, *, generator: torch.Generator) -> None:
        super().__init__(generator=generator)
        self.scale = scale

    def _features(self, data: Data) -> Tensor:
        return add_noise(data.x, self.scale, generator=self.generator)
