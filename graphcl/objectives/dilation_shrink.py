"""Dink-Net's clustering losses: cluster dilation and cluster shrink."""

from typing import Literal, NamedTuple, get_args

from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Nodes

Dilation = Literal["coded", "paper"]
"""The mean over pairs of centres: over all k^2, as the authors' code has it, or over the k (k - 1) of two."""


class DinkTerms(NamedTuple):
    """The terms of Dink-Net's clustering loss, scalars: shrink, at least 0, and dilation, at most 0."""

    shrink: Float[Tensor, ""]
    dilation: Float[Tensor, ""]


def dilation_shrink(z: Nodes, centres: Float[Tensor, "k d"], *, dilation: Dilation = "coded") -> DinkTerms:
    """Cluster shrink and cluster dilation of Dink-Net: pull every node to every centre, push centres apart.

        shrink = mean_{i,j} |z_i - c_j|^2,    dilation = - mean_{j,l} |c_j - c_l|^2

    With m the mean of the nodes, c that of the centres and e_j = c_j - c, both are sums of squares, which is how
    they are computed, in O((n + k) d) without a matrix of distances:

        shrink = mean_i |z_i - m|^2 + |m - c|^2 + mean_j |e_j|^2,    dilation = - 2 mean_j |e_j|^2

    and with "paper" dilation is k / (k - 1) times that. So the nodes reach the centres through their mean m alone,
    no term pulls a centre to nodes of its own, and shrink + dilation falls without bound as the centres move away
    from one another: from a clustering by k-means these losses cannot find a better one.

    Args:
        z: embeddings, (n, d), n at least 1.
        centres: (k, d), k at least 1; a single centre has the dilation 0.
        dilation: "coded", the mean over all k^2 pairs, of a centre with itself too, as in the authors' code; or
            "paper", over the k (k - 1) others.

    Returns:
        Shrink and dilation, in float32 at least, to be added up; gradients reach embeddings and centres.

    Raises:
        ValueError: no rows, no centres, or an unknown kind of dilation.

    Example:
        >>> import torch
        >>> z, centres = torch.tensor([[0.0], [2.0]]), torch.tensor([[0.0], [4.0]])
        >>> dilation_shrink(z, centres)  # (0 + 16 + 4 + 4) / 4 and -(0 + 16 + 16 + 0) / 4
        DinkTerms(shrink=tensor(6.), dilation=tensor(-8.))

    Reference:
        [Liu, Liang, Xia, Zhou, Yang, Liu, Li, "Dink-Net: Neural Clustering on Large Graphs", ICML 2023,
        arXiv 2305.18405], equations of the dilation and shrink losses; the authors' model.py,
        github.com/yueliu1999/Dink-Net at d0d47ad, where what should leave out the diagonal returns nothing.
    """
    if dilation not in get_args(Dilation):
        raise ValueError(f"dilation must be one of {', '.join(get_args(Dilation))}; got {dilation!r}")
    if not len(z) or not len(centres):
        raise ValueError(f"there must be rows and centres; got {len(z)} and {len(centres)}")
    z, centres = at_least_float32(z), at_least_float32(centres)
    k, mean, centre = len(centres), z.mean(0), centres.mean(0)
    spread = (centres - centre).square().sum() / k
    shrink = (z - mean).square().sum() / len(z) + (mean - centre).square().sum() + spread
    return DinkTerms(shrink, -2 * spread * (k / max(k - 1, 1) if dilation == "paper" else 1))
