"""Where half precision ends: similarities, softmaxes and metrics are computed in float32 at least."""

import torch
from torch import Tensor


def at_least_float32(t: Tensor) -> Tensor:
    """The tensor itself, or in float32 where it is in half precision.

    Example:
        >>> at_least_float32(torch.ones(1, dtype=torch.bfloat16)).dtype
        torch.float32
    """
    return t.float() if t.dtype in (torch.float16, torch.bfloat16) else t
