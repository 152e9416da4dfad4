"""Log-sum-exp by groups of rows: a loop over pairs, its limits, gradients, rows without a pair, memory."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import grad, gradcheck

from graphcl.objectives.all_pairs import blocks, off_diagonal
from graphcl.objectives.all_pairs.off_diagonal import off_diagonal_logsumexp
from graphcl.objectives.all_pairs.pair_groups import dense_grouped_logsumexp, grouped_logsumexp, mark_rows
from tests.sizes import LargestTensor

both = pytest.mark.parametrize("log_sums", [grouped_logsumexp, dense_grouped_logsumexp])
LEAST = torch.finfo(torch.float64).min


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(off_diagonal, "SIZE", 3)
    monkeypatch.setattr(blocks, "ROWS", 4)
    monkeypatch.setattr(blocks, "COLUMNS", 3)


def drawn(n: int, seed: int = 0, d: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows, and marks of some nodes that have several rows and some groups that have several nodes."""
    generator = torch.Generator().manual_seed(seed)
    nodes = torch.randint(max(1, 2 * n // 3), (n,), generator=generator)
    rows = torch.randn(n, d, dtype=torch.float64, generator=generator)
    return rows, mark_rows(nodes % 3, nodes)


def loop(u, v, marks, others, scale: float, same: float, different: float) -> list[float]:
    sums = []
    for i, (node, group) in enumerate(marks.tolist()):
        total = 0.0
        for j, (other, its_group) in enumerate(others.tolist()):
            if other != node:
                total += (same if its_group == group else different) * math.exp(scale * float(u[i] @ v[j]))
        sums.append(math.log(total) if total else LEAST)
    return sums


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(1, 10),
    m=st.integers(0, 9),
    scale=st.floats(-2, 2),
    same=st.sampled_from([0.0, 0.3, 1.0, 2.0]),
    different=st.sampled_from([0.0, 0.5, 1.0]),
    seed=st.integers(0, 99),
)
def test_a_loop_over_pairs_agrees(n, m, scale, same, different, seed):
    (u, marks), (v, others) = drawn(n, seed), drawn(m, seed + 1) if m else (None, None)
    weights = {"scale": scale, "marks": marks, "other_marks": others, "same": same, "different": different}
    expected = loop(u, u if v is None else v, marks, marks if v is None else others, scale, same, different)
    pull = torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    pull[torch.tensor(expected) == LEAST] = 0.0
    gradients = []
    for log_sums in (grouped_logsumexp, dense_grouped_logsumexp):
        inputs = [part.clone().requires_grad_() for part in (u, v) if part is not None]
        logs = log_sums(*inputs, **weights)
        assert logs.tolist() == pytest.approx(expected, abs=1e-11)
        gradients.append(grad((pull * logs).sum(), inputs))
    torch.testing.assert_close(*gradients)


@both
def test_the_limits(log_sums):
    u, _ = drawn(7)
    own = mark_rows(torch.arange(7))
    others = off_diagonal_logsumexp(u, scale=0.7)
    for settings_ in ({}, {"same": 0.0}):  # each row a group of its own
        torch.testing.assert_close(log_sums(u, scale=0.7, marks=own, **settings_), others)
    one = mark_rows(torch.zeros(7, dtype=torch.long))
    torch.testing.assert_close(log_sums(u, scale=0.7, marks=one, different=0.0), others)
    assert (log_sums(u, scale=0.7, marks=one, same=0.0) == LEAST).all()
    mixed = mark_rows(torch.tensor([0, 0, 1, 1, 1, 2, 2]))
    parts = [log_sums(u, scale=0.7, marks=mixed, **{zero: 0.0}) for zero in ("same", "different")]
    torch.testing.assert_close(torch.logaddexp(*parts), others)


@both
def test_exchanging_rows_exchanges_sums(log_sums):
    u, marks = drawn(8)
    order = torch.tensor([3, 1, 7, 0, 5, 2, 6, 4])
    before = log_sums(u, scale=1.3, marks=marks, same=0.2)
    torch.testing.assert_close(log_sums(u[order], scale=1.3, marks=marks[order], same=0.2), before[order])


@both
def test_gradients(log_sums):
    u, marks = drawn(5, d=2)
    v, others = drawn(4, seed=3, d=2)
    u, v = u.requires_grad_(), v.requires_grad_()
    assert gradcheck(lambda u: log_sums(u, scale=0.8, marks=marks, same=0.4), u)
    assert gradcheck(lambda u, v: log_sums(u, v, scale=0.8, marks=marks, other_marks=others, same=0.0), (u, v))


@both
def test_a_row_without_a_pair_has_no_gradient(log_sums):
    u = torch.ones(3, 2, requires_grad=True)
    logs = log_sums(u, scale=1.0, marks=mark_rows(torch.tensor([4, 4, 4])), same=0.0)
    logs.sum().backward()
    assert logs.tolist() == [torch.finfo(torch.float32).min] * 3
    assert torch.equal(u.grad, torch.zeros(3, 2))


@both
def test_a_pair_left_out_that_dwarfs_the_others(log_sums):
    """The first two rows' product is exp(10,000), those with the others are 1; any scale of the rows is finite."""
    u = torch.tensor([[100.0, 0.0], [100.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    marks = mark_rows(torch.tensor([7, 7, 8, 9]))
    assert log_sums(u, scale=1.0, marks=marks, same=0.0)[0].item() == pytest.approx(math.log(2), rel=1e-6)
    for size in (0.0, 1e-6, 1e6):
        assert torch.isfinite(log_sums(size * u, scale=1.0, marks=marks, same=0.5)).all()


def test_memory_is_linear_in_the_rows():
    u, marks = drawn(60)
    u = u.requires_grad_()
    with LargestTensor() as largest:
        grouped_logsumexp(u, scale=1.0, marks=marks, same=0.5).sum().backward()
        grouped_logsumexp(u[20:50], u, scale=1.0, marks=marks[20:50], other_marks=marks, same=0.0).sum().backward()
    assert largest.numel <= u.numel()


@both
def test_bad_input(log_sums):
    u, marks = drawn(3)
    for weight in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"same must be a finite weight of at least 0; got {weight}"):
            log_sums(u, scale=1.0, marks=marks, same=weight)
    with pytest.raises(ValueError, match="marks must have a row for each of 3 rows and 2 columns; got 3 and 3"):
        log_sums(u, u[:2], scale=1.0, marks=marks)
