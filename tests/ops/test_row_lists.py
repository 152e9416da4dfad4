"""Sum aggregation against a loop: values, gradients, empty lists, determinism."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.ops.graph_matrices.row_lists import RowLists, sum_lists


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 1000), pairs=st.integers(0, 30), rows=st.integers(1, 6), outputs=st.integers(1, 6))
def test_a_loop_over_pairs_agrees(seed, pairs, rows, outputs):
    generator = torch.Generator().manual_seed(seed)
    row, output = (torch.randint(size, (pairs,), generator=generator) for size in (rows, outputs))
    z = torch.randn(rows, 3, dtype=torch.float64, generator=generator).requires_grad_()
    total = sum_lists(z, RowLists.of(row, output, rows, outputs))
    expected = [torch.zeros(3, dtype=torch.float64) for _ in range(outputs)]
    for i, j in zip(row.tolist(), output.tolist(), strict=True):
        expected[j] = expected[j] + z[i]
    expected = torch.stack(expected)
    probe = torch.randn(outputs, 3, dtype=torch.float64, generator=generator)
    torch.testing.assert_close(total, expected)
    if pairs:
        torch.testing.assert_close(*(torch.autograd.grad((t * probe).sum(), z)[0] for t in (total, expected)))


def test_gradcheck():
    lists = RowLists.of(torch.tensor([0, 2, 2, 2]), torch.tensor([1, 1, 0, 0]), 4, 3)
    assert torch.autograd.gradcheck(lambda z: sum_lists(z, lists), torch.randn(4, 2).double().requires_grad_())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_types_stay_and_no_rows_give_zeros(dtype):
    none = torch.zeros(0).long()
    assert sum_lists(torch.ones(2, 3, dtype=dtype), RowLists.of(none, none, 2, 4)).tolist() == [[0.0] * 3] * 4
    both = RowLists.of(torch.tensor([0, 1]), torch.tensor([0, 0]), 2, 1)
    total = sum_lists(torch.ones(2, 3, dtype=dtype), both)
    assert total.dtype == dtype
    assert total.tolist() == [[2.0] * 3]


def test_the_same_bits_on_every_run():
    generator = torch.Generator().manual_seed(0)
    row, output = (torch.randint(50, (5000,), generator=generator) for _ in range(2))
    z, lists = torch.randn(50, 7, generator=generator), RowLists.of(row, output, 50, 50)
    assert torch.equal(sum_lists(z, lists), sum_lists(z, RowLists.of(row, output, 50, 50)))
