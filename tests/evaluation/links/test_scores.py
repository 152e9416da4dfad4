import pytest
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

from graphcl.evaluation import link_scores, mean_batch_ap, ranked_link_scores


def scored(seed=0, p=40, q=90):
    draw = torch.Generator().manual_seed(seed)
    positive = torch.randn(p, generator=draw).round(decimals=1) + 0.5  # rounded, so that there are ties
    return positive, torch.randn(q, generator=draw).round(decimals=1)


def rank_of(value, others):
    return 1 + sum(other > value for other in others) + sum(other == value for other in others) / 2


def test_pooled_scores_pair_by_pair():
    positive, negative = scored()
    found = link_scores(positive, negative, hits=[1, 20, 200])
    ranks = [rank_of(value, negative.tolist()) for value in positive.tolist()]
    truth, value = [1] * 40 + [0] * 90, torch.cat([positive, negative])
    worst = sorted(negative.tolist(), reverse=True)
    assert found == pytest.approx(
        {
            "ap": average_precision_score(truth, value),
            "auc": roc_auc_score(truth, value),
            "mrr": sum(1 / rank for rank in ranks) / 40,
            "hits@1": sum(value > worst[0] for value in positive.tolist()) / 40,
            "hits@20": sum(value > worst[19] for value in positive.tolist()) / 40,
            "hits@200": 1.0,
        }
    )


def test_ranked_scores_pair_by_pair():
    positive, negative = scored(q=200)
    owner = torch.arange(200) % 39  # the last positive has no negative
    found = ranked_link_scores(positive, negative, owner, hits=[1, 3])
    ranks = [rank_of(float(positive[i]), negative[owner == i].tolist()) for i in range(39)]
    assert found["mrr"] == pytest.approx(sum(1 / rank for rank in ranks) / 39)
    for k in (1, 3):
        assert found[f"hits@{k}"] == pytest.approx(sum(rank <= k for rank in ranks) / 39)
    assert found["auc"] == pytest.approx(link_scores(positive[:39], negative)["auc"])


def test_equal_scores_are_worth_a_coin():
    ones = torch.ones(50)
    found = link_scores(ones, ones, hits=[10])
    assert found["auc"] == 0.5
    assert found["hits@10"] == 0
    assert found["mrr"] == pytest.approx(1 / 26)


def test_the_mean_over_batches_is_not_the_pooled_ap():
    easy = torch.tensor([5.0, 4.0]), torch.tensor([3.0])
    shifted = torch.tensor([1.0, 0.0]), torch.tensor([-1.0])
    assert mean_batch_ap([easy, shifted]) == 1.0
    pooled = link_scores(*(torch.cat(sides) for sides in zip(easy, shifted, strict=True)))
    assert pooled["ap"] < 0.9
    with pytest.raises(ValueError, match="at least one batch; got none"):
        mean_batch_ap([])


def test_bad_scores_are_one_line():
    positive, negative = scored()
    for changed, message in (
        ((positive[:0], negative), "at least one positive pair; got none"),
        ((positive, negative[:0]), "at least one negative pair; got none"),
        ((positive, negative * torch.nan), "scores of negative pairs must be numbers; got NaN"),
    ):
        with pytest.raises(ValueError, match=message):
            link_scores(*changed)
    with pytest.raises(ValueError, match="got NaN"):
        ranked_link_scores(positive * torch.nan, negative, torch.zeros(90).long())
