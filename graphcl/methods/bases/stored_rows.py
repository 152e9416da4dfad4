"""Rows of all nodes as they were at one moment of a training, kept with its state."""

import torch
from torch import Tensor, nn


class StoredRows(nn.Module):
    """Embeddings of all nodes, without gradient; they are part of a checkpoint, and of no broadcast of buffers.

    Attributes:
        rows: (n, d); (0, 0) while nothing is stored.

    Example:
        >>> store = StoredRows()
        >>> store.rows = torch.ones(3, 2)
        >>> store.state_dict()["_extra_state"].shape
        torch.Size([3, 2])
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = torch.empty(0, 0)

    def get_extra_state(self) -> Tensor:
        """The rows."""
        return self.rows

    def set_extra_state(self, state: Tensor) -> None:
        """Take back what `get_extra_state` gave."""
        self.rows = state
