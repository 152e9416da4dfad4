"""Mutual information between nodes and summaries of graphs, by discrimination of own and other graphs of a batch.

A node's row should score high with the summary of its own graph and low with those of others.
"""

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

ENTRIES = 2**20
"""The most scores in memory at once, 4 MB in float32; the more nodes, the fewer graphs at a time."""

EXACT = 40.0
"""Beyond this score, softplus is the score itself, to the last bit of float64."""

Summaries = Float[Tensor, "graphs d"]
"""One row per graph."""


class LocalGlobalTerms(NamedTuple):
    """The terms of a loss between nodes and summaries, scalars, and how well they are told apart.

    Attributes:
        own: on nodes and the summaries of their own graphs.
        other: on nodes and the summaries of other graphs.
        accuracy: the mean of the shares of own pairs that score above 0 and of other pairs that do not; without
            gradient. Of a single graph, which has no other pairs, the share of own pairs.
    """

    own: Float[Tensor, ""]
    other: Float[Tensor, ""]
    accuracy: Float[Tensor, ""]

    @property
    def loss(self) -> Float[Tensor, ""]:
        """Their sum."""
        return self.own + self.other


def local_global_jsd(local: Nodes, summary: Summaries, batch: Int[Tensor, " n"]) -> LocalGlobalTerms:
    """InfoGraph's loss: the Jensen-Shannon estimate of mutual information, negated; nodes against all graphs.

    With s_iG = l_i . g_G, sp(s) = log(1 + e^s), and G_i the graph of node i, of n nodes and N graphs:

        L = mean over i of ( sp(-s_i,G_i) - log 2 )  +  mean over i, G != G_i of ( sp(s_iG) - log 2 )

    Every node of the batch counts equally, so that large graphs weigh more. L is 0 where all scores are 0, and at
    least -2 log 2. A single graph has no negatives: its loss and gradients are 0, where the published code divides
    by 0.

    Args:
        local: l, one row per node, (n, d), of any length.
        summary: g, one row per graph, (N, d).
        batch: (n,), the graph of each node, in [0, N).

    Returns:
        The two terms, whose sum is the loss, in float32 at least, and the accuracy; gradients reach both inputs.
        Scores are computed for a block of graphs at a time: memory is linear in n and N.

    Raises:
        ValueError: shapes that do not fit.
        RuntimeError: in a double backward, see `first_order`.

    Example:
        >>> local_global_jsd(torch.eye(2), torch.eye(2), torch.tensor([0, 1])).loss  # log(1 + 1/e) - log 2
        tensor(-0.3799)

    Reference:
        [Sun, Hoffmann, Verma, Tang, "InfoGraph", ICLR 2020, arXiv 1908.01000]; the authors' `unsupervised`,
        github.com/fanyun-sun/InfoGraph at 673a065.
    """
    local, summary = _checked(local, summary, batch)
    with full_precision(local):
        own = _own_scores(local, summary, batch)
        if len(summary) < 2:
            return _single(own)
        total, wrong = _OtherPairs.apply(local, summary, batch)  # type: ignore[no-untyped-call]
    pairs = max(len(local), 1) * (len(summary) - 1)
    zero, accuracy = math.log(2), (_share_above_0(own) + 1 - wrong / pairs) / 2
    return LocalGlobalTerms(_mean_softplus(-own) - zero, total / pairs - zero, accuracy)


def next_summary_bce(local: Nodes, summary: Summaries, batch: Int[Tensor, " n"]) -> LocalGlobalTerms:
    """Loss of pretrain-gnns' graph infomax: each node against the summaries of its own and of the next graph.

    With s_iG = h_i . c_G, sp(s) = log(1 + e^s), and G_i the graph of node i, of N graphs:

        L = mean over i of sp(-s_i,G_i)  +  mean over i of sp(s_i,(G_i + 1) mod N)

    It is a sum of two means, 2 log 2 where all scores are 0, and every node counts equally. A bilinear score
    h' W s has c = W s. A single graph has no negatives: its loss and gradients are 0, where the published code
    compares it with itself.

    Args:
        local: h, one row per node, (n, d), of any length.
        summary: c, one row per graph, (N, d), in random order.
        batch: (n,), the graph of each node, in [0, N).

    Returns:
        The two terms, whose sum is the loss, in float32 at least, and the accuracy; gradients reach both inputs.

    Raises:
        ValueError: shapes that do not fit.

    Example:
        >>> next_summary_bce(torch.eye(2), torch.eye(2), torch.tensor([0, 1])).loss  # log(1 + 1/e) + log 2
        tensor(1.0064)

    Reference:
        [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020, arXiv 1905.12265], after
        [Velickovic et al., "Deep Graph Infomax", ICLR 2019]; chem/pretrain_deepgraphinfomax.py of
        github.com/snap-stanford/pretrain-gnns at 8b20528.
    """
    local, summary = _checked(local, summary, batch)
    with full_precision(local):
        own = _own_scores(local, summary, batch)
        if len(summary) < 2:
            return _single(own)
        other = _own_scores(local, summary.roll(-1, 0), batch)
    accuracy = (_share_above_0(own) + 1 - _share_above_0(other)) / 2
    return LocalGlobalTerms(_mean_softplus(-own), _mean_softplus(other), accuracy)


def _checked(local: Tensor, summary: Tensor, batch: Tensor) -> tuple[Tensor, Tensor]:
    """Both in float32 at least."""
    if local.size(1) != summary.size(1):
        raise ValueError(f"nodes and summaries must be equally wide; got {local.size(1)} and {summary.size(1)}")
    if len(local) != len(batch):
        raise ValueError(f"batch must name the graph of each node; got {len(batch)} for {len(local)} nodes")
    return at_least_float32(local), at_least_float32(summary)


def _own_scores(local: Tensor, summary: Tensor, batch: Tensor) -> Tensor:
    return (local * summary.index_select(0, batch)).sum(1)


def _single(own: Tensor) -> LocalGlobalTerms:
    """Of a single graph: no loss, but with gradients of 0, which several processes need."""
    zero = 0 * own.sum()
    return LocalGlobalTerms(zero, zero, _share_above_0(own))


def _share_above_0(scores: Tensor) -> Tensor:
    return (scores > 0).to(scores.dtype).sum() / max(len(scores), 1)


def _mean_softplus(scores: Tensor) -> Tensor:
    return F.softplus(scores, threshold=EXACT).sum() / max(len(scores), 1)


class _OtherPairs(torch.autograd.Function):
    """Sum of softplus over nodes and the summaries of other graphs, and how many score above 0; block by block.

    Every pair has the same weight, so that gradients are computed along with the sum.
    """

    @staticmethod
    def forward(ctx: Any, local: Tensor, summary: Tensor, batch: Tensor) -> tuple[Tensor, Tensor]:
        wanted = any(ctx.needs_input_grad[:2])
        grads = tuple(torch.zeros_like(t) for t in (local, summary)) if wanted else ()
        total, wrong = local.new_zeros(()), local.new_zeros(())
        size = max(1, ENTRIES // max(len(local), 1))
        for start in range(0, len(summary), size):
            rows = summary[start : start + size]
            graph = torch.arange(start, start + len(rows), device=batch.device)
            scores = (local @ rows.T).masked_fill_(batch[:, None] == graph, -torch.inf)
            total += F.softplus(scores, threshold=EXACT).sum()
            wrong += (scores > 0).sum()
            if wanted:
                slope = scores.sigmoid_()
                grads[0].addmm_(slope, rows)
                torch.mm(slope.T, local, out=grads[1][start : start + size])
        ctx.save_for_backward(*grads)
        ctx.mark_non_differentiable(wrong)
        return total, wrong

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor, Tensor, None]:
        grad_local, grad_summary = ctx.saved_tensors
        return grad * grad_local, grad * grad_summary, None
