"""Bootstrapped latents: predicted rows are turned towards those of a target network, without negatives (BGRL)."""

from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.scaled_cosine import scaled_cosine_error
from graphcl.typing import Nodes


def bootstrap_cosine(prediction: Nodes, target: Nodes) -> Float[Tensor, ""]:
    """Bootstrap loss of BYOL and BGRL: the mean over rows of 1 - cosine of a prediction and a constant target.

        L = 1/n sum_i (1 - q_i . y_i / (|q_i| |y_i|))

    Lengths do not matter. A row of zeros has the cosine 0 and counts 1. BGRL adds up two of them, the predictions
    of either view with the targets of the other: 2 - mean cos(q_1, y_2) - mean cos(q_2, y_1), in [0, 4].

    Args:
        prediction: q, (n, d), the predictor's rows of one view.
        target: y, (n, d), the target network's rows of the other view; no gradient reaches it.

    Returns:
        A scalar in [0, 2], in float32 at least. Without rows it is 0.

    Raises:
        ValueError: different shapes.

    Example:
        >>> import torch
        >>> bootstrap_cosine(torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, -3.0]]))
        tensor(1.)

    Reference:
        [Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020, arXiv 2006.07733], whose loss is twice this one;
        [Thakoor et al., "Large-Scale Representation Learning on Graphs via Bootstrapping", ICLR 2022, arXiv
        2102.06514], github.com/nerdslab/bgrl at 60f9f19.
    """
    return scaled_cosine_error(prediction, target.detach(), alpha=1.0)
