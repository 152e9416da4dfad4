"""The matrix that was made of a graph's edges last, kept as long as the same edges are asked for again."""

from collections.abc import Callable, Hashable
from typing import Any
from weakref import ref

from torch import Tensor


class LastMatrix:
    """Keeps one matrix for one tensor of edges, so that an unchanged graph's is made once and not in every step.

    The edges are known by their identity and by the number of changes in place that torch counts; they are not
    kept alive, and with them the matrix goes. Copies start empty.

    Example:
        >>> import torch
        >>> edges, kept = torch.tensor([[0], [1]]), LastMatrix()
        >>> kept.of(edges, 2, lambda: torch.eye(2)) is kept.of(edges, 2, lambda: torch.zeros(2, 2))
        True
    """

    def __init__(self) -> None:
        self._edges: Callable[[], Tensor | None] = _nothing
        self._known: Any = None
        self._matrix: Tensor | None = None

    def of(
        self, edge_index: Tensor, settings: Hashable, make: Callable[[], Tensor], *others: Tensor | None
    ) -> Tensor:
        """The matrix of these edges: the one that is kept, or what `make` gives.

        Args:
            edge_index: (2, e).
            settings: what else the matrix depends on.
            make: makes it.
            others: further tensors that it depends on, where they are not None, as weights and a sample's degrees:
                a matrix of these is not kept.
        """
        if edge_index.is_inference() or any(other is not None for other in others):  # torch counts no changes
            return make()
        known = (edge_index._version, settings)  # noqa: SLF001  (torch offers the count of changes nowhere else)
        if self._matrix is None or self._edges() is not edge_index or self._known != known:
            self._matrix = make()
            self._known, self._edges = known, ref(edge_index, self._forget)
        return self._matrix

    def _forget(self, edges: object) -> None:
        if self._edges is edges:
            self._edges, self._known, self._matrix = _nothing, None, None

    def __deepcopy__(self, memo: dict[int, Any]) -> "LastMatrix":
        return type(self)()

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()


def _nothing() -> None:
    """Stand for edges that are gone."""
