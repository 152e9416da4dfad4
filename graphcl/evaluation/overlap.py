"""Scores of a clustering against overlapping communities, which cover some of the nodes, several times or once."""

import torch
from torch import Tensor

from graphcl.typing import Integers


def overlap_scores(labels: Integers, indptr: Tensor, members: Tensor) -> dict[str, float]:
    """How well disjoint clusters agree with overlapping communities: average F1, and adjusted togetherness.

    Only nodes in at least one community count, for known communities name no others. With C the communities and P
    the clusters, restricted to these N nodes:

    - f1 = (mean over C of max_P F1(C, P) + mean over P of max_C F1(P, C)) / 2, as [Yang and Leskovec, "Overlapping
      Community Detection at Scale", WSDM 2013]. Clusters much larger than the communities have a low one.
    - together = (t - e) / (1 - e): t is the share of pairs of members that are in one cluster, averaged over the
      communities of two members and more, e the share of all pairs of the N nodes that are. 0 for random clusters
      and for a single one, 1 where no community is cut. It compares clusterings into one number of clusters.

    Args:
        labels: (n,), the cluster of each node.
        indptr: (c + 1,), where the members of each community begin.
        members: (m,), node numbers; no node twice in one community.

    Returns:
        f1 in [0, 1], together in (-inf, 1].

    Raises:
        ValueError: no members, or a member that has no label.

    Example:
        >>> overlap_scores(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 2, 4]), torch.tensor([0, 1, 2, 3]))
        {'f1': 1.0, 'together': 1.0}
        >>> overlap_scores(torch.tensor([0, 0, 0, 0]), torch.tensor([0, 2, 4]), torch.tensor([0, 1, 2, 3]))
        {'f1': 0.6666666666666666, 'together': 0.0}
    """
    labels = torch.as_tensor(labels).long().cpu()
    if not len(members) or not 0 <= int(members.min()) <= int(members.max()) < len(labels):
        raise ValueError(f"communities must have members in [0, {len(labels) - 1}]; got {len(members)} members")
    covered = members.unique()
    _, own = labels[covered].unique(return_inverse=True)
    sizes = own.bincount()
    place = torch.full((len(labels),), -1)
    place[covered] = own
    community = torch.repeat_interleave(indptr.diff())
    cells, shared = torch.unique(community * len(sizes) + place[members], return_counts=True)
    of_community, of_cluster = cells // len(sizes), cells % len(sizes)
    volumes = indptr.diff()
    f1 = 2 * shared / (volumes[of_community] + sizes[of_cluster]).double()
    best = f1.new_zeros(len(volumes)).scatter_reduce(0, of_community, f1, "amax")
    best_of_cluster = f1.new_zeros(len(sizes)).scatter_reduce(0, of_cluster, f1, "amax")
    average = (best[volumes > 0].mean() + best_of_cluster.mean()) / 2
    return {"f1": float(average), "together": _together(of_community, shared, volumes, sizes)}


def _together(of_community: Tensor, shared: Tensor, volumes: Tensor, sizes: Tensor) -> float:
    """Pairs of members in one cluster, against pairs of any nodes; 0 where it is undefined."""
    several = volumes > 1
    pairs = _pairs(shared).new_zeros(len(volumes)).index_add(0, of_community, _pairs(shared))
    expected = float(_pairs(sizes).sum() / _pairs(sizes.sum())) if sizes.sum() > 1 else 1.0
    if not several.any() or expected == 1:
        return 0.0
    found = float((pairs[several] / _pairs(volumes[several])).mean())
    return (found - expected) / (1 - expected)


def _pairs(count: Tensor) -> Tensor:
    """How many pairs so many nodes make."""
    return count.double() * (count - 1) / 2
