"""gCooL's soft community assignment against its definition."""

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.heads import CommunityHead
from graphcl.ops.graph_matrices.sparse import unit_rows


def rows(n: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def head(similarity: str = "cosine", temperature: float = 0.4) -> CommunityHead:
    made = CommunityHead(4, 3, temperature=temperature, similarity=similarity).double()
    return made.place(rows(4, seed=1))


@pytest.mark.parametrize("similarity", ["cosine", "rbf"])
def test_a_loop_agrees(similarity):
    h, centres = unit_rows(rows(5)), unit_rows(rows(4, seed=1))
    assign = head(similarity)(h).exp()
    for i in range(5):
        if similarity == "cosine":
            logits = torch.stack([h[i] @ c / 0.4 for c in centres])
        else:
            logits = torch.stack([-(h[i] - c).square().sum() / 0.4**2 for c in centres])
        torch.testing.assert_close(assign[i], logits.exp() / logits.exp().sum())


def test_rbf_is_cosine_at_half_the_square_of_the_temperature():
    h = unit_rows(rows(5))
    torch.testing.assert_close(head("rbf", 0.4)(h), head("cosine", 0.08)(h))


def test_gradients_and_the_length_of_a_centre():
    h = unit_rows(rows(5))
    assert gradcheck(head(), (h.clone().requires_grad_(),))
    longer = head().place(7 * rows(4, seed=1))
    torch.testing.assert_close(longer(h), head()(h))
    longer(h)[:, 0].sum().backward()
    torch.testing.assert_close((longer.centres.grad * longer.centres).sum(1), torch.zeros(4).double())


def test_rows_and_centres_of_zeros_and_half_precision():
    zero = head().place(torch.zeros(4, 3).double())
    assert torch.equal(zero(rows(2)).exp(), torch.full((2, 4), 0.25).double())
    zero(rows(2)).sum().backward()
    assert torch.isfinite(zero.centres.grad).all()
    single, row = head().float(), torch.ones(1, 3)
    assert single(row.bfloat16()).dtype == torch.float32
    expected = single(row)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(single(row), expected)


def test_unknown_similarity():
    unchecked = CommunityHead.__init__.__wrapped__
    with pytest.raises(ValueError, match="similarity must be one of cosine, rbf; got 'l1'"):
        unchecked(CommunityHead.__new__(CommunityHead), 2, 3, temperature=1.0, similarity="l1")


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_a_temperature_that_is_not_positive(temperature):
    with pytest.raises(ValueError, match="temperature must be positive; got"):
        CommunityHead(2, 3, temperature=temperature)
