"""Masking, dropping, shuffling and adding noise to features, dense or CSR, never in place."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from graphcl.augment.checks import check_batch, check_share
from graphcl.augment.draws import Probabilities, check_probability, device_of, keep
from graphcl.ops.graph_matrices.sparse import csr, select_rows
from graphcl.typing import Nodes


def keep_columns(x: Nodes, p: Probabilities, *, generator: torch.Generator | None = None) -> Bool[Tensor, " d"]:
    """Mask of the columns that stay: independent draws, each column dropped with its probability.

    Args:
        x: (n, d), dense or CSR.
        p: the probability of dropping a column, in [0, 1]: a number, or one per column, (d,); see
            `feature_drop_probabilities`.
        generator: what the draws come from, on its device; None for torch's global generator.

    Raises:
        ValueError: a probability outside [0, 1], or not one per column.

    Example:
        >>> keep_columns(torch.ones(2, 3), torch.tensor([0.0, 1.0, 0.0]), generator=torch.Generator())
        tensor([ True, False,  True])
    """
    return keep(x.size(1), p, generator, x.device)


def mask_columns(x: Nodes, p: Probabilities, *, generator: torch.Generator | None = None) -> Nodes:
    """Set random columns to 0 for all nodes; the others are not scaled up.

    Arguments and errors as for `keep_columns`; a CSR matrix keeps its pattern.

    Example:
        >>> mask_columns(torch.ones(2, 3), torch.tensor([0.0, 1.0, 0.0]), generator=torch.Generator())
        tensor([[1., 0., 1.],
                [1., 0., 1.]])

    Reference: feature masking of GRACE [Zhu et al., 2020, arXiv 2006.04131].
    """
    return zero_other_columns(x, keep_columns(x, p, generator=generator))


def mask_column_share(x: Nodes, share: float, *, generator: torch.Generator | None = None) -> Nodes:
    """Set a fixed number of random columns to 0 for all nodes: floor(share d) of d; the others are not scaled up.

    Args:
        x: (n, d), dense or CSR, which keeps its pattern.
        share: of the columns, in [0, 1].
        generator: what the draws come from; None for torch's global generator.

    Raises:
        ValueError: a share outside [0, 1].

    Example:
        >>> mask_column_share(torch.ones(2, 3), 0.4, generator=torch.Generator().manual_seed(0))
        tensor([[1., 1., 0.],
                [1., 1., 0.]])

    Reference: the feature dropout of GGD [Zheng et al., NeurIPS 2022, arXiv 2206.01535], as coded.
    """
    check_share("share", share)
    order = torch.randperm(x.size(1), device=device_of(generator, x.device), generator=generator).to(x.device)
    stays = torch.ones(x.size(1), dtype=torch.bool, device=x.device)
    stays[order[: int(x.size(1) * share)]] = False
    return zero_other_columns(x, stays)


def zero_other_columns(x: Nodes, stays: Bool[Tensor, " d"]) -> Nodes:
    """Set the columns that do not stay to 0; a CSR matrix keeps its pattern.

    Example:
        >>> zero_other_columns(torch.ones(1, 3), torch.tensor([True, False, True]))
        tensor([[1., 0., 1.]])
    """
    return _masked(x, stays[x.col_indices()] if _sparse(x) else stays)


def mask_rows(x: Nodes, p: Probabilities, *, generator: torch.Generator | None = None) -> Nodes:
    """Set random rows to 0, so that only their neighbours describe these nodes.

    Args:
        x: (n, d), dense or CSR.
        p: the probability of masking a row, in [0, 1]: a number, or one per row, (n,).
        generator: what the draws come from; None for torch's global generator.

    Raises:
        ValueError: a probability outside [0, 1], or not one per row.

    Example:
        >>> mask_rows(torch.ones(2, 3), torch.tensor([1.0, 0.0]), generator=torch.Generator())
        tensor([[0., 0., 0.],
                [1., 1., 1.]])

    Reference: attribute masking of GraphCL [You et al., NeurIPS 2020, arXiv 2010.13902].
    """
    stays = keep(x.size(0), p, generator, x.device)
    return _masked(x, torch.repeat_interleave(stays, x.crow_indices().diff()) if _sparse(x) else stays[:, None])


def drop_entries(x: Nodes, p: float, *, generator: torch.Generator | None = None) -> Nodes:
    """Set random single entries to 0, drawn independently; the others are not scaled up.

    Args:
        x: (n, d), dense or CSR; of CSR only the stored entries are drawn for.
        p: the probability of dropping an entry, in [0, 1].
        generator: what the draws come from; None for torch's global generator.

    Raises:
        ValueError: a p outside [0, 1].

    Example:
        >>> drop_entries(torch.ones(2, 2), 0.5, generator=torch.Generator().manual_seed(0))
        tensor([[0., 1.],
                [0., 0.]])
    """
    check_probability(p, x.numel())
    if _sparse(x):
        return _masked(x, keep(len(x.values()), p, generator, x.device))
    return _masked(x, keep(x.numel(), p, generator, x.device).view_as(x))


def shuffle_rows(
    x: Nodes, *, generator: torch.Generator | None = None, batch: Int[Tensor, " n"] | None = None
) -> Nodes:
    """Put rows in random order, so that features no longer match the structure.

    Args:
        x: (n, d), dense or CSR.
        generator: what the draws come from; None for torch's global generator.
        batch: (n,), the graph of each node, in ascending order: rows stay within their graph; None for one graph.

    Raises:
        ValueError: a batch that does not fit.

    Example:
        >>> shuffle_rows(torch.eye(2), generator=torch.Generator().manual_seed(1))
        tensor([[0., 1.],
                [1., 0.]])

    Reference: the corruption of DGI [Velickovic et al., ICLR 2019, arXiv 1809.10341].
    """
    check_batch(batch, x.size(0))
    where = device_of(generator, x.device)
    order = torch.randperm(x.size(0), device=where, generator=generator).to(x.device)
    if batch is not None:
        order = order[torch.argsort(batch[order], stable=True)]
    return select_rows(x, order)


def add_noise(x: Nodes, scale: float, *, generator: torch.Generator | None = None) -> Nodes:
    """Add independent normal noise of standard deviation `scale`.

    Args:
        x: (n, d), dense, floating point.
        scale: at least 0.
        generator: what the draws come from; None for torch's global generator.

    Raises:
        ValueError: a negative scale, sparse features, which noise would make dense, or integers.

    Example:
        >>> add_noise(torch.zeros(1, 2), 0.1, generator=torch.Generator().manual_seed(0))
        tensor([[ 0.1541, -0.0293]])
    """
    if not scale >= 0:
        raise ValueError(f"scale must be at least 0; got {scale}")
    if _sparse(x) or not x.is_floating_point():
        raise ValueError(f"x must be dense and real; got {x.layout} of {x.dtype}; noise makes every entry real")
    where = device_of(generator, x.device)
    noise = torch.randn(x.shape, device=where, generator=generator, dtype=x.dtype)
    return x + scale * noise.to(x.device)


def _sparse(x: Tensor) -> bool:
    return x.layout == torch.sparse_csr


def _masked(x: Nodes, stays: Tensor) -> Nodes:
    """Features with 0 where the mask is False; the mask is one for the stored entries of a CSR matrix."""
    if _sparse(x):
        values = x.values().masked_fill(~stays, 0)
        return csr(x.crow_indices(), x.col_indices(), values, (x.size(0), x.size(1)))
    return x.masked_fill(~stays, 0)
