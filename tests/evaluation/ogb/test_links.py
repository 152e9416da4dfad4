import pytest
import torch

from graphcl.evaluation import OGB_DECODERS, ogb_link_score, ogb_links
from graphcl.evaluation.links.decoders import dot_scorer

N = 80


def community_links(seed=0):
    """Pairs within two groups are links, pairs between them are not; and rows that know the groups."""
    draw = torch.Generator().manual_seed(seed)
    group = torch.arange(N) % 2
    pairs = torch.combinations(torch.arange(N)).T
    pairs = pairs[:, torch.randperm(pairs.size(1), generator=draw)]
    within = group[pairs[0]] == group[pairs[1]]
    inside, between = pairs[:, within], pairs[:, ~within]
    parts = inside[:, :300].split([200, 50, 50], dim=1)
    links = dict(zip(("train", "val", "test"), parts, strict=True))
    links |= {"val_negative": between[:, :100], "test_negative": between[:, 100:200]}
    z = 2.0 * group[:, None] - 1 + 0.1 * torch.randn(N, 8, generator=draw)
    return z, links


def test_hits_are_those_of_ogb():
    z, links = community_links()
    result = ogb_links("ogbl-collab", z, links)
    assert (result.metric, result.val, result.test) == ("hits@50", 1.0, 1.0)
    assert result.chosen == {"decoder": "dot"}
    assert result.parameters == 0
    noise = torch.randn(z.shape, generator=torch.Generator().manual_seed(2))
    poor = ogb_links("ogbl-collab", noise, links)
    assert poor.test < 0.9
    if poor.chosen["decoder"] == "dot":
        score = dot_scorer(noise)
        assert poor.test == ogb_link_score("ogbl-collab", score(links["test"]), score(links["test_negative"]))


def test_the_mlp_where_it_is_better_on_validation():
    z, links = community_links()
    signed = torch.cat([0.3 * z, 3 * torch.randn(N, 4, generator=torch.Generator().manual_seed(0))], dim=1)
    result = ogb_links("ogbl-collab", signed, links)
    assert result.chosen["decoder"] == "mlp"
    assert result.chosen["decoder_penalty"] in OGB_DECODERS["decoder_penalty"]
    assert result.parameters == (12 + 1) * 64 + 64 + 1
    assert result == ogb_links("ogbl-collab", signed, links), "the same bits again"
    noise = torch.randn(signed.shape, generator=torch.Generator().manual_seed(1))
    at_test = ogb_links("ogbl-collab", signed, links, z_test=noise)
    assert (at_test.val, at_test.chosen) == (result.val, result.chosen), "rows for test alone"
    assert at_test.test < result.test


def test_test_links_have_no_say():
    z, links = community_links()
    noisy = z + 2 * torch.randn(z.shape, generator=torch.Generator().manual_seed(5))
    swapped = links | {"test": links["test_negative"]}
    one, two = (ogb_links("ogbl-collab", noisy, each) for each in (links, swapped))
    assert (one.val, one.chosen) == (two.val, two.chosen)
    assert one.test > two.test


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"val_negative": torch.zeros(2, 0).long()}, "ogbl-collab has no val_negative links"),
        ({"test": torch.tensor([[0], [N]])}, r"test links must lie in \[0, 80\), the rows of z; got 0 to 80"),
        ({"test": torch.zeros(3, 2).long()}, r"test links must be \(2, m\); got \[3, 2\]"),
    ],
)
def test_bad_links(change, message):
    z, links = community_links()
    with pytest.raises(ValueError, match=message):
        ogb_links("ogbl-collab", z, links | change)
    with pytest.raises(ValueError, match="rows must be one for each node, equally wide"):
        ogb_links("ogbl-collab", z, links, z_test=z[:, :2])
