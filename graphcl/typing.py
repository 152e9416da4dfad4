"""The types that recur: shapes of tensors, and numbers with a range that pydantic checks."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, Field, Strict
from torch import Tensor

Nodes = Float[Tensor, "n d"]
"""One row per node: features x or embeddings z; dense or sparse CSR."""

Edges = Int[Tensor, "2 e"]
"""Edges in coordinate form, `edge_index[0]` -> `edge_index[1]`."""

Labels = Int[Tensor, " n"]
"""One hard cluster or class per node."""


MOST_RELATIONS = 64
"""In a multiplex graph: each is a view, and all pairs of views are compared."""

Integers = Tensor | NDArray[Any] | Sequence[int]
"""One integer per node: a tensor on any device, an array or a list."""

Rows = Nodes | NDArray[Any]
"""One row per node, as a tensor or an array."""


def _plain(value: Any) -> Any:
    """A NumPy scalar as the Python number it stands for; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def _fanout(value: int) -> int:
    if value != -1 and not 1 <= value < 2**31:
        raise ValueError("at least 1, or -1 for all neighbours")
    return value


_number = BeforeValidator(_plain)

Count = Annotated[int, _number, Strict(), Field(ge=1, lt=2**31)]
"""An integer of at least 1."""

Layers = Annotated[int, _number, Strict(), Field(ge=1, le=1000)]
"""A number of layers: from 1 to 1000, so that a slip of the pen does not build for minutes."""

Widths = Annotated[Sequence[Count], Field(max_length=1000)]
"""The widths of a network's hidden layers, one for each."""

CountFromTwo = Annotated[int, _number, Strict(), Field(ge=2, lt=2**31)]
"""An integer of at least 2."""

CountOrZero = Annotated[int, _number, Strict(), Field(ge=0, lt=2**31)]
"""An integer of at least 0."""

Seed = Annotated[int, _number, Strict(), Field(ge=0, lt=2**31)]
"""A seed; 0 is a seed."""

Flag = Annotated[bool, _number, Strict()]
"""True or False, and no number or word that stands for them."""

Positive = Annotated[float, _number, Strict(), Field(gt=0, allow_inf_nan=False)]
"""A finite number above 0."""

NonNegative = Annotated[float, _number, Strict(), Field(ge=0, allow_inf_nan=False)]
"""A finite number of at least 0."""

AtLeastOne = Annotated[float, _number, Strict(), Field(ge=1, allow_inf_nan=False)]
"""A finite number of at least 1, as an exponent."""

AboveTwo = Annotated[float, _number, Strict(), Field(gt=2, le=100)]
"""A number above 2, as the exponent of a power law with a mean."""

Fanout = Annotated[int, _number, Strict(), AfterValidator(_fanout)]
"""How many in-neighbours a sample takes of a node: at least 1, or -1 for all."""

Probability = Annotated[float, _number, Strict(), Field(ge=0, le=1)]
"""A number in [0, 1]."""
