"""Domains of graphs (molecules, proteins, social graphs): categories, encoders, and how D-SLA edits them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import nn

from graphcl.augment import (
    EditScheme,
    NewAttributes,
    draw_bonds,
    draw_bonds_per_direction,
    draw_evidence,
)
from graphcl.augment.edits.budgets import Mode
from graphcl.encoders import MoleculeGIN, ProteinGIN, SocialGCN
from graphcl.graph_collection import GraphCollection
from graphcl.validation import check_both_directions

DomainName = Literal["molecule", "protein", "social"]

EXACT = 2
"""Edits that an exchange of an edge is: one goes, another comes."""


@dataclass(frozen=True)
class Domain:
    """Domain of graphs: its categories, and the settings of discrepancy learning on it.

    Attributes:
        atoms: how many categories each column of x has; None for one column of any number.
        bonds: how many each column of edge_attr has; None for graphs without.
        new_edges: what new edges get, by the mode of the edits.
        counted: edits that the published code counts for each edge it exchanges; in social graphs, for each
            direction of one.
        batch_size: graphs per step in the published code.
        num_layers: of the encoder.
        rate: share of edges that the first candidate loses; candidate i loses i times as many.
        hops: around the centre of the edits; None for whole graphs.
        strong: share of edges that the strong candidate loses; None for no such candidate.
        mask: share of nodes that are masked.
        margin: to other graphs; None for no such loss.
    """

    atoms: tuple[int, ...] | None
    bonds: tuple[int, ...] | None
    new_edges: Mapping[Mode, NewAttributes]
    counted: int
    batch_size: int
    num_layers: int
    rate: float
    hops: int | None
    strong: float | None
    mask: float
    margin: float | None

    def scheme(self, mode: Mode, rate: float, mask: float) -> EditScheme:
        """How candidates are made."""
        return EditScheme(
            rate=rate,
            rounding="first" if self.hops is None else "each",
            hops=self.hops,
            strong=self.strong,
            mask=mask,
            mode=mode,
            counted=EXACT if mode == "exact" else self.counted,
        )

    def edit_scale(self, mode: Mode) -> float:
        """What the loss on distances and edits is taken times, so that it is as large as with the published edits.

        It goes with 1 / edits^2. Of an edge exchanged the published code counts `counted` edits in molecules and
        proteins; in social graphs, where it exchanges directions one by one, `counted` for each of two.

        Example:
            >>> [DOMAINS[name].edit_scale("exact") for name in ("molecule", "protein", "social")]
            [4.0, 1.0, 0.25]
        """
        published = self.counted * (2 if self.hops is None else 1)
        return (EXACT / published) ** 2 if mode == "exact" else 1.0


DOMAINS: dict[DomainName, Domain] = {
    "molecule": Domain(
        atoms=(118, 3),
        bonds=(4, 3),
        new_edges={"exact": draw_bonds, "reference": draw_bonds_per_direction},
        counted=1,
        batch_size=256,
        num_layers=5,
        rate=0.2,
        hops=3,
        strong=0.8,
        mask=0.8,
        margin=5.0,
    ),
    "protein": Domain(
        atoms=(2,),
        bonds=(2,) * 9,
        new_edges={"exact": draw_evidence, "reference": draw_evidence},
        counted=2,
        batch_size=128,
        num_layers=5,
        rate=0.2,
        hops=3,
        strong=0.8,
        mask=0.0,
        margin=10.0,
    ),
    "social": Domain(
        atoms=None,
        bonds=None,
        new_edges={},
        counted=2,
        batch_size=32,
        num_layers=3,
        rate=0.01,
        hops=None,
        strong=None,
        mask=0.2,
        margin=None,
    ),
}


REMEDIES: dict[DomainName, str] = {
    "molecule": "make them by graphcl.datasets.load or featurise, or choose another domain",
    "protein": "give x of ones and nine marks in edge_attr, or choose another domain",
    "social": "give each node one category, for instance its degree, or choose another domain",
}
"""What to do about graphs that are not of the domain."""


def encoder_of(
    domain: DomainName, categories: int, channels: int, num_layers: int, dropout: float
) -> tuple[nn.Module, tuple[int, ...] | None]:
    """The domain's encoder, and the row of x that masks a node; None where nothing is masked.

    Args:
        domain: its name.
        categories: of nodes in a social graph; not read in the others.
        channels: width of the encoder.
        num_layers: of the encoder.
        dropout: after every layer.

    Example:
        >>> encoder_of("social", 7, 8, 3, 0.0)[1]
        (7,)
    """
    if domain == "molecule":
        return MoleculeGIN(channels, num_layers, dropout=dropout), (119, 0)
    if domain == "protein":
        return ProteinGIN(channels, num_layers, dropout=dropout), None
    return SocialGCN(categories, channels, num_layers, dropout=dropout), (categories,)


def check_domain(graphs: GraphCollection, domain: DomainName) -> GraphCollection:
    """Refuse graphs that are not of the domain, or whose edges do not stand in both directions, once each.

    Args:
        graphs: with categories in x and edge_attr.
        domain: its name.

    Returns:
        The graphs, with an empty edge_attr where they lack it and have no edges.

    Raises:
        ValueError: other columns, a category too high, or edges that cannot be edited.
    """
    known = DOMAINS[domain]
    if known.atoms is not None:
        check_categories(graphs, known.atoms, domain)
    if known.bonds is None:
        if graphs.edge_attr is not None:
            remedy = "del data.edge_attr of each, or dataclasses.replace(graphs, edge_attr=None) of a collection"
            raise ValueError(f"edge_attr is not used in the domain {domain!r}; remove it first: {remedy}")
        if graphs.x.size(1) != 1:
            raise ValueError(
                f"x must have one column in the domain {domain!r}; got {graphs.x.size(1)}; {REMEDIES[domain]}"
            )
    elif graphs.edge_attr is None and not graphs.edge_index.size(1):
        graphs = replace(graphs, edge_attr=torch.zeros(0, len(known.bonds), dtype=torch.long))
    elif graphs.edge_attr is None:
        raise ValueError(
            f"graphs of the domain {domain!r} must have edge_attr; got none; give it or choose another domain"
        )
    else:
        _check_columns("edge_attr", graphs.edge_attr, known.bonds, domain)
    check_both_directions(graphs)
    return graphs


def check_categories(graphs: GraphCollection, sizes: tuple[int, ...], domain: DomainName) -> None:
    """Refuse nodes with other columns, or with categories that are too high.

    Args:
        graphs: with categories in x.
        sizes: how many categories each column has.
        domain: its name, for the message.

    Raises:
        ValueError: such nodes.
    """
    _check_columns("x", graphs.x, sizes, domain)


def _check_columns(name: str, values: torch.Tensor, sizes: tuple[int, ...], domain: DomainName) -> None:
    if values.size(1) != len(sizes):
        got = f"{values.size(1)}; {REMEDIES[domain]}"
        raise ValueError(f"{name} must have {len(sizes)} columns in the domain {domain!r}; got {got}")
    for column, size in enumerate(sizes):
        highest = int(values[:, column].max()) if len(values) else 0
        if highest >= size:
            got = f"{highest}; number categories as fit saw them or as the domain does"
            raise ValueError(f"{name}[:, {column}] must lie below {size} in the domain {domain!r}; got {got}")
