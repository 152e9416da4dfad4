"""Right singular vectors of a matrix whose rows are computed in blocks, and the map onto its left ones."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.encoders.feature_maps.spectrum import Axes
from graphcl.ops.block_krylov import DENSE, leading_eigenpairs
from graphcl.typing import Nodes

ENTRIES = 2**22
"""Entries of a block of rows in float64: 32 MiB."""

NEGLIGIBLE = 1e-12
"""Squared singular values up to this share of the largest count as zero."""

Rows = Callable[[Tensor], Tensor]
"""From a block of rows of z to the same rows of another matrix, float64; row by row."""


def blockwise_axes(
    z: Nodes,
    rows: Rows,
    width: int,
    count: int,
    *,
    generator: torch.Generator | None = None,
    dense: int = DENSE,
) -> Axes:
    """Leading right singular vectors of Y, whose rows are y_i = rows(z_i); Y is never held as a whole.

    They are the eigenvectors of Y' Y, whose products with vectors are summed over blocks of rows in float64. So Y
    can be z with its columns centred, or a feature map of z that is much wider than z.

    Args:
        z: (n, d), dense.
        rows: from (b, d) to (b, width), float64.
        width: columns of Y.
        count: of the vectors, at least 1; at most `width` are returned.
        generator: see `leading_eigenpairs`.
        dense: widths up to this are solved exactly.

    Returns:
        Vectors (width, count) and squared singular values (count,), descending, at least 0; float64.

    Example:
        >>> z = torch.tensor([[9.0, 1.0], [9.0, 3.0]])
        >>> centre = z.double().mean(0)
        >>> blockwise_axes(z, lambda part: part.double() - centre, 2, 1).weights
        tensor([2.], dtype=torch.float64)
    """
    parts = z.split(rows_at_a_time(width))

    def gram(vectors: Tensor) -> Tensor:
        total = vectors.new_zeros(width, vectors.size(1))
        for part in parts:
            block = rows(part)
            total += block.T @ (block @ vectors)
        return total

    values, vectors = leading_eigenpairs(gram, width, count, device=z.device, generator=generator, dense=dense)
    return Axes(vectors, values.clamp(min=0))


def whitening(axes: Axes) -> Float[Tensor, "d k"]:
    """Each axis divided by its singular value: Y times it is the left singular vectors of Y.

    Where the singular value is 0 the column is 0 as well.

    Example:
        >>> whitening(Axes(torch.eye(2), torch.tensor([4.0, 0.0])))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.0000]])
    """
    kept = axes.weights > NEGLIGIBLE * axes.weights.amax()
    scale = torch.where(kept, axes.weights, 1).rsqrt() * kept
    return axes.vectors * scale


def map_blocks(z: Nodes, rows: Rows, width: int) -> Tensor:
    """`rows` of all blocks of z, where `width` is that of the widest intermediate result; in the type of z.

    Example:
        >>> map_blocks(torch.ones(2, 1), lambda part: part.double() * 3, 1)
        tensor([[3.],
                [3.]])
    """
    return torch.cat([rows(part).to(z.dtype) for part in z.split(rows_at_a_time(width))])


def sum_blocks(z: Nodes, rows: Rows, width: int) -> Tensor:
    """The sum of all rows of Y, `rows` of all blocks of z, where Y has `width` columns; float64.

    Example:
        >>> sum_blocks(torch.ones(2, 1), lambda part: part.double() * 3, 1)
        tensor([6.], dtype=torch.float64)
    """
    return torch.stack([rows(part).sum(0) for part in z.split(rows_at_a_time(width))]).sum(0)


def rows_at_a_time(width: int) -> int:
    """How many rows of a width a block has.

    Example:
        >>> rows_at_a_time(4096)
        1024
    """
    return max(ENTRIES // width, 1)
