"""Schedules of the weights of a joint loss."""

import math
from typing import NamedTuple

ROUNDING = 1e-9
"""A remaining share of the phase below this is 0: rate * stride may differ from an integer by rounding."""


class CommunalWeights(NamedTuple):
    """Loss weights of gCooL in an epoch: alpha of both community terms, and the share c of DeCA in it."""

    alpha: float
    share: float


def communal_weights(epoch: int, *, stride: int, rate: float = 0.2) -> CommunalWeights:
    """Loss weights of gCooL in an epoch: L_node + alpha (c L_DeCA + (1 - c) L_comm).

    In epoch e, alpha = max(0, 1 - e / (rate s)) and c = exp(-e / s): DeCA first, then more of the community
    contrast, and neither from epoch rate * s on. At the published rate 0.2 the contrast weighs 0.048 at most.

    Args:
        epoch: e, from 0.
        stride: s, in epochs, at least 1.
        rate: length of the community phase in strides, positive.

    Raises:
        ValueError: numbers outside these ranges.

    Example:
        >>> communal_weights(0, stride=500), communal_weights(100, stride=500).alpha
        (CommunalWeights(alpha=1.0, share=1.0), 0.0)

    Reference:
        [Li, Jing, Tong, WWW 2022, arXiv 2110.14863], as in the authors' code.
    """
    if epoch < 0 or stride < 1 or not rate > 0:
        got = f"epoch {epoch}, stride {stride}, rate {rate}"
        raise ValueError(f"epoch must be at least 0, stride at least 1 and rate positive; got {got}")
    left = 1 - epoch / (rate * stride)
    return CommunalWeights(left if left > ROUNDING else 0.0, math.exp(-epoch / stride))
