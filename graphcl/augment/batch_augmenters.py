"""Augmenters of batches of graphs whose edits are counted: the views of GraphCL and the candidates of D-SLA."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch_geometric.data import Data

from graphcl.augment.attributes import require
from graphcl.augment.augmenter import Augmenter
from graphcl.augment.edits.budgets import EditScheme
from graphcl.augment.edits.candidates import edit_candidates
from graphcl.augment.edits.new_edges import NewAttributes
from graphcl.augment.edits.subsets import Draw
from graphcl.augment.graph_views import GraphAugmentation, check_views, graph_views


class GraphViews(Augmenter):
    """A view of each graph of a batch, each by one of the named augmentations: `graph_views`.

    Args:
        among: the augmentations to draw from: "drop-nodes", "perturb-edges", "mask-nodes", "subgraph", "identity".
        strength: share of the nodes or edges, in [0, 1].
        mask_token: the row of x that masked nodes get; needed for "mask-nodes".
        generator: what the draws come from when a call names none; on the device of the batch.

    Raises:
        ValueError: no augmentation or an unknown one, a share outside [0, 1], or masks without a token.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> batch = Data(x=torch.zeros(6, 1).long(), edge_index=both, ptr=torch.tensor([0, 6]))
        >>> GraphViews(["subgraph"], strength=0.5)(batch)
        Data(x=[4, 1], edge_index=[2, 6], batch=[4], ptr=[2])
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self,
        among: Sequence[GraphAugmentation],
        *,
        strength: float = 0.2,
        mask_token: Sequence[int] | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(generator=generator)
        check_views(among, strength, mask_token)
        self.among, self.strength, self.mask_token = among, strength, mask_token

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """As many graphs, in the same order."""
        return graph_views(
            require(data, "x", "edge_index", "ptr"),
            self.among,
            strength=self.strength,
            mask_token=self.mask_token,
            generator=generator,
        )


class EditCandidates(Augmenter):
    """All candidates of all graphs of a batch, with a known number of exchanged edges: `edit_candidates`.

    Args:
        scheme: what is changed, and how many candidates there are.
        new_attributes: draws `edge_attr` of new edges, for batches that have it.
        mask_token: the row of x that masked nodes get; None for no masks.
        draw: how subsets are drawn, see `draw_subsets`.
        generator: what the draws come from when a call names none; on the device of the batch.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> batch = Data(x=torch.zeros(6, 1).long(), edge_index=both, ptr=torch.tensor([0, 6]))
        >>> EditCandidates(EditScheme())(batch).edits
        tensor([[0, 2, 4, 6, 8]])
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self,
        scheme: EditScheme,
        *,
        new_attributes: NewAttributes | None = None,
        mask_token: Sequence[int] | None = None,
        draw: Draw = "auto",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(generator=generator)
        self.scheme, self.new_attributes, self.mask_token, self.draw = scheme, new_attributes, mask_token, draw

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """`scheme.total` graphs for each graph, with `edits` and `masked`."""
        return edit_candidates(
            require(data, "x", "edge_index", "ptr"),
            self.scheme,
            new_attributes=self.new_attributes,
            mask_token=self.mask_token,
            draw=self.draw,
            generator=generator,
        )
