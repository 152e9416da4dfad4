"""Sum of a sigmoid over all pairs but some, in blocks, against the whole matrix."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives.all_pairs import sigmoid
from graphcl.objectives.all_pairs.sigmoid import all_pairs_sigmoid
from tests.sizes import LargestTensor


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(sigmoid, "ROWS", 4)
    monkeypatch.setattr(sigmoid, "COLUMNS", 3)


def rows(n: int, m: int, d: int = 3, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(k, d, dtype=torch.float64, generator=generator).requires_grad_() for k in (n, m))


def dense(u, v, left_out, threshold, temperature):
    pairs = torch.sigmoid((u @ v.T - threshold) / temperature)
    mask = torch.ones(len(u), len(v), dtype=torch.bool)
    mask[left_out[0], left_out[1]] = False
    return pairs[mask].sum()


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 11), m=st.integers(1, 10), out=st.integers(0, 30), seed=st.integers(0, 99))
def test_values_and_gradients_are_those_of_the_whole_matrix(n, m, out, seed):
    draws = torch.Generator().manual_seed(seed)
    left_out = torch.stack([torch.randint(size, (out,), generator=draws) for size in (n, m)])
    results = []
    for total in (
        lambda u, v: all_pairs_sigmoid(u, v, left_out, threshold=0.3, temperature=0.4),
        lambda u, v: dense(u, v, left_out, 0.3, 0.4),
    ):
        u, v = rows(n, m, seed=seed)
        value = total(u, v)
        (1.7 * value).backward()
        results.append((value.detach(), u.grad, v.grad))
    torch.testing.assert_close(*results)


def test_gradient():
    u, v = rows(5, 7)
    left_out = torch.tensor([[0, 4, 4], [0, 6, 1]])
    assert gradcheck(lambda u, v: all_pairs_sigmoid(u, v, left_out, threshold=0.1, temperature=0.5), (u, v))


def test_a_gradient_to_one_side_and_none_at_all():
    u, v = rows(5, 7)
    left_out = torch.empty(2, 0, dtype=torch.long)
    alone = all_pairs_sigmoid(u, v.detach(), left_out, threshold=0.1, temperature=0.5)
    both = all_pairs_sigmoid(u, v, left_out, threshold=0.1, temperature=0.5)
    torch.testing.assert_close(*(torch.autograd.grad(total, u)[0] for total in (alone, both)))
    with torch.no_grad():
        assert not all_pairs_sigmoid(u, v, left_out, threshold=0.1, temperature=0.5).requires_grad


def test_every_pair_left_out_is_exactly_nothing():
    u, v = rows(6, 6)
    total = all_pairs_sigmoid(u, v, torch.cartesian_prod(*[torch.arange(6)] * 2).T, threshold=0.0, temperature=1.0)
    total.backward()
    assert total.item() == 0
    assert not u.grad.any()


def test_saturated_sigmoids_are_finite():
    u, v = (side.detach().float().mul(1e3).requires_grad_() for side in rows(6, 6))
    total = all_pairs_sigmoid(u, v, torch.empty(2, 0, dtype=torch.long), threshold=0.6, temperature=1e-3)
    total.backward()
    assert torch.isfinite(total)
    assert torch.isfinite(u.grad).all()


def test_a_second_derivative_is_refused():
    u, v = rows(3, 3)
    total = all_pairs_sigmoid(u, v, torch.empty(2, 0, dtype=torch.long), threshold=0.6, temperature=0.1)
    with pytest.raises(RuntimeError, match="this has no second derivative"):
        torch.autograd.grad(total, u, create_graph=True)


def test_memory_is_linear_in_the_rows():
    u, v = rows(60, 60)
    left_out = torch.arange(60).expand(2, -1)
    with LargestTensor() as largest:
        all_pairs_sigmoid(u, v, left_out, threshold=0.6, temperature=0.1).backward()
    assert largest.numel <= 20 * 15 * 2  # one number for each block, or each of u
