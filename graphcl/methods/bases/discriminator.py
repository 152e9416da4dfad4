"""Bilinear discriminator of rows given a summary, which DGI and MVGRL share."""

from jaxtyping import Float
from torch import Tensor, nn

from graphcl.typing import Nodes


class Discriminator(nn.Bilinear):
    """Scores z' W s + b of rows z given one summary s, with Xavier-uniform W and b = 0 at the start.

    Args:
        channels: width of rows and summary.

    Example:
        >>> import torch
        >>> Discriminator(4).scores(torch.ones(3, 4), torch.zeros(4)).shape
        torch.Size([3])
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, channels, 1)
        nn.init.xavier_uniform_(self.weight)
        nn.init.zeros_(self.bias)

    def scores(self, z: Nodes, summary: Float[Tensor, " d"]) -> Float[Tensor, " n"]:
        """One logit for each row, in the time of one product of length d each.

        Args:
            z: (n, d).
            summary: (d,).
        """
        logits: Tensor = z @ (self.weight[0] @ summary) + self.bias
        return logits
