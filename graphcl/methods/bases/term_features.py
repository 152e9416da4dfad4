"""Features as TF-IDF rows, with what is learned of them: column weights, and a basis where they are reduced."""

from torch import Tensor

from graphcl.agreement.views import TermWeights
from graphcl.encoders import holds_counts, inverse_document_frequency, right_singular_vectors, tf_idf
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.typing import Nodes


def learn_terms(x: Nodes, idf: TermWeights, components: int | None) -> tuple[Tensor | None, Tensor | None]:
    """Inverse document frequencies, None for equal weights; and a basis, None where the columns stay as they are.

    Args:
        x: (n, d), dense or CSR.
        idf: "always", "never", or "auto" for "always" where x holds integers alone.
        components: columns of the basis, where x has more; None keeps all columns.

    Example:
        >>> import torch
        >>> learn_terms(torch.ones(3, 2), "always", None)
        (tensor([1., 1.]), None)
    """
    weighted = idf == "always" or (idf == "auto" and holds_counts(x))
    weights = inverse_document_frequency(x) if weighted else None
    reduced = components is not None and x.size(1) > components
    basis = right_singular_vectors(term_rows(x, weights, None), components or 1) if reduced else None
    return weights, basis


def term_rows(x: Nodes, weights: Tensor | None, basis: Tensor | None) -> Nodes:
    """TF-IDF rows of unit length, in the basis if there is one; without one the layout, dense or CSR, is kept.

    Args:
        x: (n, d), dense or CSR.
        weights: (d,), or None for equal ones.
        basis: (d, m), or None.

    Example:
        >>> import torch
        >>> term_rows(torch.tensor([[3.0, 4.0]]), None, torch.eye(2)[:, :1])
        tensor([[0.6000]])
    """
    rows = unit_rows(x) if weights is None else tf_idf(x, weights.to(x.device))
    return rows if basis is None else rows @ basis.to(x.device)


def on_cpu(value: Tensor | None) -> Tensor | None:
    """A learned tensor as an estimator keeps it.

    Example:
        >>> import torch
        >>> on_cpu(torch.ones(1)), on_cpu(None)
        (tensor([1.]), None)
    """
    return None if value is None else value.cpu()
