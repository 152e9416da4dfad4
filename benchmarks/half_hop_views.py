"""GRACE's own two views, and Half-Hop after each: augmentations for suites, by name; see suites/half-hop.toml."""

from torch_geometric.transforms import Compose

from graphcl.augment import Dropping, HalfHop

EDGE_RATES, FEATURE_RATES = (0.2, 0.4), (0.3, 0.4)
"""The defaults of GRACE, the rates that its views drop."""

first, second = (
    Compose([Dropping(*rates), HalfHop(alpha=0.5, p=0.5)]) for rates in zip(EDGE_RATES, FEATURE_RATES, strict=True)
)
