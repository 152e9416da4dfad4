"""Discrepancy learning: which candidate is the original, and how far the others have moved from it."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.precision import at_least_float32

Candidates = Float[Tensor, "graphs candidates d"]
"""Embeddings of the candidates of each graph; the first is the graph itself."""


def graph_discrimination(
    scores: Float[Tensor, "graphs candidates"], edits: Int[Tensor, "graphs candidates"] | None = None
) -> Float[Tensor, ""]:
    """Tell each graph from its candidates: mean over graphs of logsumexp_i S_i - S_0.

    A candidate without an edit is the graph itself, and nobody could tell them apart: it is left out of the sum,
    and a graph without any other out of the mean.

    Args:
        scores: S, of each candidate; the first is the graph itself.
        edits: of each candidate, the first column is not read; None takes all candidates as edited.

    Returns:
        A scalar in float32 at least; log(candidates) where all scores are equal, 0 where nothing was edited.

    Example:
        >>> graph_discrimination(torch.zeros(2, 4))
        tensor(1.3863)

    Reference: [Kim, Baek, Hwang, "Graph Self-supervised Learning with Accurate Discrepancy Learning", NeurIPS
    2022, arXiv 2202.02989]; the sheet's section 3.
    """
    target = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
    scores = at_least_float32(scores)
    if edits is None:
        return F.cross_entropy(scores, target)
    same = edits == 0
    same[:, 0] = False
    loss = F.cross_entropy(scores.masked_fill(same, -torch.inf), target, reduction="sum")
    return loss / (edits[:, 1:] > 0).any(1).sum().clamp(min=1)


def distances_to_original(z: Candidates) -> Float[Tensor, "graphs others"]:
    """|z_i - z_0| of every further candidate of each graph, in float32 at least; its gradient at 0 is 0.

    Example:
        >>> distances_to_original(torch.tensor([[[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]]]))
        tensor([[5., 0.]])
    """
    z = at_least_float32(z)
    distance: Tensor = torch.linalg.vector_norm(z[:, 1:] - z[:, :1], dim=2)
    return distance


def edit_discrepancy(z: Candidates, edits: Int[Tensor, "graphs candidates"]) -> Float[Tensor, ""]:
    """Make distances proportional to edits: mean over graphs and pairs i < j of (d_i / e_i - d_j / e_j)^2.

    d_i is the distance of candidate i from the graph itself, e_i its number of edits. The published code takes the
    mean, the paper writes a sum. Candidates without an edit are left out of the pairs: nothing is known of them.
    With twice the edits the value is a quarter.

    Args:
        z: embeddings.
        edits: e, at least 0; the first column is not read.

    Returns:
        A scalar in float32 at least; 0 where there is no pair.

    Example:
        >>> z = torch.tensor([[[0.0], [2.0], [5.0]]])
        >>> edit_discrepancy(z, torch.tensor([[0, 1, 2]]))   # (2 / 1 - 5 / 2)^2
        tensor(0.2500)

    Reference: as `graph_discrimination`.
    """
    distance = distances_to_original(z)
    known = edits[:, 1:] > 0
    ratio = distance / edits[:, 1:].clamp(min=1)
    first, second = torch.triu_indices(ratio.size(1), ratio.size(1), offset=1, device=z.device)
    both = known[:, first] & known[:, second]
    squares = (ratio[:, first] - ratio[:, second]).square() * both
    return squares.sum() / both.sum().clamp(min=1)


def margin_discrepancy(z: Candidates, *, margin: float, candidates: int | None = None) -> Float[Tensor, ""]:
    """Keep candidates nearer than other graphs: mean of max(0, margin + d_i - |z_0 - z'_0|).

    The mean runs over graphs, the other graphs of the batch, and candidates i; z'_0 is the other graph itself.

    Args:
        z: embeddings.
        margin: by how much nearer, at least 0.
        candidates: how many after the first take part; None for all. The published code leaves the strongly edited
            last one out.

    Returns:
        A scalar in float32 at least; 0 for a single graph, which has no other.

    Example:
        >>> z = torch.tensor([[[0.0], [1.0]], [[3.0], [5.0]]])
        >>> margin_discrepancy(z, margin=2.5)   # the mean of max(0, 2.5 + 1 - 3) and max(0, 2.5 + 2 - 3)
        tensor(1.)

    Reference: as `graph_discrimination`.
    """
    graphs = len(z)
    distance = distances_to_original(z)[:, :candidates]
    original = at_least_float32(z[:, 0])
    with torch.autocast(z.device.type, enabled=False):
        apart = torch.cdist(original, original, compute_mode="donot_use_mm_for_euclid_dist")
    hinge = F.relu(margin + distance[:, None, :] - apart[:, :, None])
    other = ~torch.eye(graphs, dtype=torch.bool, device=z.device)
    return (hinge * other[:, :, None]).sum() / max(graphs * (graphs - 1) * distance.size(1), 1)
