"""Mixed precision: keep similarities, softmaxes and metrics in float32; detect bfloat16 hardware."""

import torch
from torch import Tensor


def full_precision(t: Tensor) -> torch.autocast:
    """Context manager that disables autocast on the device of a tensor.

    Args:
        t: any tensor on the device.

    Example:
        >>> with torch.autocast("cpu", torch.bfloat16), full_precision(torch.ones(1)):
        ...     (torch.ones(1, 1) @ torch.ones(1, 1)).dtype
        torch.float32
    """
    return torch.autocast(t.device.type, enabled=False)


def at_least_float32(t: Tensor) -> Tensor:
    """Cast float16 and bfloat16 tensors to float32; return others unchanged.

    Args:
        t: any tensor.

    Example:
        >>> at_least_float32(torch.ones(1, dtype=torch.bfloat16)).dtype
        torch.float32
    """
    return t.float() if t.dtype in (torch.float16, torch.bfloat16) else t


def computes_bfloat16(device: torch.device) -> bool:
    """Whether the device has bfloat16 instructions; without them bfloat16 is some hundred times slower.

    False for a GPU that only emulates bfloat16. True where PyTorch cannot tell.

    Args:
        device: a CPU, a GPU or another device.

    Example:
        >>> computes_bfloat16(torch.device("cpu")) in (True, False)
        True
    """
    if device.type == "cuda":
        with torch.cuda.device(device):
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    ask = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)  # not in every build of torch
    return bool(ask()) if device.type == "cpu" and ask else True
