"""Candidates of each graph of a batch, with a known number of exchanged edges; vectorised, on its device."""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

from graphcl.augment.edits.budgets import EditScheme, edit_budgets, share_of
from graphcl.augment.edits.exchange import Exchange, exchange_edges
from graphcl.augment.edits.new_edges import NewAttributes
from graphcl.augment.edits.regions import Region, draw_centres, within_hops
from graphcl.augment.edits.subsets import Draw, draw_subsets


def edit_candidates(
    batch: Data,
    scheme: EditScheme,
    *,
    new_attributes: NewAttributes | None = None,
    mask_token: Sequence[int] | None = None,
    centres: Int[Tensor, " graphs"] | None = None,
    draw: Draw = "auto",
    generator: torch.Generator | None = None,
) -> Data:
    """All candidates of all graphs as one batch: those of the first graph, then those of the second.

    Of a graph's s edges around a centre, candidate i loses p_i at random and gets p_i new ones, drawn from the
    node pairs without an edge there: in mode "exact" pairs that had none before, so that 2 p_i edits are made and
    p_i is at most the number of such pairs; in mode "reference" also pairs whose edge was just deleted. There is
    no loop over graphs.

    Args:
        batch: x, edge_index with both directions of every edge and no edge twice, `ptr`, and edge_attr where
            `new_attributes` makes it; self loops are left out. A batch as `GraphCollection.batch` gives it.
        scheme: what is changed.
        new_attributes: draws `edge_attr` of new edges.
        mask_token: the row of x that masked nodes get; None for no masks.
        centres: a node of each graph; None draws them: in mode "exact" among nodes with edges where there are any.
        draw: how subsets are drawn, see `draw_subsets`.
        generator: on the device of the batch; None for torch's global generator there.

    Returns:
        A batch of `scheme.total` graphs for each graph: x, edge_index, edge_attr, `batch`, `ptr`, `edits` (graphs,
        candidates), the number of edits counted, 0 for the graph itself, and `masked` (nodes,).

    Raises:
        ValueError: attributes without a way to draw new ones, or the reverse.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> batch = Data(x=torch.zeros(6, 1).long(), edge_index=both, ptr=torch.tensor([0, 6]))
        >>> candidates = edit_candidates(batch, EditScheme())
        >>> candidates.edits, candidates.num_edges == 5 * batch.num_edges
        (tensor([[0, 2, 4, 6, 8]]), True)

    Reference: as `EditScheme`.
    """
    if (batch.get("edge_attr") is None) is not (new_attributes is None):
        what = "edge_attr but no new_attributes" if new_attributes is None else "new_attributes but no edge_attr"
        raise ValueError(f"a batch with edge_attr, and no other, needs new_attributes; got {what}")
    listed = _listed(batch, directed=scheme.directed)
    edges = batch.edge_index[:, listed]
    whole = Region.of(batch.ptr, edges, ordered=scheme.directed)
    region = whole
    if scheme.hops is not None:
        if centres is None:
            centres = _centres(batch, edges, scheme, generator)
        inside = within_hops(centres, edges, len(batch.x), scheme.hops)
        region = Region.of(batch.ptr, edges, inside)
    parts = [exchange_edges(region, edit_budgets(region.edge_count, scheme), scheme, draw, generator)]
    if scheme.strong is not None:
        budget = share_of(whole.edge_count, scheme.strong).clamp(min=1)
        budget = torch.minimum(budget, whole.edge_count)[:, None]
        parts.append(exchange_edges(whole, budget, scheme, draw, generator))
    out = _copies(batch, scheme.total)
    _put_edges(out, batch, listed, parts, new_attributes, generator, directed=scheme.directed)
    swapped = torch.cat([part.budget for part in parts], dim=1) * scheme.counted
    out.edits = torch.cat([swapped.new_zeros(len(swapped), 1), swapped], dim=1)
    if mask_token is not None:
        _mask(out, region, whole, scheme, mask_token, draw, generator)
    return out


def _listed(batch: Data, *, directed: bool) -> Tensor:
    """Which columns of edge_index list each edge once, or each direction, graph by graph."""
    head, tail = batch.edge_index
    columns = (head != tail if directed else head < tail).nonzero()[:, 0]
    graph = torch.searchsorted(batch.ptr, head[columns], right=True)
    by_graph: Tensor = columns[torch.argsort(graph, stable=True)]
    return by_graph


def _centres(batch: Data, edges: Tensor, scheme: EditScheme, generator: torch.Generator | None) -> Tensor:
    allowed = None
    if scheme.mode == "exact":
        allowed = torch.zeros(len(batch.x), dtype=torch.bool, device=batch.x.device)
        allowed[edges.flatten()] = True
    return draw_centres(batch.ptr, allowed, generator=generator)


def _copies(batch: Data, copies: int) -> Data:
    """The nodes of each graph several times in a row; `shift` says how far each copy's nodes moved."""
    size = batch.ptr.diff()
    each = torch.arange(copies, device=size.device)
    shift = (copies - 1) * batch.ptr[:-1, None] + each * size[:, None]
    sizes = size.repeat_interleave(copies)
    ptr = torch.cat([batch.ptr[:1], torch.cumsum(sizes, 0)])
    graph = torch.repeat_interleave(torch.arange(len(sizes), device=size.device), sizes)
    source = torch.arange(len(graph), device=size.device) - shift.flatten()[graph]
    masked = torch.zeros(len(graph), dtype=torch.bool, device=size.device)
    return Data(x=batch.x[source], batch=graph, ptr=ptr, shift=shift, masked=masked)


def _put_edges(
    out: Data,
    batch: Data,
    listed: Tensor,
    parts: Sequence[Exchange],
    new_attributes: NewAttributes | None,
    generator: torch.Generator | None,
    *,
    directed: bool,
) -> None:
    """Set edge_index and edge_attr: the edges that stay, then the new ones, in both directions."""
    edges = batch.edge_index[:, listed]
    graph = torch.searchsorted(batch.ptr, edges[0], right=True) - 1
    stays = torch.ones(out.shift.size(1), len(listed), dtype=torch.bool, device=listed.device)
    column = 1
    ends, columns, graphs = [edges], [], []
    for part in parts:
        stays[column + part.lost_column, part.lost] = False
        ends.append(part.new)
        columns.append(column + part.new_column)
        graphs.append(part.new_graph)
        column += part.budget.size(1)
    where, kept = stays.nonzero(as_tuple=True)
    shift = out.shift[torch.cat([graph[kept], *graphs]), torch.cat([where, *columns])]
    there = torch.cat([edges[:, kept], *ends[1:]], dim=1) + shift
    out.edge_index = there if directed else torch.cat([there, there.flip(0)], dim=1)
    if new_attributes is not None:
        old = batch.edge_attr[listed][kept]
        count = there.size(1) - len(kept)
        forth, back = new_attributes(count, generator=generator, device=old.device).to(old.dtype)
        rows = [old, forth] if directed else [old, forth, old, back]
        out.edge_attr = torch.cat(rows)


def _mask(
    out: Data,
    region: Region,
    whole: Region,
    scheme: EditScheme,
    token: Sequence[int],
    draw: Draw,
    generator: torch.Generator | None,
) -> None:
    """Put the token at a share of each candidate's nodes: of its region, or of the whole for the strong one."""
    near = scheme.candidates + 1
    groups = [(region, range(near))] + ([(whole, range(near, near + 1))] if scheme.strong is not None else [])
    for part, columns in groups:
        graphs = len(part.size)
        sizes = part.size.repeat(len(columns))
        segment, place = draw_subsets(sizes, share_of(sizes, scheme.mask), method=draw, generator=generator)
        graph, column = segment % graphs, columns[0] + torch.div(segment, graphs, rounding_mode="floor")
        out.masked[part.node(graph, place) + out.shift[graph, column]] = True
    row = torch.tensor(token, dtype=out.x.dtype, device=out.x.device)
    out.x = torch.where(out.masked[:, None], row, out.x)
