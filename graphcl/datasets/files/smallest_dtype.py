"""Smallest integer dtype for a range, among those that PyTorch can index."""

import numpy as np


def smallest_dtype(largest: int) -> type[np.integer]:
    """Smallest integer dtype that can hold 0 to `largest`: uint8, int16, int32 or int64.

    Example:
        >>> smallest_dtype(255), smallest_dtype(256)
        (<class 'numpy.uint8'>, <class 'numpy.int16'>)
    """
    types = (np.uint8, np.int16, np.int32)
    return next((kind for kind in types if largest <= np.iinfo(kind).max), np.int64)
