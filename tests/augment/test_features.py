"""Changing features, dense and CSR."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphcl.augment import (
    add_noise,
    drop_entries,
    feature_drop_probabilities,
    keep_columns,
    mask_column_share,
    mask_columns,
    mask_rows,
    shuffle_rows,
)
from tests.augment.graphs import often, seeded


def table(n: int = 40, d: int = 30, seed: int = 0) -> torch.Tensor:
    generator = seeded(seed)
    return torch.randn(n, d, generator=generator) * (torch.rand(n, d, generator=generator) < 0.3)


@often
@given(st.floats(0, 1), st.integers(0, 99))
def test_masked_columns_are_shared_by_all_nodes(p, seed):
    x = table()
    masked = mask_columns(x, p, generator=seeded(seed))
    kept = keep_columns(x, p, generator=seeded(seed))
    assert torch.equal(masked, x * kept)
    sparse = mask_columns(x.to_sparse_csr(), p, generator=seeded(seed))
    assert sparse.layout == torch.sparse_csr
    assert torch.equal(sparse.to_dense(), masked)
    assert torch.equal(x, table())


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_the_rate_is_that_asked_for(p):
    kept = keep_columns(torch.zeros(1, 20_000), p, generator=seeded())
    assert 1 - kept.double().mean() == pytest.approx(p, abs=0.01)


@pytest.mark.parametrize(("share", "zeros"), [(0.0, 0), (0.2, 6), (0.25, 7), (1.0, 30)])
def test_a_share_of_the_columns_is_a_fixed_number_of_them(share, zeros):
    x = table().abs() + 1
    masked = mask_column_share(x, share, generator=seeded())
    gone = (masked == 0).all(0)
    assert gone.sum() == zeros
    assert torch.equal(masked[:, ~gone], x[:, ~gone])
    sparse = mask_column_share(table().to_sparse_csr(), share, generator=seeded())
    assert torch.equal(sparse.to_dense(), mask_column_share(table(), share, generator=seeded()))
    if 0 < share < 1:
        assert not torch.equal(masked, mask_column_share(x, share, generator=seeded(1)))
    with pytest.raises(ValueError, match=r"share must lie in \[0, 1\]; got 1.5"):
        mask_column_share(x, 1.5)


def test_columns_of_central_nodes_stay():
    x = torch.cat([torch.ones(2, 100), torch.zeros(2, 100)], dim=1)
    x[1] = 1 - x[1]
    p = feature_drop_probabilities(x, torch.tensor([100.0, 1.0]), 0.3)
    kept = keep_columns(x, p, generator=seeded())
    assert kept[:100].all()
    assert 20 < kept[100:].sum() < 60


def test_an_unused_column_leaves_the_rate_of_the_others_alone():
    """Planetoid's Cora has one; the published code then drops all columns with probability 0.7."""
    x = torch.rand(20, 2000, generator=seeded())
    x[:, 7] = 0
    p = feature_drop_probabilities(x, torch.ones(20), 0.2, rule="dense")
    assert 1 - keep_columns(x, p, generator=seeded()).double().mean() == pytest.approx(0.2, abs=0.03)


@often
@given(st.floats(0, 1), st.integers(0, 99))
def test_masked_rows(p, seed):
    x = table() + 1
    masked = mask_rows(x, p, generator=seeded(seed))
    gone = (masked == 0).all(1)
    assert torch.equal(masked, torch.where(gone[:, None], 0, x))
    sparse = mask_rows(x.to_sparse_csr(), p, generator=seeded(seed))
    assert torch.equal(sparse.to_dense(), masked)
    many = mask_rows(torch.ones(5000, 1), p, generator=seeded(seed))
    assert 1 - many.mean() == pytest.approx(p, abs=0.04)


@pytest.mark.parametrize("layout", ["dense", "csr"])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_dropped_entries(p, layout):
    x = torch.ones(200, 100)
    rows = x.to_sparse_csr() if layout == "csr" else x
    dropped = drop_entries(rows, p, generator=seeded())
    assert dropped.layout == rows.layout
    dense = dropped.to_dense()
    assert set(dense.unique().tolist()) <= {0.0, 1.0}
    assert 1 - dense.mean() == pytest.approx(p, abs=0.02)
    if p == 0.3:
        assert 0 < dense[0].sum() < 100
        assert 0 < dense[:, 0].sum() < 200


@often
@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(0, 99))
def test_rows_are_shuffled_within_their_graph(sizes, seed):
    batch = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    x = torch.stack([batch, torch.arange(len(batch))], dim=1).float()
    shuffled = shuffle_rows(x, generator=seeded(seed), batch=batch)
    assert torch.equal(shuffled[:, 0], batch.float())
    assert torch.equal(shuffled[:, 1].sort().values, x[:, 1])
    assert torch.equal(shuffle_rows(x.to_sparse_csr(), generator=seeded(seed), batch=batch).to_dense(), shuffled)
    anywhere = shuffle_rows(x, generator=seeded(seed))
    assert torch.equal(anywhere[:, 1].sort().values, x[:, 1])


def test_a_shuffle_moves_rows():
    x = torch.arange(100.0)[:, None]
    assert (shuffle_rows(x, generator=seeded()) != x).sum() > 90


def test_noise_has_the_scale_asked_for():
    x = torch.full((300, 300), 2.0)
    noisy = add_noise(x, 0.5, generator=seeded())
    assert (noisy - 2).mean() == pytest.approx(0, abs=0.01)
    assert (noisy - 2).std() == pytest.approx(0.5, abs=0.01)
    assert (x == 2).all()
    assert torch.equal(add_noise(x, 0.0, generator=seeded()), x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: add_noise(table(), -1.0, generator=seeded()), "scale must be at least 0; got -1.0"),
        (lambda: add_noise(table().to_sparse_csr(), 0.1, generator=seeded()), "x must be dense and real"),
        (lambda: mask_rows(table(), 1.1, generator=seeded()), r"p must lie in \[0, 1\]; got 1.1"),
        (lambda: drop_entries(table(), -0.1, generator=seeded()), r"p must lie in \[0, 1\]; got -0.1"),
        (lambda: mask_columns(table(), torch.ones(3), generator=seeded()), r"shape \(30,\); got \(3,\)"),
    ],
)
def test_bad_input_says_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()
