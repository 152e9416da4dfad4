"""Scaled cosine error, the reconstruction loss of masked graph autoencoders (GraphMAE)."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import full_precision
from graphcl.typing import Nodes


def scaled_cosine_error(prediction: Nodes, target: Nodes, *, alpha: float) -> Float[Tensor, ""]:
    """Scaled cosine error: the mean over rows of (1 - cosine of prediction and target)^alpha.

        L = 1/m sum_i (1 - p_i . t_i / (|p_i| |t_i|))^alpha

    The exponent makes rows that are nearly right count less. Lengths do not matter, so that a row of any scale has
    the same loss. A row of zeros, in either, has the cosine 0: it counts 1 and receives no gradient from a target
    of zeros. The loss lies in [0, 2^alpha].

    Args:
        prediction: (m, d), the decoder's rows of the masked nodes.
        target: (m, d), what was masked, for instance one-hot categories.
        alpha: at least 1; need not be an integer. The authors take 1, 2 or 3.

    Returns:
        A scalar in float32 at least; gradients reach both. Without rows it is 0.

    Raises:
        ValueError: different shapes, or an alpha below 1.

    Example:
        >>> import torch
        >>> scaled_cosine_error(torch.tensor([[2.0, 0.0], [1.0, 1.0]]), torch.eye(2), alpha=2.0)  # (1 - .71)^2 / 2
        tensor(0.0429)

    Reference:
        [Hou et al., "GraphMAE: Self-Supervised Masked Graph Autoencoders", KDD 2022, arXiv 2205.10803]; the
        authors' `sce_loss`, github.com/THUDM/GraphMAE at b14f080. Rounding may bring 1 - cosine below 0, where a
        power that is no integer would be NaN there; here it is 0.
    """
    if prediction.shape != target.shape:
        got = f"{tuple(prediction.shape)} and {tuple(target.shape)}"
        raise ValueError(f"prediction and target must have one shape; got {got}; give a row of each masked node")
    if not alpha >= 1:
        raise ValueError(f"alpha must be at least 1; got {alpha}")
    with full_precision(prediction):
        cosine = (unit_rows(prediction) * unit_rows(target)).sum(1)
    return F.relu(1 - cosine).pow(alpha).sum() / max(len(cosine), 1)
