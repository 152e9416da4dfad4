"""Views of GraphCL: for each graph of a batch drop nodes or edges, mask nodes, or keep a subgraph; vectorised."""

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch_geometric.data import Data

from graphcl.augment.checks import check_share
from graphcl.augment.edits.budgets import share_of
from graphcl.augment.edits.growth import grow_subgraphs
from graphcl.augment.edits.subsets import draw_subsets
from graphcl.augment.nodes import induced_subgraph
from graphcl.graph_collection import bounds

GraphAugmentation = Literal["drop-nodes", "perturb-edges", "mask-nodes", "subgraph", "identity"]
"""The augmentations of a graph; see `graph_views`."""

AUGMENTATIONS: tuple[GraphAugmentation, ...] = get_args(GraphAugmentation)


def graph_views(
    batch: Data,
    among: Sequence[GraphAugmentation],
    *,
    strength: float = 0.2,
    mask_token: Sequence[int] | None = None,
    generator: torch.Generator | None = None,
) -> Data:
    """A view of each graph of a batch, each by one of the named augmentations, drawn uniformly graph by graph.

    Of a graph with n nodes and e edges, with the share s:

    - "drop-nodes": floor(s n) random nodes are dropped, at most n - 1, with their edges;
    - "perturb-edges": floor(s e) random edges are dropped, in both directions; none are added;
    - "mask-nodes": floor(s n) random nodes get the token;
    - "subgraph": floor(s n) + 1 nodes stay, or the start's component if that has fewer, see `grow_subgraphs`: here
      a smaller share is the stronger change;
    - "identity": nothing changes.

    There is no loop over graphs, and no graph becomes empty.

    Args:
        batch: x, `ptr`, edge_index with both directions of every edge, and edge_attr, where there is one, the same
            in both; self loops are left out. A batch as `GraphCollection.batch` gives it.
        among: the augmentations to draw from; a single one is applied to all graphs, one named twice is drawn
            twice as often.
        strength: s, in [0, 1].
        mask_token: the row of x that masked nodes get; needed for "mask-nodes".
        generator: on the device of the batch; None for torch's global generator there.

    Returns:
        A batch of as many graphs, in the same order: x, edge_index, edge_attr where there is one, `batch`, `ptr`.

    Raises:
        ValueError: no augmentation or an unknown one, a share outside [0, 1], or masks without a token.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> batch = Data(x=torch.zeros(6, 1).long(), edge_index=both, ptr=torch.tensor([0, 6]))
        >>> graph_views(batch, ["subgraph"], strength=0.5)  # a path of four nodes
        Data(x=[4, 1], edge_index=[2, 6], batch=[4], ptr=[2])

    Reference: [You et al., "Graph Contrastive Learning with Augmentations", NeurIPS 2020, arXiv 2010.13902]; for
    differences from the published code see `graphcl.GraphCL`.
    """
    check_views(among, strength, mask_token)
    ptr, size = batch.ptr, batch.ptr.diff()
    graphs, n = len(size), len(batch.x)
    kind = _kinds(among, graphs, ptr.device, generator)
    graph = torch.repeat_interleave(torch.arange(graphs, device=ptr.device), size, output_size=n)

    def counted(name: GraphAugmentation, available: Tensor, count: Tensor) -> Tensor:
        """Mask of random items: `count` of those of each graph that gets the augmentation."""
        asked = torch.where(kind == AUGMENTATIONS.index(name), count, 0)
        return _marked(available, asked, generator)

    share = share_of(size, strength)
    stays = ~counted("drop-nodes", size, torch.minimum(share, size - 1))
    masked = counted("mask-nodes", size, share)
    if "subgraph" in among:
        cut = kind == AUGMENTATIONS.index("subgraph")
        grown = grow_subgraphs(ptr, batch.edge_index, torch.where(cut, share + 1, 1), generator=generator)
        stays &= grown | ~cut[graph]
    listed = (batch.edge_index[0] < batch.edge_index[1]).nonzero()[:, 0]
    listed = listed[torch.argsort(graph[batch.edge_index[0, listed]], stable=True)]
    edges = torch.bincount(graph[batch.edge_index[0, listed]], minlength=graphs)
    listed = listed[~counted("perturb-edges", edges, share_of(edges, strength))]

    part = induced_subgraph(batch.edge_index[:, listed], stays)
    x = batch.x
    if mask_token is not None:
        x = torch.where(masked[:, None], x.new_tensor(mask_token), x)
    out = Data(
        x=x[stays],
        edge_index=torch.cat([part.edge_index, part.edge_index.flip(0)], dim=1),
        batch=graph[stays],
        ptr=bounds(torch.bincount(graph[stays], minlength=graphs)),
    )
    if batch.get("edge_attr") is not None:
        out.edge_attr = batch.edge_attr[listed[part.edges]].repeat(2, 1)
    return out


def check_views(among: Sequence[str], strength: float, mask_token: Sequence[int] | None) -> None:
    """Raise for arguments that `graph_views` cannot work with.

    Example:
        >>> check_views(["mask-nodes"], 0.2, None)
        Traceback (most recent call last):
            ...
        ValueError: mask-nodes needs a row of x that stands for a masked node; got none; give mask_token
    """
    known = ", ".join(AUGMENTATIONS)
    if not among:
        raise ValueError(f"among must name an augmentation; got none; choose among {known}")
    if unknown := [name for name in among if name not in AUGMENTATIONS]:
        raise ValueError(f"among must name augmentations; got {unknown[0]!r}; choose among {known}")
    check_share("strength", strength)
    if "mask-nodes" in among and mask_token is None:
        raise ValueError("mask-nodes needs a row of x that stands for a masked node; got none; give mask_token")


def _kinds(
    among: Sequence[GraphAugmentation], graphs: int, device: torch.device, generator: torch.Generator | None
) -> Int[Tensor, " graphs"]:
    """The index in AUGMENTATIONS of the augmentation of each graph."""
    numbers = torch.tensor([AUGMENTATIONS.index(name) for name in among], device=device)
    return numbers[torch.randint(len(among), (graphs,), device=device, generator=generator)]


def _marked(
    available: Int[Tensor, " graphs"], wanted: Int[Tensor, " graphs"], generator: torch.Generator | None
) -> Bool[Tensor, " items"]:
    """Mask, over all segments, of random subsets of the wanted sizes."""
    start = bounds(available)
    marked = torch.zeros(int(start[-1]), dtype=torch.bool, device=available.device)
    segment, item = draw_subsets(available, wanted, generator=generator)
    marked[start[segment] + item] = True
    return marked
