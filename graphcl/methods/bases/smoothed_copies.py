"""Smoothed copies of the features of a graph, and the embeddings of them that TwoView clusters."""

from collections.abc import Iterator, Sequence
from typing import Literal

import torch
from torch import Tensor

from graphcl.agreement.refinement import RESTART
from graphcl.encoders import Axes, personalized_pagerank
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.typing import Nodes

STEPS = 20
"""Length of the walks that smooth the features."""

ENTRIES_AT_ONCE = 2**28
"""Of smoothed features held at a time, 1 GiB: six strengths of 256 columns up to 174 thousand nodes."""

SCALE_POWER = -1 / 8
"""Of an axis's sum of squares, for the embedding "scaled": singular values to the power 0.75."""

Embedding = Literal["leading", "scaled"]
"""The leading axes of the smoothed features as they are, or twice as many as clusters, brought closer in scale."""


def smoothed_copies(
    features: Nodes, smoother: Tensor, strengths: Sequence[float]
) -> Iterator[tuple[float, Nodes]]:
    """The features smoothed at each strength and at RESTART, in ascending order.

    One sweep of sparse products serves all strengths, or as many as their copies have memory for.
    """
    ascending = sorted({*strengths, RESTART})
    size = max(ENTRIES_AT_ONCE // features.numel(), 1)
    for i in range(0, len(ascending), size):
        group = ascending[i : i + size]
        yield from zip(group, personalized_pagerank(features, smoother, restarts=group, steps=STEPS), strict=True)


def embed(smooth: Nodes, axes: Axes, kind: Embedding, channels: int) -> Nodes:
    """Coordinates along the leading axes, scaled if asked for, rows to unit length."""
    vectors, weights = axes.vectors[:, :channels], axes.weights[:channels]
    if kind == "scaled":
        share = weights / weights[:1]
        vectors = vectors * torch.where(share > 1e-7, share**SCALE_POWER, 0)
    return unit_rows(smooth @ vectors)
