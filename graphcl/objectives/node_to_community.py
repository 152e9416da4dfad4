"""Contrast between the nodes of one view and the communities of the other (gCooL's ReSC), in log space.

[Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863], as in the authors' code.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Labels, Nodes

Similarity = Literal["cosine", "rbf"]
"""Inner products over the temperature, or negative squared distances over its square; as in `CommunityHead`."""


def community_contrast(
    h1: Nodes,
    h2: Nodes,
    labels1: Labels,
    labels2: Labels,
    n_communities: int,
    *,
    temperature: float,
    similarity: Similarity = "cosine",
    gamma: float = 8e-5,
    consensus: bool = False,
) -> Float[Tensor, ""]:
    """Node-to-community contrast of gCooL: cross-entropy of a node's community among the other view's means.

    With the means C of a view's communities, g_ik = sim(h_i, C_k) and b_i the community that the other view gives
    node i:

        l_i = -g_{i,b_i} + log sum_k w_{b_i,k} exp g_ik,    L = 1/n sum_i ( l_i(h1, C2) + l_i(h2, C1) ) / 2

    cosine: sim = h . C / t and w = 1. rbf: sim = -|h - C|^2 / t^2 and w_kl = exp(-gamma |C_k - C_l|^2), so that
    near communities are stronger negatives. Means are not normalised; an empty community has the mean 0, which is
    a negative, as in the authors' code.

    With `consensus` (ours) a node counts only where both views give it one community, and L is the mean over
    these; the means C are still those of all nodes. Without such a node the loss is 0.

    Args:
        h1: unit rows of the first view, (n, d).
        h2: unit rows of the second view, (n, d).
        labels1: hard communities by the first view, (n,), in [0, n_communities).
        labels2: hard communities by the second view, (n,).
        n_communities: number of communities, also empty ones.
        temperature: t, positive.
        similarity: "cosine" or "rbf".
        gamma: of the weights, at least 0; used by "rbf" only.
        consensus: whether nodes count only where labels1 and labels2 agree.

    Returns:
        A scalar in float32 at least; gradients reach h1 and h2, but not through the means.

    Raises:
        ValueError: an unknown similarity, a temperature that is not positive, or a negative gamma.

    Example:
        >>> h, labels = torch.eye(2), torch.tensor([0, 1])
        >>> community_contrast(h, h, labels, labels, 2, temperature=1.0)  # log(1 + 1 / e)
        tensor(0.3133)

    Reference:
        [Li, Jing, Tong, WWW 2022, arXiv 2110.14863], the reweighted self-supervised cross-contrastive loss. The
        consensus is an idea of [Dual Mean-Teacher, 2024, arXiv 2403.03145], where two teachers have to agree.
    """
    if gamma < 0:
        raise ValueError(f"gamma must not be negative; got {gamma}")
    h1, h2 = at_least_float32(h1), at_least_float32(h2)
    losses = []
    with full_precision(h1):
        for h, other, labels in ((h1, h2, labels2), (h2, h1, labels1)):
            means = community_means(other.detach(), labels, n_communities)
            logits = community_logits(h, means, temperature=temperature, similarity=similarity)
            if similarity == "rbf":
                logits = logits - gamma * squared_distances(means, means).index_select(0, labels)
            if consensus:
                own = F.cross_entropy(logits, labels, reduction="none") * (labels1 == labels2)
                losses.append(own.sum() / (labels1 == labels2).sum().clamp(min=1))
            else:
                losses.append(F.cross_entropy(logits, labels))
    return torch.stack(losses).mean()


def community_means(h: Nodes, labels: Labels, n_communities: int) -> Float[Tensor, "k d"]:
    """Community means, (n_communities, d); 0 for an empty community.

    Example:
        >>> community_means(torch.tensor([[1.0], [3.0]]), torch.tensor([0, 0]), 2)
        tensor([[2.],
                [0.]])
    """
    size = torch.bincount(labels, minlength=n_communities)
    total = h.new_zeros(n_communities, h.size(1)).index_add(0, labels, h)
    return total / size.clamp(min=1)[:, None]


def community_logits(
    h: Nodes, centres: Float[Tensor, "k d"], *, temperature: float, similarity: Similarity
) -> Float[Tensor, "n k"]:
    """Similarity logits of each row to each centre, (n, k), divided by the temperature.

    Raises:
        ValueError: an unknown similarity, or a temperature that is not positive.

    Example:
        >>> community_logits(torch.eye(2), torch.eye(2), temperature=0.5, similarity="rbf")
        tensor([[-0., -8.],
                [-8., -0.]])
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    if similarity == "cosine":
        return h @ centres.T / temperature
    if similarity == "rbf":
        return -squared_distances(h, centres) / temperature**2
    raise ValueError(f"similarity must be cosine or rbf; got {similarity!r}")


def squared_distances(a: Float[Tensor, "n d"], b: Float[Tensor, "k d"]) -> Float[Tensor, "n k"]:
    """Squared distances |a_i|^2 + |b_k|^2 - 2 a_i . b_k, without an n x k x d tensor.

    Example:
        >>> squared_distances(torch.tensor([[0.0], [1.0]]), torch.tensor([[3.0]]))
        tensor([[9.],
                [4.]])
    """
    return a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T
