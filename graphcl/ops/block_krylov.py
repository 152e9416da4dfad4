"""Leading eigenvectors of a symmetric operator by a restarted block Krylov method with Rayleigh-Ritz."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

from graphcl.ops.eigen import Eigen, symmetric_eigen

DENSE = 512
"""Operators up to this size are formed as matrices and solved exactly."""

OVERSAMPLING = 10
"""Vectors of a block beyond those that are wanted."""

DEPTH = 4
"""Blocks of the Krylov space: V, A V, A^2 V, A^3 V."""

ROUNDS = 100
"""Most restarts."""

TOLERANCE = 1e-10
"""Largest residual |A v - value v| of a wanted vector, as a share of the largest value."""


def leading_eigenpairs(
    apply: Callable[[Tensor], Tensor],
    size: int,
    count: int,
    *,
    device: torch.device | str = "cpu",
    generator: torch.Generator | None = None,
    dense: int = DENSE,
) -> Eigen:
    """The eigenvectors with the (algebraically) largest eigenvalues of a symmetric operator, in float64.

    A small operator is formed as a matrix. For a larger one, the Krylov space of a block of count + 10 vectors is
    built and reduced to its best vectors by Rayleigh-Ritz, and again, until the residuals of all wanted vectors
    are at most 1e-10 of the largest value, or 100 times.

    Args:
        apply: the product with the operator, of (size, b), float64.
        size: of the operator, at least 1.
        count: of the vectors, at least 1; at most `size` are returned.
        device: where `apply` works.
        generator: of the first block, on the CPU.
        dense: sizes up to this are solved as matrices.

    Returns:
        Values in descending order, (count,), and vectors, (size, count), orthonormal columns.

    Example:
        >>> scale = torch.tensor([1.0, -7.0, 5.0], dtype=torch.double)[:, None]
        >>> leading_eigenpairs(lambda v: scale * v, 3, 2).values
        tensor([5., 1.], dtype=torch.float64)

    Reference: [Musco, Musco, "Randomized Block Krylov Methods", NeurIPS 2015], restarted.
    """
    block = min(count + OVERSAMPLING, size)
    if size <= max(dense, DEPTH * block):
        whole = apply(torch.eye(size, dtype=torch.double, device=device))
        return _leading(whole, count)
    start = torch.randn(size, block, dtype=torch.double, generator=generator).to(device)
    basis = torch.linalg.qr(start).Q
    image = apply(basis)
    for _ in range(ROUNDS):
        space, images = _krylov(apply, basis, image)
        values, mix = _leading(space.T @ images, block)
        basis, image = space @ mix, images @ mix
        residual = torch.linalg.vector_norm(image - basis * values, dim=0)[:count]
        if residual.max() <= TOLERANCE * values.abs().max():
            break
    return Eigen(values[:count], basis[:, :count])


def _krylov(apply: Callable[[Tensor], Tensor], basis: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
    """Orthonormal basis of V, A V, A^2 V, ..., and its products with A."""
    spaces, images = [basis], [image]
    for _ in pairwise(range(DEPTH)):
        new, before = images[-1], torch.cat(spaces, dim=1)
        for _ in range(2):  # once leaves rounding errors
            new = torch.linalg.qr(new - before @ (before.T @ new)).Q
        spaces.append(new)
        images.append(apply(new))
    return torch.cat(spaces, dim=1), torch.cat(images, dim=1)


def _leading(matrix: Tensor, count: int) -> Eigen:
    values, vectors = symmetric_eigen((matrix + matrix.T) / 2)
    return Eigen(values.flip(0)[:count], vectors.flip(1)[:, :count])
