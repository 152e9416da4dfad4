"""DAEGC's proximity of nodes: the mean of one and two steps along edges, kept at edges alone."""

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_array
from torch import Tensor

from graphcl.ops.graph_matrices.sampled_product import product_at
from graphcl.ops.random_walks.walk_matrices import transition_matrix
from graphcl.typing import Edges


def edge_proximity(edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None) -> csr_array:
    """Proximity of order 2 at edges and self loops: M = (B + B^2) / 2, with B the column-normalised P.

    P = D^-1 (A + I) is the transition matrix, and B has its columns scaled to the sum 1, as in the public port of
    DAEGC (github.com/Tiger101010/DAEGC). B^2 is formed in blocks of rows and kept where A + I is not 0.

    Args:
        edge_index: (2, e), node numbers in [0, num_nodes); one direction or both.
        num_nodes: at least 1.
        edge_weight: (e,), non-negative, or None.

    Returns:
        M on the entries of A + I, (n, n), float64; 1 at an isolated node.

    Example:
        >>> import torch
        >>> edge_proximity(torch.tensor([[0], [1]]), 3).toarray()
        array([[0.5, 0.5, 0. ],
               [0.5, 0.5, 0. ],
               [0. , 0. , 1. ]])

    Reference:
        [Wang, Pan, Hu, Long, Jiang, Zhang, "Attributed Graph Clustering: A Deep Attentional Embedding Approach",
        IJCAI 2019, arXiv 1906.06532], whose proximity matrix has any order t.
    """
    step = transition_matrix(edge_index, num_nodes, edge_weight)
    step.data /= np.asarray(step.sum(axis=0))[step.indices]
    step.data = (step.data + product_at(step, step, step)) / 2
    return step
