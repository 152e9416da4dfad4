"""Quality of soft partitions of a graph, edge by edge: modularity, normalised cut, map equation, regularisers."""

from graphcl.objectives.partition_quality.link_shares import LinkShares, link_shares
from graphcl.objectives.partition_quality.map_equation import WalkFlow, flow_shares, map_equation, walk_flow
from graphcl.objectives.partition_quality.min_cut import cluster_orthogonality, min_cut
from graphcl.objectives.partition_quality.modularity import cluster_collapse, soft_modularity
from graphcl.objectives.partition_quality.partition_sums import PartitionSums, partition_sums

__all__ = [
    "LinkShares",
    "PartitionSums",
    "WalkFlow",
    "cluster_collapse",
    "cluster_orthogonality",
    "flow_shares",
    "link_shares",
    "map_equation",
    "min_cut",
    "partition_sums",
    "soft_modularity",
    "walk_flow",
]
