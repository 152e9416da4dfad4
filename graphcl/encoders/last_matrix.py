"""What was made of a graph's edges last, kept as long as the same edges are asked for again."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import ref

from torch import Tensor

Made = TypeVar("Made")


class LastMade(Generic[Made]):
    """Keeps what was made of one tensor of edges: for an unchanged graph it is made once, and not in every step.

    The edges are known by their identity and by the number of changes in place that torch counts; they are not
    kept alive, and with them goes what was made. Copies start empty.

    Example:
        >>> import torch
        >>> edges, kept = torch.tensor([[0], [1]]), LastMade()
        >>> kept.of(edges, 2, lambda: [1]) is kept.of(edges, 2, lambda: [2])
        True
    """

    def __init__(self) -> None:
        self._edges: Callable[[], Tensor | None] = _nothing
        self._known: Any = None
        self._made: Made | None = None

    def of(self, edge_index: Tensor, settings: Hashable, make: Callable[[], Made], *others: Tensor | None) -> Made:
        """What belongs to these edges: what is kept, or what `make` gives.

        Args:
            edge_index: (2, e).
            settings: what else it depends on.
            make: makes it.
            others: further tensors that it depends on, where they are not None, as weights and a sample's degrees:
                what is made of these is not kept.
        """
        if edge_index.is_inference() or any(other is not None for other in others):  # torch counts no changes
            return make()
        known = (edge_index._version, settings)  # noqa: SLF001  (torch offers the count of changes nowhere else)
        if self._made is None or self._edges() is not edge_index or self._known != known:
            self._made = make()
            self._known, self._edges = known, ref(edge_index, self._forget)
        return self._made

    def _forget(self, edges: object) -> None:
        if self._edges is edges:
            self._edges, self._known, self._made = _nothing, None, None

    def __deepcopy__(self, memo: dict[int, Any]) -> "LastMade[Made]":
        return type(self)()

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()


class LastMatrix(LastMade[Tensor]):
    """`LastMade` of a matrix.

    Example:
        >>> import torch
        >>> edges, kept = torch.tensor([[0], [1]]), LastMatrix()
        >>> kept.of(edges, 2, lambda: torch.eye(2)) is kept.of(edges, 2, lambda: torch.zeros(2, 2))
        True
    """


def _nothing() -> None:
    """Stand for edges that are gone."""
