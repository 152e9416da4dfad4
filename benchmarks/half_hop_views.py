"""GRACE's own two views, and Half-Hop after each: augmentations for suites, by name; see suites/half-hop.toml."""

from torch_geometric.transforms import Compose

from graphcl import GRACE
from graphcl.augment import HalfHop
from graphcl.methods.bases.views import droppings

own = GRACE.from_recipe("default")
first, second = (
    Compose([dropping, HalfHop(alpha=0.5, p=0.5)]) for dropping in droppings(own.edge_rates, own.feature_rates)
)
