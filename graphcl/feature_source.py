"""Feature sources: node features that are read in rows, by `gather(n_id)`, instead of being one tensor.

A graph whose `x` is a source is checked in blocks of rows, and each batch gathers the rows of its own nodes, so
that the whole matrix is never copied or moved to the device of the run. Any object with the members of
`FeatureSource` will do; `graphcl.datasets.MappedFeatures` reads a memory-mapped npy file.
"""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import select_rows


@runtime_checkable
class FeatureSource(Protocol):
    """Protocol of node features of shape (n, d) that are gathered by node.

    Attributes:
        shape: (n, d).
        dtype: of the rows that `gather` returns.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """The numbers of rows and columns."""

    @property
    def dtype(self) -> torch.dtype:
        """The type of the rows."""

    def size(self, dim: int) -> int:
        """The number of rows (0) or columns (1), as `Tensor.size`."""

    def gather(self, n_id: Tensor) -> Tensor:
        """The rows of some nodes, dense or CSR, on the device of `n_id`.

        Args:
            n_id: (b,), integers in [0, n), in any order and with repetitions. The call may come from a thread that
                prepares the next batch, while another one reads.

        Returns:
            (b, d), of the type `dtype`.
        """


class TensorFeatures:
    """A tensor of node features, dense or CSR, behind the interface of `FeatureSource`; it carries no gradient.

    Args:
        x: (n, d), on any device; rows are copied to the device of the nodes that ask for them.

    Example:
        >>> source = TensorFeatures(torch.eye(3))
        >>> source.shape, source.gather(torch.tensor([2, 0])).tolist()
        ((3, 3), [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    """

    def __init__(self, x: Tensor) -> None:
        self.x = x.detach()

    @property
    def shape(self) -> tuple[int, ...]:
        """The numbers of rows and columns."""
        return tuple(self.x.shape)

    @property
    def dtype(self) -> torch.dtype:
        """The type of the tensor."""
        return self.x.dtype

    def size(self, dim: int) -> int:
        """The number of rows (0) or columns (1)."""
        return self.x.size(dim)

    def gather(self, n_id: Tensor) -> Tensor:
        """The rows of some nodes, (b, d), on the device of `n_id`."""
        return select_rows(self.x, n_id.to(self.x.device)).to(n_id.device)


def is_feature_source(x: Any) -> bool:
    """Whether these features are a source of rows; a tensor is none, although it has members of the same names.

    Example:
        >>> is_feature_source(TensorFeatures(torch.eye(2))), is_feature_source(torch.eye(2))
        (True, False)
    """
    return not isinstance(x, Tensor | type) and isinstance(x, FeatureSource)


class TransformedFeatures:
    """A feature source whose rows are changed, each by itself, when they are gathered.

    Args:
        source: of the rows, of any real or integer type.
        transform: from rows (b, d) to as many rows of the same width.
        dtype: of the rows that it makes.

    Example:
        >>> doubled = TransformedFeatures(TensorFeatures(torch.ones(2, 1)), lambda rows: 2 * rows)
        >>> doubled.gather(torch.tensor([1]))
        tensor([[2.]])
    """

    def __init__(
        self, source: FeatureSource, transform: Callable[[Tensor], Tensor], *, dtype: torch.dtype = torch.float32
    ) -> None:
        self.source, self.transform, self.dtype = source, transform, dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The numbers of rows and columns."""
        return self.source.shape

    def size(self, dim: int) -> int:
        """The number of rows (0) or columns (1)."""
        return self.source.size(dim)

    def gather(self, n_id: Tensor) -> Tensor:
        """The changed rows of some nodes, (b, d)."""
        return self.transform(self.source.gather(n_id))


def map_rows(x: Any, transform: Callable[[Tensor], Tensor]) -> Any:
    """Features with each row changed by itself: those of a tensor now, those of a source when they are gathered.

    Args:
        x: a tensor or a feature source.
        transform: see `TransformedFeatures`.

    Example:
        >>> map_rows(torch.ones(1, 2), torch.neg)
        tensor([[-1., -1.]])
    """
    return TransformedFeatures(x, transform, dtype=x.dtype) if is_feature_source(x) else transform(x)


def whole_tensor(x: Any, who: str) -> Tensor:
    """Features as one tensor, for what reads them as a whole.

    Raises:
        ValueError: they come from a source.

    Example:
        >>> whole_tensor(TensorFeatures(torch.eye(2)), "k-means")
        Traceback (most recent call last):
            ...
        ValueError: k-means reads x as a whole, not from a source; give it a tensor: x.gather(torch.arange(2))
    """
    if is_feature_source(x):
        remedy = f"give it a tensor: x.gather(torch.arange({x.size(0)}))"
        raise ValueError(f"{who} reads x as a whole, not from a source; {remedy}")
    whole: Tensor = x
    return whole
