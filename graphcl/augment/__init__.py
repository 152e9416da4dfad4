"""Augmentation: graphs that differ from a graph in a way that is known."""

from graphcl.augment.budgets import EditScheme, edit_budgets, share_of
from graphcl.augment.edits import edit_candidates
from graphcl.augment.exchange import Exchange, exchange_edges
from graphcl.augment.new_edges import NewAttributes, draw_bonds, draw_bonds_per_direction, draw_evidence
from graphcl.augment.pairs import count_pairs, draw_free_pairs, pair_number, pair_of_number
from graphcl.augment.regions import Region, draw_centres, within_hops
from graphcl.augment.subsets import draw_subsets

__all__ = [
    "EditScheme",
    "Exchange",
    "NewAttributes",
    "Region",
    "count_pairs",
    "draw_bonds",
    "draw_bonds_per_direction",
    "draw_centres",
    "draw_evidence",
    "draw_free_pairs",
    "draw_subsets",
    "edit_budgets",
    "edit_candidates",
    "exchange_edges",
    "pair_number",
    "pair_of_number",
    "share_of",
    "within_hops",
]
