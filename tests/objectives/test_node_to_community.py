"""The node-to-community contrast against a dense loop, closed forms, gradients, and degenerate input."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import community_contrast
from graphcl.objectives.node_to_community import community_logits, community_means, squared_distances
from graphcl.ops.graph_matrices.sparse import unit_rows
from tests.sizes import LargestTensor

SIMILARITIES = ["cosine", "rbf"]
every_similarity = pytest.mark.parametrize("similarity", SIMILARITIES)


def example(n: int = 9, d: int = 4, k: int = 3, seed: int = 0):
    """Two views and their hard communities; the last one may be empty."""
    generator = torch.Generator().manual_seed(seed)
    h = [unit_rows(torch.randn(n, d, dtype=torch.float64, generator=generator)) for _ in range(2)]
    return (*h, *(torch.randint(max(k - 1, 1), (n,), generator=generator) for _ in range(2)))


def one_way(h, other, labels, k: int, temperature: float, similarity: str, gamma: float) -> float:
    means = []
    for c in range(k):
        rows = [other[i] for i in range(len(other)) if labels[i] == c]
        means.append(sum(rows) / len(rows) if rows else torch.zeros(h.size(1), dtype=h.dtype))
    total = 0.0
    for i in range(len(h)):
        own = int(labels[i])
        terms = []
        for c in range(k):
            if similarity == "cosine":
                logit, weight = float(h[i] @ means[c]) / temperature, 1.0
            else:
                logit = -float(((h[i] - means[c]) ** 2).sum()) / temperature**2
                weight = math.exp(-gamma * float(((means[own] - means[c]) ** 2).sum()))
            terms.append(math.exp(logit) * (1.0 if c == own else weight))
        total -= math.log(terms[own] / sum(terms))
    return total / len(h)


def naive(h1, h2, labels1, labels2, *setting) -> float:
    return (one_way(h1, h2, labels2, *setting) + one_way(h2, h1, labels1, *setting)) / 2


@every_similarity
@pytest.mark.parametrize("gamma", [0.0, 0.3, 5.0])
def test_a_dense_loop_agrees(similarity, gamma):
    views = example()
    loss = community_contrast(*views, 3, temperature=0.4, similarity=similarity, gamma=gamma)
    assert loss.item() == pytest.approx(naive(*views, 3, 0.4, similarity, gamma), abs=1e-12)


@every_similarity
def test_consensus_counts_the_nodes_on_which_both_views_agree(similarity):
    """Agreeing labels give the plain loss; otherwise the rows that agree count, with all nodes' means."""
    h1, h2, labels1, labels2 = example(k=4)
    setting = {"temperature": 0.4, "similarity": similarity, "gamma": 0.3}
    torch.testing.assert_close(
        community_contrast(h1, h2, labels1, labels1, 4, consensus=True, **setting),
        community_contrast(h1, h2, labels1, labels1, 4, **setting),
    )
    agree = labels1 == labels2
    assert 0 < agree.sum() < len(agree)
    total = 0.0
    for i in agree.nonzero()[:, 0].tolist():
        for h, other, labels in ((h1, h2, labels2), (h2, h1, labels1)):
            means = community_means(other, labels, 4)
            logits = community_logits(h[i : i + 1], means, temperature=0.4, similarity=similarity)
            if similarity == "rbf":
                logits = logits - 0.3 * squared_distances(means, means)[labels[i]]
            total += float(logits.logsumexp(1) - logits[0, labels[i]])
    loss = community_contrast(h1, h2, labels1, labels2, 4, consensus=True, **setting)
    assert loss.item() == pytest.approx(total / 2 / int(agree.sum()), abs=1e-12)
    u = h1.clone().requires_grad_()
    none = community_contrast(u, h2, labels1, labels1 + 1, 5, consensus=True, **setting)
    none.backward()
    assert none.item() == 0
    assert not u.grad.any()


@every_similarity
def test_gradient_with_the_means_held_fixed(similarity):
    """gradcheck moves the means as well, so that it is asked about one view at a time, the other the source."""
    h1, h2, labels1, labels2 = example()
    means = community_means(h2, labels2, 3)

    def forward_half(h):
        logits = community_logits(h, means, temperature=0.4, similarity=similarity)
        if similarity == "rbf":
            logits = logits - 0.3 * squared_distances(means, means)[labels2]
        return torch.nn.functional.cross_entropy(logits, labels2) / 2

    assert gradcheck(forward_half, (h1.clone().requires_grad_(),))
    whole, half = h1.clone().requires_grad_(), h1.clone().requires_grad_()
    loss = community_contrast(whole, h2, labels1, labels2, 3, temperature=0.4, similarity=similarity, gamma=0.3)
    loss.backward()
    forward_half(half).backward()
    torch.testing.assert_close(whole.grad, half.grad)


def test_weights_act_in_rbf_alone_and_spare_near_communities():
    views = example()

    def loss(similarity, gamma):
        return community_contrast(*views, 3, temperature=0.4, similarity=similarity, gamma=gamma).item()

    assert loss("cosine", 0.0) == loss("cosine", 5.0)
    assert loss("rbf", 5.0) < loss("rbf", 0.3) < loss("rbf", 0.0)  # far negatives count less


def test_closed_forms():
    h = unit_rows(torch.ones(6, 2, dtype=torch.float64))
    labels = torch.arange(6) % 3
    for similarity in SIMILARITIES:  # all means are equal: log 3
        loss = community_contrast(h, h, labels, labels, 3, temperature=0.5, similarity=similarity)
        assert loss.item() == pytest.approx(math.log(3), abs=1e-12)
    single = community_contrast(h, h, labels * 0, labels * 0, 1, temperature=0.5)
    assert single.item() == 0.0


@every_similarity
@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 8), k=st.integers(1, 4), seed=st.integers(0, 99))
def test_renumbering_and_swapping_change_nothing(similarity, n, k, seed):
    h1, h2, labels1, labels2 = example(n, k=k, seed=seed)
    setting = {"temperature": 0.4, "similarity": similarity, "gamma": 0.3}
    expected = community_contrast(h1, h2, labels1, labels2, k, **setting)
    assert expected.item() == pytest.approx(naive(h1, h2, labels1, labels2, k, 0.4, similarity, 0.3), abs=1e-12)
    torch.testing.assert_close(community_contrast(h2, h1, labels2, labels1, k, **setting), expected)
    renamed = community_contrast(h1, h2, k - 1 - labels1, k - 1 - labels2, k, **setting)
    torch.testing.assert_close(renamed, expected)
    moved = (tensor.flip(0) for tensor in (h1, h2, labels1, labels2))
    torch.testing.assert_close(community_contrast(*moved, k, **setting), expected)


def test_small_temperatures_stay_finite_in_single_precision():
    """exp(-4 / 0.05^2) is 0 in any precision; its logarithm is not."""
    h1, h2, labels1, labels2 = example()
    single = h1.float().requires_grad_()
    loss = community_contrast(single, h2.float(), labels1, labels2, 3, temperature=0.05, similarity="rbf")
    loss.backward()
    exact = community_contrast(h1, h2, labels1, labels2, 3, temperature=0.05, similarity="rbf")
    assert loss.item() == pytest.approx(exact.item(), rel=1e-4)
    assert torch.isfinite(single.grad).all()


@every_similarity
def test_no_tensor_of_nodes_by_communities_by_channels(similarity):
    views = example(n=50, d=8, k=6)
    views[0].requires_grad_()
    with LargestTensor() as largest:
        community_contrast(*views, 6, temperature=0.4, similarity=similarity).backward()
    assert largest.numel <= 50 * 8


@every_similarity
def test_half_precision_is_near(similarity):
    h1, h2, *labels = example(n=60)
    half = community_contrast(h1.bfloat16(), h2.bfloat16(), *labels, 3, temperature=0.5, similarity=similarity)
    exact = community_contrast(h1, h2, *labels, 3, temperature=0.5, similarity=similarity)
    assert half.dtype == torch.float32
    single = h1.float(), h2.float(), *labels
    expected = community_contrast(*single, 3, temperature=0.5, similarity=similarity)
    with torch.autocast("cpu", torch.bfloat16):
        assert community_contrast(*single, 3, temperature=0.5, similarity=similarity) == expected
    assert half.item() == pytest.approx(exact.item(), abs=0.02)


def test_unknown_similarity():
    h1, h2, _, _ = example()
    with pytest.raises(ValueError, match="similarity must be cosine or rbf; got 'l1'"):
        community_logits.__wrapped__(h1, h2, temperature=0.5, similarity="l1")


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"temperature": 0.0}, "temperature must be positive; got 0.0"),
        ({"gamma": -1.0}, "gamma must not be negative"),
    ],
)
def test_numbers_out_of_range(bad, message):
    labels = torch.tensor([0, 1])
    with pytest.raises(ValueError, match=message):
        community_contrast(torch.eye(2), torch.eye(2), labels, labels, 2, **{"temperature": 0.5, **bad})
