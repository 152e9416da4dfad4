"""The differentiable collectives on two ranks: values, adjoints, any dtype, errors on all ranks at once."""

import pytest
import torch

from graphcl.objectives import all_pairs_logsumexp
from graphcl.ops.graph_matrices.sparse import unit_rows
from tests.ddp import collectives


def parts(*sizes: int, width: int = 3, seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(size, width, dtype=torch.float64, generator=generator) for size in sizes]


def test_ranks(pool):
    assert pool.run(collectives.place) == [(0, 2), (1, 2)]


@pytest.mark.parametrize("sizes", [(4, 4), (5, 2), (1, 6), (0, 3)], ids=str)
def test_gather_and_its_adjoint(pool, sizes):
    """<w, gather(z)> summed over ranks is <gather'(w), z> summed over ranks."""
    z, w = parts(*sizes), parts(sum(sizes), sum(sizes), seed=1)
    answers = pool.run(collectives.gathered, z, w)
    for rows, _, _ in answers:
        assert torch.equal(rows, torch.cat(z))
    for (_, gradient, second), own, expected in zip(answers, z, sum(w).split(sizes), strict=True):
        torch.testing.assert_close(gradient, expected)
        torch.testing.assert_close(second, 2 * 6 * own * expected - 6 * own * expected)


def test_gather_of_rows_that_were_counted_before(pool):
    z, other = parts(4, 2), parts(4, 2, seed=1)
    answers = pool.run(collectives.gathered_as_counted, z, other)
    for (rows, gradient, said), own in zip(answers, other, strict=True):
        assert torch.equal(rows, torch.cat(other))
        torch.testing.assert_close(gradient, 2 * 2 * own)  # each rank's loss has the square
        assert said == f"rows must be those of z, {len(own) - 1} on this rank; got {len(own)}"


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.bool, torch.bfloat16, torch.float16], ids=str)
def test_gather_of_any_dtype_and_shape(pool, dtype):
    z = [(10 * part).to(dtype) for part in parts(3, 1)]
    assert all(torch.equal(rows, torch.cat(z)) for rows in pool.run(collectives.gathered_dtype, z))
    flat = [part[:, 0].contiguous() for part in z]
    assert all(torch.equal(rows, torch.cat(flat)) for rows in pool.run(collectives.gathered_dtype, flat))


def test_sum_and_its_adjoint(pool):
    t, w = parts(3, 3), parts(3, 3, seed=1)
    for total, gradient in pool.run(collectives.summed, t, w):
        torch.testing.assert_close(total, sum(t))
        torch.testing.assert_close(gradient, sum(w))


def test_half_precision_is_summed_in_float32(pool):
    t = [part.bfloat16() for part in parts(3, 3)]
    for total, _ in pool.run(collectives.summed, t, t):
        assert torch.equal(total, (t[0].float() + t[1].float()).bfloat16())


def test_largest_entries(pool):
    t = parts(3, 3)
    assert all(torch.equal(found, torch.maximum(*t)) for found in pool.run(collectives.largest, t))


def test_rows_of_ranks(pool):
    answers = pool.run(collectives.counted, parts(6, 2))
    assert [rows.counts for rows, _, _ in answers] == [(6, 2)] * 2
    assert [(start, weight) for _, start, weight in answers] == [(0, 1.5), (6, 0.5)]
    assert [weight for _, _, weight in pool.run(collectives.counted, parts(7, 7))] == [1.0, 1.0]


def test_all_ranks_refuse(pool):
    wide = [*parts(2), *parts(2, width=4)]
    for function in (collectives.gathered_dtype, collectives.counted):
        expected = "rows must be equally wide on all ranks; got widths 3, 4"
        assert pool.run(collectives.message, function, wide) == [expected] * 2
    empty = "every rank needs a row; got 3, 0 rows; use larger batches"
    for function in (collectives.counted, collectives.contrast):
        assert pool.run(collectives.message, function, parts(3, 0)) == [empty] * 2
    long = [unit_rows(parts(3)[0]), 2 * unit_rows(parts(3)[0])]
    messages = pool.run(collectives.message, collectives.log_sums, long, "series", 0.5)
    assert all("the series needs rows of length at most 1; the longest has 2" in text for text in messages)
    sampled = pool.run(collectives.message, collectives.log_sums, long, "sampled", 0.5)
    assert all("must not be sampled across ranks" in text for text in sampled)


@pytest.mark.parametrize("length", [1.0, 3.0])
def test_ranks_of_unequal_size_choose_the_same_method(pool, length):
    """By its own rows rank 0 would take the dense way and rank 1, of short rows, the series."""
    z = [length * unit_rows(parts(40)[0]), unit_rows(parts(1200, seed=1)[0])]
    exact = all_pairs_logsumexp(torch.cat(z), scale=0.25, method="blocked")
    ours = torch.cat(pool.run(collectives.log_sums, z, "auto", 0.25))
    torch.testing.assert_close(ours, exact, rtol=0, atol=1e-4)
    assert torch.allclose(ours, exact, rtol=0, atol=1e-12) == (length > 1)


@pytest.mark.parametrize("source", [0, 1])
def test_broadcast_of_a_module(pool, source):
    answers = pool.run(collectives.broadcast, source)
    size = 2 + 3 * source
    assert all(answer["kept"] for answer in answers)
    states = [[None, torch.zeros(2, 2)], [torch.arange(3), None]][source]
    for answer in answers:
        for (weight, trained, steps, hidden, empty, filled, extra), state in zip(
            answer["parts"], states, strict=True
        ):
            assert torch.equal(weight, torch.full((2, size), float(size)))
            assert trained
            assert steps.item() == size
            assert hidden.dtype == torch.bool
            assert hidden.shape == (size,)
            assert same(empty, torch.ones(5) if source else None)
            assert same(filled, None if source else torch.full((3,), 7.0, dtype=torch.float64))
            assert same(extra, state)


def same(a: torch.Tensor | None, b: torch.Tensor | None) -> bool:
    return a is b if a is None or b is None else torch.equal(a, b)


def test_broadcast_refuses_another_module(pool):
    messages = pool.run(collectives.message, collectives.broadcast_of_unlike_modules)
    assert messages == ["modules must be built alike on all ranks; they differ in bias"] * 2
