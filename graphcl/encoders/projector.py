"""Projector and predictor heads of contrastive and bootstrapped learning, used in training only."""

from jaxtyping import Float
from torch import Tensor, nn

from graphcl.encoders.graph_level.graph_layers import NodeNorm
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.typing import Nodes


class Projector(nn.Sequential):
    """Projection head of GRACE: Linear, ELU, Linear, then L2-normalised rows.

    Args:
        in_channels: width of the embeddings.
        hidden_channels: hidden width; None for `in_channels`.
        out_channels: width of the output; None for `in_channels`.

    Example:
        >>> import torch
        >>> torch.allclose(Projector(4)(torch.ones(3, 4)).norm(dim=1), torch.ones(3))
        True

    Reference: GRACE [Zhu et al., 2020, arXiv 2006.04131]; in all settings of gCooL the three
    widths are equal.
    """

    def __init__(
        self, in_channels: int, hidden_channels: int | None = None, out_channels: int | None = None
    ) -> None:
        super().__init__(*_layers(in_channels, hidden_channels, out_channels, nn.ELU()))

    def forward(self, z: Nodes) -> Float[Tensor, "n c"]:
        """Project rows (n, in_channels) to unit-norm rows (n, out_channels), in float32 or wider."""
        return unit_rows(super().forward(z))  # type: ignore[no-untyped-call]


class Predictor(nn.Sequential):
    """Prediction head of BGRL: Linear, PReLU, Linear; predicts the embedding of the other view.

    Args:
        in_channels: width of the embeddings.
        hidden_channels: hidden width; None for `in_channels`.
        out_channels: width of the output; None for `in_channels`.

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


class Expander(nn.Sequential):
    """Projection head of VICReg: twice Linear, batch normalisation, ReLU, then Linear; wider than its input.

    Args:
        in_channels: width of the embeddings.
        hidden_channels: width of all three layers; None for twice `in_channels`.

    Raises:
        ValueError: a width below 1.

    Example:
        >>> import torch
        >>> Expander(4)(torch.ones(3, 4)).shape
        torch.Size([3, 8])

    Reference: [Bardes, Ponce, LeCun, VICReg, ICLR 2022, arXiv 2105.04906]; the widths on graphs are those of
    graphssl 0.2.0.
    """

    def __init__(self, in_channels: int, hidden_channels: int | None = None) -> None:
        hidden = 2 * in_channels if hidden_channels is None else hidden_channels
        if min(in_channels, hidden) < 1:
            raise ValueError(f"widths must be at least 1; got {(in_channels, hidden)}")
        first, second = nn.Linear(in_channels, hidden), nn.Linear(hidden, hidden)
        super().__init__(
            *(first, NodeNorm(hidden), nn.ReLU()),
            *(second, NodeNorm(hidden), nn.ReLU()),
            nn.Linear(hidden, hidden),
        )


def _layers(
    in_channels: int, hidden_channels: int | None, out_channels: int | None, activation: nn.Module
) -> list[nn.Module]:
    hidden = in_channels if hidden_channels is None else hidden_channels
    out = in_channels if out_channels is None else out_channels
    if min(in_channels, hidden, out) < 1:
        raise ValueError(f"widths must be at least 1; got {(in_channels, hidden, out)}")
    return [nn.Linear(in_channels, hidden), activation, nn.Linear(hidden, out)]
