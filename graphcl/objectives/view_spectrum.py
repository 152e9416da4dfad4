"""The spectrum of two views: which directions of an embedding views keep; a figure that reads no labels."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes


class Moments(NamedTuple):
    """Covariances of two views about their joint mean.

    Args:
        total: T = (u'u + v'v) / 2n, (d, d).
        shared: C = (u'v + v'u) / 2n, (d, d).
    """

    total: Tensor
    shared: Tensor


@torch.no_grad()
def view_spectrum(u: Nodes, v: Nodes, *, ridge: float = 1e-6) -> Float[Tensor, " d"]:
    """Eigenvalues of the view operator: 1 for a direction that views keep, 0 for one that is noise to them.

    With T and C the covariances of both views about their joint mean, those of T_r^-1/2 C T_r^-1/2, descending,
    with T_r = T + ridge tr(T)/d I. They lie in [-1, 1]; their sum is the number of directions that are kept.
    Augmentations that change nothing have all at 1: read it beside the effective rank, and never maximise it
    alone.

    Args:
        u: rows of the first view, (n, d).
        v: rows of the second view, (n, d).
        ridge: relative, at least 0; T of a lower rank than d needs one.

    Returns:
        (d,), without gradients, in float32 at least; zeros where all rows are equal. O(n d^2 + d^3).

    Raises:
        ValueError: views of different shapes, or a negative ridge.

    Example:
        >>> u = torch.tensor([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
        >>> view_spectrum(u, u * torch.tensor([1.0, -1.0]), ridge=0.0)  # the second column turns its sign
        tensor([ 1., -1.])

    Reference: ours, after [Zhai et al., "Understanding Augmentation-based Self-Supervised Representation Learning
    via RKHS Approximation and Regression", 2023, arXiv 2306.00788].
    """
    if not ridge >= 0:
        raise ValueError(f"ridge must not be negative; got {ridge}")
    total, shared = view_moments(u, v)
    with full_precision(total):
        trace = total.trace()
        if trace <= 0:
            return torch.zeros_like(total.diagonal())
        values, vectors = torch.linalg.eigh(total)
        values = values.clamp(min=0) + ridge * trace / len(total)
        roots = vectors * torch.where(values > 0, values, torch.inf).rsqrt()
        spectrum: Tensor = torch.linalg.eigvalsh(roots.T @ shared @ roots).flip(0)
        return spectrum


@torch.no_grad()
def kept_share(u: Nodes, v: Nodes) -> Float[Tensor, ""]:
    """The share of the variance of two views that they have in common: tr C / tr T, in [-1, 1].

    Signal to noise is s / (1 - s). 0 where all rows are equal.

    Args:
        u: rows of the first view, (n, d).
        v: rows of the second view, (n, d).

    Raises:
        ValueError: views of different shapes.

    Example:
        >>> u = torch.tensor([[1.0], [-1.0]])
        >>> kept_share(u, u), kept_share(u, -u)
        (tensor(1.), tensor(-1.))
    """
    total, shared = view_moments(u, v)
    trace = total.trace()
    return torch.where(trace > 0, shared.trace() / trace.clamp(min=torch.finfo(trace.dtype).tiny), 0)


@torch.no_grad()
def effective_rank(u: Nodes, v: Nodes) -> Float[Tensor, ""]:
    """Exp of the entropy of the spectrum of T, the covariance of both views: how many directions rows spread over.

    In [1, d]; 1 where all rows lie on a line, and where they are equal: a collapse.

    Args:
        u: rows of the first view, (n, d).
        v: rows of the second view, (n, d).

    Raises:
        ValueError: views of different shapes.

    Example:
        >>> u = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        >>> effective_rank(u, u)
        tensor(2.)

    Reference: [Roy and Vetterli, "The effective rank", EUSIPCO 2007], of the covariance.
    """
    total = view_moments(u, v).total
    with full_precision(total):
        values = torch.linalg.eigvalsh(total).clamp(min=0)
        shares = values / values.sum().clamp(min=torch.finfo(values.dtype).tiny)
        return torch.exp(-torch.xlogy(shares, shares).sum())


def view_moments(u: Nodes, v: Nodes) -> Moments:
    """T and C of `view_spectrum`, in float32 at least.

    Raises:
        ValueError: views of different shapes.

    Example:
        >>> u = torch.tensor([[1.0], [-1.0]])
        >>> view_moments(u, -u)
        Moments(total=tensor([[1.]]), shared=tensor([[-1.]]))
    """
    if u.shape != v.shape:
        raise ValueError(f"u and v must be views of the same things; got {tuple(u.shape)} and {tuple(v.shape)}")
    u, v = at_least_float32(u), at_least_float32(v)
    with full_precision(u):
        mean = (u.mean(0) + v.mean(0)) / 2
        u, v = u - mean, v - mean
        across = u.T @ v / (2 * len(u))
        return Moments((u.T @ u + v.T @ v) / (2 * len(u)), across + across.T)
