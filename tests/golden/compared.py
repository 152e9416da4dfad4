"""Compare a float64 tensor with numbers of a golden file."""

import numpy as np
from torch import Tensor


def close(actual: Tensor, expected: object, *, tolerance: float = 1e-9) -> None:
    """Equal up to the tolerance, relative or absolute; shapes must agree."""
    assert tuple(actual.shape) == np.shape(expected)
    np.testing.assert_allclose(actual.detach(), expected, rtol=tolerance, atol=tolerance / 100)
