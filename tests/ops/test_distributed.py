"""The helpers without a process group: one rank, and every function is the identity. tests/ddp has two ranks."""

import pytest
import torch

from graphcl.objectives import all_pairs_logsumexp, barlow_twins, cca_ssg, influence_contrast, info_nce, vicreg
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.distributed import (
    RankRows,
    broadcast_module,
    gather_rows,
    max_over_ranks,
    rank,
    rows_of_ranks,
    sum_over_ranks,
    world,
)
from tests.objectives.walking import positives


def test_one_rank():
    assert (rank(), world()) == (0, 1)
    z = torch.randn(3, 2, requires_grad=True)
    assert gather_rows(z) is z
    assert sum_over_ranks(z) is z
    assert torch.equal(max_over_ranks(z), z)
    assert not max_over_ranks(z).requires_grad
    assert rows_of_ranks(z) == RankRows((3,))


def test_rows_of_a_rank():
    rows = RankRows((2, 5, 1), rank=1)
    assert (rows.total, rows.start, rows.weight) == (8, 2, 15 / 8)
    means, weights = [3.0, 1.0, 4.0], [RankRows((2, 5, 1), rank=r).weight for r in range(3)]
    joint = (2 * 3.0 + 5 * 1.0 + 1 * 4.0) / 8
    assert sum(w * m for w, m in zip(weights, means, strict=True)) / 3 == pytest.approx(joint)
    assert [RankRows((7,) * 3, rank=r).weight for r in range(3)] == [1.0] * 3


def test_a_rank_without_rows():
    with pytest.raises(ValueError, match="every rank needs a row; got 0 rows"):
        rows_of_ranks(torch.zeros(0, 2))


def test_the_broadcast_changes_nothing():
    module = torch.nn.BatchNorm1d(3)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    broadcast_module(module)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


MATRIX, WALKS = positives(10, 2, dtype=torch.float32)
LOSSES = {
    **{
        f"info_nce {form} {way}": lambda u, v, across_ranks, form=form, way=way: info_nce(
            u, v, temperature=0.7, **dict.fromkeys(form, True), summation=way, across_ranks=across_ranks
        )
        for form in ((), ("symmetric",), ("same_view",), ("symmetric", "same_view"))
        for way in ("auto", "dense", "blocked", "series")
    },
    **{
        f"influence_contrast {way} {type(given).__name__}": lambda u, v, across_ranks, way=way, given=given: (
            influence_contrast(u + v, given, tau=0.5, summation=way, across_ranks=across_ranks)
        )
        for way in ("auto", "dense", "blocked", "series")
        for given in (MATRIX, WALKS)
    },
    "all_pairs_logsumexp": lambda u, v, across_ranks: all_pairs_logsumexp(
        u, v, scale=0.5, method="series", across_ranks=across_ranks
    ).sum(),
    "cca_ssg": lambda u, v, across_ranks: cca_ssg(u, v, decorrelation_weight=0.5, across_ranks=across_ranks),
    "barlow_twins": lambda u, v, across_ranks: barlow_twins(u, v, across_ranks=across_ranks),
    "vicreg": lambda u, v, across_ranks: vicreg(u, v, across_ranks=across_ranks),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_losses_across_one_rank_have_the_same_bits(loss):
    results = []
    for across_ranks in (False, True):
        generator = torch.Generator().manual_seed(0)
        u, v = (unit_rows(torch.randn(10, 4, generator=generator)).requires_grad_() for _ in range(2))
        value = loss(u, v, across_ranks)
        value.backward()
        results.append((value.detach(), u.grad, v.grad))
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))
