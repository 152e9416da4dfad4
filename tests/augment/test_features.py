"""Changing features, dense and CSR."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphcl.augment import feature_drop_probabilities, keep_columns, mask_columns
from tests.augment.graphs import seeded


def table(n: int = 40, d: int = 30, seed: int = 0) -> torch.Tensor:
    generator = seeded(seed)
    return torch.randn(n, d, generator=generator) * (torch.rand(n, d, generator=generator) < 0.3)


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
