"""Small heads on embeddings, used in training and left out afterwards."""

from jaxtyping import Float
from torch import Tensor, nn

from graphcl.ops.sparse import unit_rows
from graphcl.typing import Nodes


class Projector(nn.Sequential):
    """Linear, ELU, Linear, then rows of unit length: the space in which views are compared.

    Args:
        in_channels: width of the embeddings.
        hidden_channels: width between the layers; None takes that of the embeddings.
        out_channels: width of the result; None takes that of the embeddings.

    Example:
        >>> import torch
        >>> torch.allclose(Projector(4)(torch.ones(3, 4)).norm(dim=1), torch.ones(3))
        True

    Reference: GRACE [Zhu et al., 2020, arXiv 2006.04131]; gCooL's head has `hidden_channels` and `out_channels`
    equal to `in_channels` in all its settings.
    """

    def __init__(
        self, in_channels: int, hidden_channels: int | None = None, out_channels: int | None = None
    ) -> None:
        super().__init__(*_layers(in_channels, hidden_channels, out_channels, nn.ELU()))

    def forward(self, z: Nodes) -> Float[Tensor, "n c"]:
        """Rows (n, in_channels) to rows (n, out_channels) of length 1, in float32 at least."""
        return unit_rows(super().forward(z))  # type: ignore[no-untyped-call]


class Predictor(nn.Sequential):
    """Linear, PReLU, Linear: one view's guess of the other view's embedding.

    Args:
        in_channels: width of the embeddings.
        hidden_channels: width between the layers; None takes that of the embeddings.
        out_channels: width of the result; None takes that of the embeddings.

    Example:
        >>> import torch
        >>> Predictor(4, 8)(torch.ones(3, 4)).shape
        torch.Size([3, 4])

    Reference: BGRL [Thakoor et al., ICLR 2022, arXiv 2102.06514].
    """

    def __init__(
        self, in_channels: int, hidden_channels: int | None = None, out_channels: int | None = None
    ) -> None:
        super().__init__(*_layers(in_channels, hidden_channels, out_channels, nn.PReLU()))


def _layers(
    in_channels: int, hidden_channels: int | None, out_channels: int | None, activation: nn.Module
) -> list[nn.Module]:
    hidden = in_channels if hidden_channels is None else hidden_channels
    out = in_channels if out_channels is None else out_channels
    if min(in_channels, hidden, out) < 1:
        raise ValueError(f"widths must be at least 1; got {(in_channels, hidden, out)}")
    return [nn.Linear(in_channels, hidden), activation, nn.Linear(hidden, out)]
