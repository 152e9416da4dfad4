"""All-pairs log-sum-exp estimated from a sample of the keys: unbiased sums, for any scale and width."""

import math

import torch
from torch import Tensor

from graphcl.objectives.all_pairs.blocks import blocked_logsumexp


def sampled_logsumexp(
    u: Tensor, v: Tensor | None, scale: float, samples: int, generator: torch.Generator
) -> Tensor:
    """The log of an unbiased estimate of each row's sum, from `samples` rows of v shared by all queries.

    They are drawn without replacement. If v is None the diagonal entry is exact and the sum over the other rows is
    estimated: exp(scale |u_i|^2) + (n - 1) / |J - {i}| sum_{j in J - {i}} exp(scale u_i . u_j).
    """
    other = u if v is None else v
    if samples < 2:
        raise ValueError(f"samples must be at least 2; got {samples}")
    if samples >= len(other):
        return blocked_logsumexp(u, other, scale)
    drawn = torch.randperm(len(other), generator=generator, device=generator.device)[:samples].to(u.device)
    answers = other.index_select(0, drawn)
    total = blocked_logsumexp(u, answers, scale)
    if v is not None:
        return total + math.log(len(other) / samples)
    among = (scale * answers @ answers.T).fill_diagonal_(-torch.inf)
    total = total.index_copy(0, drawn, torch.logsumexp(among, dim=1))
    count = torch.full_like(total, samples).index_fill(0, drawn, samples - 1)
    own = scale * u.square().sum(1)
    return torch.logaddexp(own, total + math.log(len(u) - 1) - count.log())
