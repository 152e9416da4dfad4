"""Head of three layers with a linear shortcut, of losses between nodes and graphs."""

from jaxtyping import Float
from torch import Tensor, nn

from graphcl.encoders.gnn import ACTIVATIONS, Activation


class ShortcutMLP(nn.Module):
    """Three linear layers, an activation after each, plus a linear map of the input; Xavier weights, zero biases.

    Args:
        in_channels: width of the input.
        out_channels: width of the layers and of the output; None for `in_channels`.
        activation: a name of `graphcl.encoders.gnn.ACTIVATIONS`; each layer has its own, as PReLU its slope.

    Raises:
        ValueError: a width below 1, or an unknown activation.

    Example:
        >>> import torch
        >>> ShortcutMLP(6, 4, activation="prelu")(torch.ones(3, 6)).shape
        torch.Size([3, 4])

    Reference: the heads of InfoGraph [Sun et al., ICLR 2020, arXiv 1908.01000], with ReLU, and of MVGRL for graphs
    [Hassani, Khasahmadi, ICML 2020, arXiv 2006.05582], with PReLU.
    """

    def __init__(
        self, in_channels: int, out_channels: int | None = None, *, activation: Activation = "relu"
    ) -> None:
        super().__init__()
        out = in_channels if out_channels is None else out_channels
        if min(in_channels, out) < 1:
            raise ValueError(f"widths must be at least 1; got {(in_channels, out)}")
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {activation!r}")
        layers = [(nn.Linear(width, out), ACTIVATIONS[activation]()) for width in (in_channels, out, out)]
        self.block = nn.Sequential(*(part for layer in layers for part in layer))
        self.shortcut = nn.Linear(in_channels, out)
        for part in self.modules():
            if isinstance(part, nn.Linear):
                nn.init.xavier_uniform_(part.weight)
                nn.init.zeros_(part.bias)

    def forward(self, z: Float[Tensor, "*rows d"]) -> Float[Tensor, "*rows c"]:
        """The head of each row, (..., in_channels) to (..., out_channels)."""
        out: Tensor = self.block(z) + self.shortcut(z)
        return out
