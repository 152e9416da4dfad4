"""Where half precision ends: similarities, softmaxes and metrics are computed in float32 at least."""

import torch
from torch import Tensor


def full_precision(t: Tensor) -> torch.autocast:
    """The context in which products on the tensor's device keep their factors' precision, also within autocast.

    Example:
        >>> with torch.autocast("cpu", torch.bfloat16), full_precision(torch.ones(1)):
        ...     (torch.ones(1, 1) @ torch.ones(1, 1)).dtype
        torch.float32
    """
    return torch.autocast(t.device.type, enabled=False)


def at_least_float32(t: Tensor) -> Tensor:
    """The tensor itself, or in float32 where it is in half precision.

    Example:
        >>> at_least_float32(torch.ones(1, dtype=torch.bfloat16)).dtype
        torch.float32
    """
    return t.float() if t.dtype in (torch.float16, torch.bfloat16) else t


def computes_bfloat16(device: torch.device) -> bool:
    """Whether the device has instructions for bfloat16; without them it computes some hundred times slower.

    A GPU that only emulates it has not. Where torch cannot tell, the answer is yes.

    Example:
        >>> computes_bfloat16(torch.device("cpu")) in (True, False)
        True
    """
    if device.type == "cuda":
        with torch.cuda.device(device):
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    ask = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)  # not in every build of torch
    return bool(ask()) if device.type == "cpu" and ask else True
