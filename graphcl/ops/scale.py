"""Exact scaling by powers of two, so that squares and their sums neither underflow nor overflow."""

import torch
from torch import Tensor

SMALLEST = 2.0**-20
"""The smallest value that `power_of_two` leaves as it is, unless another is given."""


def power_of_two(largest: Tensor, *, smallest: float = SMALLEST) -> Tensor:
    """A factor for each largest absolute value: 1 for ordinary ones, else the power of two that brings it near 1.

    Ordinary are 2^-20 to 2^51 (1e-6 to 2e15) in float32, and 2^-20 to 2^409 in float64: there the squares of all
    entries and differences that matter, and sums of a million of them, are normal numbers. Multiplying by the
    factor is exact, and so is all arithmetic that follows, up to underflow.

    Args:
        largest: of any shape, float32 or float64, not negative; 0 has the factor 1.
        smallest: the smallest value that is ordinary.

    Returns:
        Factors of the same shape and dtype, without a gradient.

    Example:
        >>> power_of_two(torch.tensor([3.0, 0.0, 2.0**-60, 2.0**100])).log2()
        tensor([   0.,    0.,   59., -101.])
    """
    largest = largest.detach()
    known = (largest > 0) & torch.isfinite(largest)
    extreme = known & ((largest < smallest) | (largest > largest_ordinary(largest.dtype)))
    mantissa, _ = torch.frexp(largest)  # largest = mantissa * 2^e, and mantissa / largest = 2^-e, exactly
    factor = mantissa / torch.where(extreme, largest, 1)
    most = 1 / torch.finfo(largest.dtype).tiny  # the factor of subnormal numbers: 2^126 in float32
    return torch.where(extreme, factor.clamp(max=most), 1)


def is_ordinary(largest: Tensor) -> bool:
    """Whether `power_of_two` of all these is 1, and none is 0, which may be a norm that underflowed.

    Example:
        >>> [is_ordinary(torch.tensor([norm])) for norm in (3.0, 0.0, 2.0**60)]
        [True, False, False]
    """
    return bool(((largest >= SMALLEST) & (largest <= largest_ordinary(largest.dtype))).all())


def largest_ordinary(dtype: torch.dtype) -> float:
    """The largest value that `power_of_two` leaves as it is.

    Example:
        >>> largest_ordinary(torch.float32) == 2.0**51
        True
    """
    exponents = {torch.float32: 128, torch.float64: 1024}[dtype]
    return float(2.0 ** (2 * exponents // 5))


def scale_of(x: Tensor, *, smallest: float = SMALLEST) -> Tensor:
    """The power of two that brings all of a matrix to an ordinary scale, a scalar; 1 without entries.

    Args:
        x: dense or CSR, float32 or float64.
        smallest: as for `power_of_two`.

    Example:
        >>> scale_of(torch.tensor([[3.0, -1.0]])), scale_of(torch.tensor([[2.0**-30, 0.0]]))
        (tensor(1.), tensor(5.3687e+08))
    """
    values = x.detach().values() if x.layout == torch.sparse_csr else x.detach()
    if not values.numel():
        return torch.ones((), dtype=x.dtype, device=x.device)
    return power_of_two(torch.stack(values.aminmax()).abs().max(), smallest=smallest)
