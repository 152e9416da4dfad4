"""Graph attention whose scores are multiplied by a proximity of the nodes: the encoder of DAEGC."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.utils import softmax

from graphcl.encoders.convolution import project
from graphcl.ops.graph_matrices.edge_products import weighted_neighbours
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Edges, Nodes

GAIN = 1.414
"""Of the Xavier-uniform initial weights."""

SLOPE = 0.2


class ProximityAttention(nn.Module):
    """One attention head whose scores are weighted by M: e_ij = LeakyReLU_0.2(M_ij (h_i . a + h_j . b)), h = x W.

    The row of node i is ELU(sum_j alpha_ij h_j), alpha_i the softmax of e_i over the entries of M in row i. There
    is no bias; weights are Xavier-uniform with the gain 1.414.

    Args:
        in_channels: width of the input.
        out_channels: width of the output.

    Example:
        >>> edges = torch.tensor([[0, 0, 1], [0, 1, 1]])
        >>> ProximityAttention(3, 2)(torch.ones(2, 3), edges, torch.ones(3)).shape
        torch.Size([2, 2])

    Reference:
        [Wang, Pan, Hu, Long, Jiang, Zhang, "Attributed Graph Clustering: A Deep Attentional Embedding Approach",
        IJCAI 2019, arXiv 1906.06532], as in the public port github.com/Tiger101010/DAEGC.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_channels, out_channels))
        self.own = nn.Parameter(torch.empty(out_channels, 1))
        self.other = nn.Parameter(torch.empty(out_channels, 1))
        for parameter in self.parameters():
            nn.init.xavier_uniform_(parameter, gain=GAIN)

    def forward(self, x: Nodes, edge_index: Edges, proximity: Float[Tensor, " e"]) -> Float[Tensor, "n c"]:
        """Attend to neighbours, in memory linear in nodes and edges.

        Args:
            x: (n, in_channels), dense or CSR.
            edge_index: (2, e), the places (i, j) of M's entries; node i gathers from j.
            proximity: (e,), M_ij.
        """
        h = at_least_float32(project(x, self.weight.T))
        own, other = at_least_float32(h @ self.own)[:, 0], at_least_float32(h @ self.other)[:, 0]
        row, column = edge_index
        scores = F.leaky_relu(proximity * (own.index_select(0, row) + other.index_select(0, column)), SLOPE)
        weights = softmax(scores, row, num_nodes=len(h))
        return F.elu(weighted_neighbours(edge_index, weights, h, len(h)))
