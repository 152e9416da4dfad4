"""The smallest type for a range of integers, among those that torch can gather."""

import numpy as np


def smallest_dtype(largest: int) -> type[np.integer]:
    """The smallest type that holds 0 to `largest`.

    Example:
        >>> smallest_dtype(255), smallest_dtype(256)
        (<class 'numpy.uint8'>, <class 'numpy.int16'>)
    """
    types = (np.uint8, np.int16, np.int32)
    return next((kind for kind in types if largest <= np.iinfo(kind).max), np.int64)
