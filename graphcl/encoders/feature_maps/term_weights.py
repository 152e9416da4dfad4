"""Inverse document frequency (IDF) weights of features, TF-IDF, and a test for count data."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import scale_columns, unit_rows
from graphcl.typing import Nodes


def holds_counts(x: Nodes) -> bool:
    """Whether all features are integers, that is counts or binary.

    Args:
        x: (n, d), dense or CSR.

    Example:
        >>> holds_counts(torch.tensor([[0.0, 2.0]])), holds_counts(torch.tensor([[0.0, 0.2]]))
        (True, False)
    """
    values = x.values() if x.layout == torch.sparse_csr else x
    return bool((values == values.round()).all())


def inverse_document_frequency(x: Nodes) -> Float[Tensor, " d"]:
    """Smoothed inverse document frequency of each column j: ln((1 + n) / (1 + df_j)) + 1.

    df_j is the number of rows in which column j is not 0.

    Args:
        x: (n, d), dense or CSR.

    Returns:
        (d,), at least 1; a column without zeros has weight 1.

    Example:
        >>> inverse_document_frequency(torch.tensor([[1.0, 0.0], [2.0, 3.0], [1.0, 0.0]]))
        tensor([1.0000, 1.6931])

    Reference: [Sparck Jones, Journal of Documentation 1972], with the smoothing of scikit-learn's
    `TfidfTransformer`.
    """
    n, d = x.shape
    if x.layout == torch.sparse_csr:
        used = x.col_indices()[x.values() != 0].long()
        frequency = torch.bincount(used, minlength=d)
    else:
        frequency = x.count_nonzero(dim=0)
    return torch.log((1 + n) / (1 + frequency.to(x.dtype))) + 1


def tf_idf(x: Nodes, weights: Float[Tensor, " d"]) -> Nodes:
    """TF-IDF features: columns times their weights, then rows to unit length; the layout, dense or CSR, is kept.

    Args:
        x: (n, d), dense or CSR.
        weights: (d,), for instance of `inverse_document_frequency`.

    Example:
        >>> tf_idf(torch.tensor([[1.0, 2.0]]), torch.tensor([3.0, 2.0]))
        tensor([[0.6000, 0.8000]])
    """
    return unit_rows(scale_columns(x, weights))
