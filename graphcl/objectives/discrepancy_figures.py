"""Diagnostics of discrepancy learning: accuracy, rank correlation with edits, and collapse of embeddings."""

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from graphcl.objectives.discrepancy import Candidates, distances_to_original
from graphcl.ops.machine.precision import at_least_float32

FIGURES = ("accuracy", "spearman", "distance", "apart")
"""The names of `discrepancy_figures`."""


@torch.no_grad()
def discrepancy_figures(
    z: Candidates, scores: Float[Tensor, "graphs candidates"], edits: Int[Tensor, "graphs candidates"]
) -> dict[str, Float[Tensor, ""]]:
    """Diagnostics of D-SLA on a batch, as scalars on its device.

    Args:
        z: embeddings; the first candidate is the graph itself.
        scores: of each candidate.
        edits: number of edits of each candidate.

    Returns:
        Scalars by name.
        - `accuracy`: share of graphs that score higher than all their edited candidates, among graphs with one;
          1 / candidates by chance.
        - `spearman`: rank correlation of distances and edits over all edited candidates.
        - `distance`: the mean distance of edited candidates from their graph; near 0 after a collapse.
        - `apart`: the mean distance between graphs; 0 for a single one.

    Example:
        >>> z = torch.tensor([[[0.0], [2.0], [5.0]]])
        >>> figures = discrepancy_figures(z, torch.tensor([[9.0, 1.0, 2.0]]), torch.tensor([[0, 2, 4]]))
        >>> {name: float(value) for name, value in figures.items()}
        {'accuracy': 1.0, 'spearman': 1.0, 'distance': 3.5, 'apart': 0.0}
    """
    distance = distances_to_original(z)
    edited = edits[:, 1:] > 0
    original = at_least_float32(z[:, 0])
    apart = torch.cdist(original, original, compute_mode="donot_use_mm_for_euclid_dist").sum()
    pairs = max(len(z) * (len(z) - 1), 1)
    found = edited.any(1) & (scores[:, :1].gt(scores[:, 1:]) | ~edited).all(1)
    return {
        "accuracy": found.sum().to(distance.dtype) / edited.any(1).sum().clamp(min=1),
        "spearman": rank_correlation(distance[edited], edits[:, 1:][edited]).to(distance.dtype),
        "distance": (distance * edited).sum() / edited.sum().clamp(min=1),
        "apart": apart / pairs,
    }


def rank_correlation(a: Shaped[Tensor, " m"], b: Shaped[Tensor, " m"]) -> Float[Tensor, ""]:
    """Spearman's rank correlation with mean ranks for ties; 0 if a or b is constant.

    Example:
        >>> rank_correlation(torch.tensor([1, 5, 2]), torch.tensor([0.1, 0.9, 0.3])).item()
        1.0
    """
    if len(a) < 2:
        return torch.zeros((), dtype=torch.float64, device=a.device)
    x, y = (_mean_ranks(values) for values in (a, b))
    norm = (x.square().sum() * y.square().sum()).sqrt()
    correlation: Tensor = (x * y).sum() / torch.where(norm > 0, norm, torch.ones_like(norm))
    return correlation


def _mean_ranks(values: Tensor) -> Tensor:
    """Centred ranks in float64; ties have their mean rank."""
    _, place, count = torch.unique(values, return_inverse=True, return_counts=True)
    end = torch.cumsum(count, 0).double()
    ranks = (end - (count.double() + 1) / 2)[place]
    centred: Tensor = ranks - ranks.mean()
    return centred
