"""Contrast with several positives for each anchor and all others as negatives: the loss of MAGI."""

from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.off_diagonal import off_diagonal_logsumexp
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.ops.machine.precision import full_precision
from graphcl.typing import Nodes


def modular_contrast(z: Nodes, positives: Float[Tensor, "n n"], *, temperature: float) -> Float[Tensor, ""]:
    """MAGI's loss: the log softmax over all other rows, averaged over each anchor's positives.

    With c_ij the cosine of z_i and z_j, P(i) the positives of i and t the temperature:

        L = t mean_i ( log sum_{l != i} exp(c_il / t) - 1/|P(i)| sum_{j in P(i)} c_ij / t )

    over the anchors i that have a positive. The anchor is left out of the denominator alone: where it is its own
    positive, as an isolated node is, its term may be negative. The denominator is computed in blocks, the
    positives as one sparse product: memory O(n d + |P|), time O(n^2 d).

    Args:
        z: (n, d), of any length; a row of zeros has cosine 0 with all.
        positives: (n, n), CSR, a constant whose rows average over their positives, see
            `graphcl.ops.random_walks.walk_positives.mean_of_positives`; a row without entries is no anchor.
        temperature: t, positive.

    Returns:
        A scalar in float32 at least; 0 without anchors or with a single row.

    Raises:
        ValueError: another number of positives' rows than z has, or a temperature that is not positive.

    Example:
        >>> import torch
        >>> from graphcl.ops.random_walks.walk_positives import mean_of_positives
        >>> pairs = mean_of_positives(torch.tensor([[0, 1, 2], [1, 0, 1]]), 3)
        >>> modular_contrast(torch.ones(3, 2), pairs, temperature=0.3)  # 0.3 log 2
        tensor(0.2079)

    Reference:
        [Liu, Li, Chen, Wu, Wang, Zhou, Tian, Shen, Fu, Meng, Wang, Chen, "Revisiting Modularity Maximization for
        Graph Clustering: A Contrastive Learning Perspective", KDD 2024, arXiv 2406.14288]; the authors' `loss.py`,
        github.com/EdisonLeeeee/MAGI at 6313854.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    if positives.shape != (len(z), len(z)):
        raise ValueError(
            f"positives must be of shape {(len(z), len(z))}, as z has rows; got {tuple(positives.shape)}"
        )
    with full_precision(z):
        u = unit_rows(z)
        anchors = positives.crow_indices().diff() > 0
        if len(u) < 2:
            return 0 * u.sum()
        pull = (u * multiply(positives.to(u.dtype), u)).sum(1)
        push = temperature * off_diagonal_logsumexp(u, scale=1 / temperature)
        return ((push - pull) * anchors).sum() / anchors.sum().clamp(min=1)
