"""Map from the nodes of a graph to their places in a sample, kept from sample to sample."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch
from torch import Tensor


class NodePlaces:
    """Map from node numbers to places in a sample; it is allocated once, so that a sample costs no O(n).

    Args:
        num_nodes: nodes of the graph.
        device: of the map.

    Example:
        >>> places, nodes = NodePlaces(4), torch.tensor([2, 0])
        >>> with places.borrowed() as place:
        ...     place[nodes] = torch.arange(2)
        ...     print(place.tolist())
        ...     place[nodes] = -1
        [1, -1, 0, -1]
    """

    def __init__(self, num_nodes: int, device: torch.device | str = "cpu") -> None:
        self._place = torch.full((num_nodes,), -1, device=device)
        self._lock = Lock()

    @contextmanager
    def borrowed(self) -> Iterator[Tensor]:
        """The map, (n,), -1 everywhere, for one thread at a time, which sets what it wrote back to -1.

        An exception in between clears the whole map.
        """
        with self._lock:
            try:
                yield self._place
            except BaseException:
                self._place.fill_(-1)
                raise
