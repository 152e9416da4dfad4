"""D-SLA's losses: identify the original graph among its perturbations, and how far they are from it."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32

Candidates = Float[Tensor, "graphs candidates d"]
"""Embeddings of each graph and its perturbations; the first candidate is the graph itself."""


def graph_discrimination(
    scores: Float[Tensor, "graphs candidates"], edits: Int[Tensor, "graphs candidates"] | None = None
) -> Float[Tensor, ""]:
    """D-SLA's graph discrimination: cross-entropy of the original, mean over graphs of logsumexp_i S_i - S_0.

    A candidate without an edit equals the graph: it is left out of the sum, and a graph without an edited
    candidate is left out of the mean.

    Args:
        scores: S, of each candidate; the first is the graph itself.
        edits: number of edits of each candidate, the first column is not used; None means that all are edited.

    Returns:
        A scalar in float32 at least; log(candidates) where all scores are equal, 0 where nothing was edited.

    Example:
        >>> graph_discrimination(torch.zeros(2, 4))
        tensor(1.3863)

    Reference: [Kim, Baek, Hwang, "Graph Self-supervised Learning with Accurate Discrepancy Learning", NeurIPS
    2022, arXiv 2202.02989], as in the authors' code.
    """
    target = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
    scores = at_least_float32(scores)
    if edits is None:
        return F.cross_entropy(scores, target)
    same = edits == 0
    same[:, 0] = False
    loss = F.cross_entropy(scores.masked_fill(same, -torch.inf), target, reduction="sum")
    return loss / (edits[:, 1:] > 0).any(1).sum().clamp(min=1)


def distances_to_original(z: Candidates) -> Float[Tensor, "graphs perturbed"]:
    """Distances |z_i - z_0| of a graph's candidates i >= 1, in float32 at least; the gradient at 0 is 0.

    Example:
        >>> distances_to_original(torch.tensor([[[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]]]))
        tensor([[5., 0.]])
    """
    z = at_least_float32(z)
    distance: Tensor = torch.linalg.vector_norm(z[:, 1:] - z[:, :1], dim=2)
    return distance


def edit_discrepancy(z: Candidates, edits: Int[Tensor, "graphs candidates"]) -> Float[Tensor, ""]:
    """D-SLA's edit distance loss: mean over graphs and pairs i < j of (d_i / e_i - d_j / e_j)^2.

    d_i is the distance of candidate i from the graph itself, e_i its number of edits: distances become
    proportional to edits. The authors' code takes the mean, the paper writes a sum. Candidates without an edit are
    left out. With twice the edits the value is a quarter.

    Args:
        z: embeddings.
        edits: e, at least 0; the first column is not used.

    Returns:
        A scalar in float32 at least; 0 without a pair.

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


def margin_discrepancy(
    z: Candidates, *, margin: float, candidates: int | None = None, groups: Int[Tensor, " graphs"] | None = None
) -> Float[Tensor, ""]:
    """D-SLA's margin loss: candidates lie nearer than other graphs, mean of max(0, margin + d_i - |z_0 - z'_0|).

    The mean runs over graphs, the other graphs of the batch, and candidates i; z'_0 is the other graph itself.

    Args:
        z: embeddings.
        margin: at least 0.
        candidates: how many after the first are used; None for all. The authors' code leaves out the last one,
            which is perturbed strongly.
        groups: graphs of one group, such as equal graphs, are no others of one another; None makes each graph a
            group of its own.

    Returns:
        A scalar in float32 at least; 0 for a single graph, or where all are of one group.

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
    if groups is not None:
        others = groups[:, None] != groups
        return (hinge * others[:, :, None]).sum() / (others.sum() * distance.size(1)).clamp(min=1)
    other = ~torch.eye(graphs, dtype=torch.bool, device=z.device)
    return (hinge * other[:, :, None]).sum() / max(graphs * (graphs - 1) * distance.size(1), 1)
