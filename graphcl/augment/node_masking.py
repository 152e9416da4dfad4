"""Masks of nodes for masked autoencoders: which nodes are masked, and what stands in place of their features."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.augment.checks import check_share
from graphcl.typing import Nodes


class NodeMasks(NamedTuple):
    """Masked nodes: most get a token, some the features of another node, what rounding leaves keeps its own."""

    nodes: Int[Tensor, " m"]
    """The masked nodes, in random order: those with the token first, those with a donor's features last."""
    tokens: int
    """How many of them, from the first, get the token."""
    donors: Int[Tensor, " r"]
    """Distinct nodes whose features the last r of them get."""

    def apply(self, x: Nodes, token: Float[Tensor, "1 d"]) -> Float[Tensor, "n d"]:
        """The features that an encoder sees, dense.

        Args:
            x: (n, d), dense or CSR.
            token: (1, d); gradients reach it.

        Example:
            >>> masks = NodeMasks(torch.tensor([2, 0]), 1, torch.tensor([1]))
            >>> masks.apply(torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[9.0]])).T
            tensor([[2., 2., 9.]])
        """
        x = x.to_dense()
        replaced = self.nodes[len(self.nodes) - len(self.donors) :]
        seen = x.index_copy(0, replaced, x.index_select(0, self.donors)) if len(self.donors) else x
        return seen.index_copy(0, self.nodes[: self.tokens], token.to(x.dtype).expand(self.tokens, -1))


def draw_node_masks(
    num_nodes: int, share: float, replaced: float = 0.0, *, generator: torch.Generator | None
) -> NodeMasks:
    """Mask floor(share n) nodes, drawn uniformly; some get the features of another node, the others a token.

    Of these m, floor((1 - replaced) m) get the token and floor(replaced m) a donor's features; donors are drawn
    from all nodes, masked ones included. What rounding leaves, one node at most, keeps its own features, though it
    is masked.

    Args:
        num_nodes: n.
        share: of the nodes, in [0, 1].
        replaced: share of the masked nodes that get another node's features, in [0, 1].
        generator: its device is that of the draws; None for torch's global generator.

    Raises:
        ValueError: a share outside [0, 1].

    Example:
        >>> masks = draw_node_masks(8, 0.5, 0.25, generator=torch.Generator().manual_seed(0))
        >>> len(masks.nodes), masks.tokens, len(masks.donors)
        (4, 3, 1)

    Reference: [Hou et al., "GraphMAE", KDD 2022, arXiv 2205.10803]; as in the authors' code, which fails where
    floor(replaced m) is 0 though replaced is not.
    """
    check_share("share", share)
    check_share("replaced", replaced)
    device = None if generator is None else generator.device
    count = int(share * num_nodes)
    nodes = torch.randperm(num_nodes, generator=generator, device=device)[:count]
    borrowed = int(replaced * count)
    donors = nodes[:0]
    if borrowed:
        donors = torch.randperm(num_nodes, generator=generator, device=device)[:borrowed]
    return NodeMasks(nodes, int((1 - replaced) * count) if borrowed else count, donors)
