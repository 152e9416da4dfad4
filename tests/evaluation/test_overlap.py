"""Overlapping communities: the scores by loops over all pairs, their limits, and what is refused."""

from itertools import combinations

import pytest
import torch

from graphcl.evaluation import overlap_scores

COMMUNITIES = [[0, 1, 2], [2, 3], [4, 5, 6, 7], [8]]


def csr(communities):
    indptr = torch.tensor([0, *map(len, communities)]).cumsum(0)
    return indptr, torch.tensor([node for community in communities for node in community])


def by_loops(labels, communities):
    covered = {node for community in communities for node in community}
    clusters = [{i for i in covered if labels[i] == c} for c in {labels[i] for i in covered}]
    known = [set(community) for community in communities]

    def f1(a, b):
        return 2 * len(a & b) / (len(a) + len(b))

    best = sum(max(f1(c, p) for p in clusters) for c in known) / len(known)
    best += sum(max(f1(c, p) for c in known) for p in clusters) / len(clusters)

    def share(nodes):
        pairs = list(combinations(sorted(nodes), 2))
        return sum(labels[i] == labels[j] for i, j in pairs) / len(pairs)

    several = [c for c in known if len(c) > 1]
    expected = share(covered)
    return {"f1": best / 2, "together": (sum(map(share, several)) / len(several) - expected) / (1 - expected)}


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_loops(seed):
    labels = torch.randint(4, (11,), generator=torch.Generator().manual_seed(seed)) * 3
    expected = by_loops(labels.tolist(), COMMUNITIES)
    assert overlap_scores(labels, *csr(COMMUNITIES)) == pytest.approx(expected, abs=1e-12)


def test_whole_communities_are_together_and_chance_is_zero():
    generator = torch.Generator().manual_seed(0)
    indptr, members = torch.arange(0, 30001, 30), torch.randperm(30000, generator=generator)
    whole = torch.empty(30000, dtype=torch.long)
    whole[members] = torch.arange(30000) // 300
    assert overlap_scores(whole, indptr, members)["together"] == 1.0
    drawn = torch.randint(100, (30000,), generator=generator)
    assert abs(overlap_scores(drawn, indptr, members)["together"]) < 0.002
    assert overlap_scores(torch.zeros(30000).long(), indptr, members)["together"] == 0.0


def test_nodes_in_no_community_do_not_count():
    labels = torch.tensor([0, 0, 1, 1])
    communities = csr([[0, 1], [2, 3]])
    more = torch.cat([labels, torch.tensor([0, 1, 7])])
    assert overlap_scores(more, *communities) == overlap_scores(labels, *communities)


def test_members_without_a_label_are_refused():
    with pytest.raises(ValueError, match=r"communities must have members in \[0, 1\]; got 3 members"):
        overlap_scores(torch.tensor([0, 1]), torch.tensor([0, 3]), torch.tensor([0, 1, 2]))
    with pytest.raises(ValueError, match="got 0 members"):
        overlap_scores(torch.tensor([0, 1]), torch.tensor([0, 0]), torch.tensor([], dtype=torch.long))


def test_communities_of_one_node_have_no_pairs():
    assert overlap_scores(torch.tensor([0, 1]), torch.tensor([0, 1, 2]), torch.tensor([0, 1])) == {
        "f1": 1.0,
        "together": 0.0,
    }
