"""Losses between nodes and summaries of graphs: loops, closed forms, gradients, blocks, degenerate batches."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import LocalGlobalTerms, local_global, local_global_jsd, next_summary_bce
from tests.sizes import LargestTensor

LOSSES = [local_global_jsd, next_summary_bce]


def inputs(nodes: int = 9, graphs: int = 4, d: int = 3, seed: int = 0, dtype: torch.dtype = torch.float64):
    generator = torch.Generator().manual_seed(seed)
    local, summary = (torch.randn(rows, d, dtype=dtype, generator=generator) for rows in (nodes, graphs))
    return local, summary, torch.randint(graphs, (nodes,), generator=generator).sort().values


def score(local, summary, i: int, graph: int) -> float:
    return sum(a * b for a, b in zip(local[i].tolist(), summary[graph].tolist(), strict=True))


def softplus(s: float) -> float:
    return math.log1p(math.exp(-abs(s))) + max(s, 0.0)


def naive(loss, local, summary, batch) -> list[float]:
    """Own term, other term and accuracy, pair by pair."""
    n, graphs = len(local), len(summary)
    own, other = [], []
    for i, graph in enumerate(batch.tolist()):
        own.append(score(local, summary, i, graph))
        rivals = [k for k in range(graphs) if k != graph] if loss is local_global_jsd else [(graph + 1) % graphs]
        other += [score(local, summary, i, k) for k in rivals]
    zero = math.log(2) if loss is local_global_jsd else 0.0
    right = sum(s > 0 for s in own) / n + sum(s <= 0 for s in other) / len(other)
    terms = [sum(softplus(-s) for s in own) / n - zero, sum(map(softplus, other)) / len(other) - zero]
    return [*terms, right / 2]


@pytest.mark.parametrize("loss", LOSSES)
@settings(max_examples=30, deadline=None)
@given(nodes=st.integers(1, 9), graphs=st.integers(2, 5), seed=st.integers(0, 999))
def test_a_loop_over_pairs_agrees(loss, nodes, graphs, seed):
    terms = loss(*inputs(nodes, graphs, seed=seed))
    expected = naive(loss, *inputs(nodes, graphs, seed=seed))
    assert [term.item() for term in terms] == pytest.approx(expected, abs=1e-12)
    assert terms.loss.item() == pytest.approx(sum(expected[:2]), abs=1e-12)


def test_the_form_with_estimates_of_two_expectations():
    """As the published code has it: E- - E+, each with its constant log 2; and its bound."""
    local, summary, batch = inputs()
    scores = local @ summary.T
    own = batch[:, None] == torch.arange(4)
    positive = (math.log(2) - torch.nn.functional.softplus(-scores))[own].sum() / 9
    negative = (torch.nn.functional.softplus(-scores) + scores - math.log(2))[~own].sum() / (9 * 3)
    torch.testing.assert_close(local_global_jsd(local, summary, batch).loss, negative - positive)
    perfect = local_global_jsd(1e3 * torch.eye(4)[batch], 2 * torch.eye(4) - 1, batch)
    assert perfect.loss.item() == pytest.approx(-2 * math.log(2))
    assert perfect.accuracy == 1


@pytest.mark.parametrize(("loss", "zero"), [(local_global_jsd, 0.0), (next_summary_bce, 2 * math.log(2))])
def test_closed_forms(loss, zero):
    """Scores of 0: nothing is known. Orthogonal graphs: own pairs at s, others at 0. Equal rows: all at s."""
    batch = torch.tensor([0, 0, 1, 2])
    assert loss(torch.zeros(4, 3), torch.randn(3, 3), batch).loss.item() == pytest.approx(zero, abs=1e-6)
    gain = softplus(-4.0) - math.log(2)
    assert loss(4 * torch.eye(3)[batch], torch.eye(3), batch).loss.item() == pytest.approx(zero + gain, abs=1e-6)
    same = loss(torch.ones(4, 3), torch.ones(3, 3), batch)
    assert same.loss.item() == pytest.approx(zero + softplus(-3.0) + softplus(3.0) - 2 * math.log(2), abs=1e-6)
    assert same.accuracy == 0.5


def test_the_negative_of_infomax_is_the_next_graph_alone():
    local, summary, batch = inputs()
    first = batch == 0
    changed = summary.clone()
    changed[2] += 1.0
    before, after = (next_summary_bce(local[first], s, batch[first]) for s in (summary, changed))
    assert before.other == after.other
    changed[1] += 1.0
    assert next_summary_bce(local[first], changed, batch[first]).other != before.other
    last = batch == 3  # whose next one is the first
    assert next_summary_bce(local[last], changed, batch[last]).other == pytest.approx(
        naive(next_summary_bce, local[last], summary, batch[last])[1]
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_the_order_of_nodes_and_of_graphs(loss):
    """InfoGraph's negatives are all others, so that any order will do; the next graph stays so in a cycle."""
    local, summary, batch = inputs()
    expected = loss(local, summary, batch).loss
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(loss(local[order], summary, batch[order]).loss, expected)
    torch.testing.assert_close(loss(local, summary.roll(1, 0), (batch + 1) % 4).loss, expected)
    flipped = loss(local, summary.flip(0), 3 - batch).loss
    assert torch.isclose(flipped, expected).item() is (loss is local_global_jsd)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("entries", [1, 20, 2**20])
def test_gradients_and_blocks(loss, entries, monkeypatch):
    """Blocks of one graph, of two, and of all have one result."""
    whole = loss(*inputs())
    monkeypatch.setattr(local_global, "ENTRIES", entries)
    local, summary, batch = inputs()
    for term, expected in zip(loss(local, summary, batch), whole, strict=True):
        torch.testing.assert_close(term, expected)
    ends = local.requires_grad_(), summary.requires_grad_()
    for place in (0, 1):
        assert gradcheck(lambda a, b, place=place: loss(a, b, batch)[place], ends)
    assert gradcheck(lambda a: 3 * loss(a, summary.detach(), batch).loss, ends[:1])
    assert not loss(*ends, batch).accuracy.requires_grad


def test_no_matrix_of_nodes_and_graphs_is_held():
    local, summary, batch = inputs(3000, 1000, dtype=torch.float32)
    local.requires_grad_()
    with LargestTensor() as largest:
        local_global_jsd(local, summary, batch).loss.backward()
    assert largest.numel <= local_global.ENTRIES < 3000 * 1000


def test_a_second_derivative_is_refused():
    local, summary, batch = inputs()
    loss = local_global_jsd(local.requires_grad_(), summary, batch).loss
    with pytest.raises(RuntimeError, match="this has no second derivative"):
        torch.autograd.grad(loss, local, create_graph=True)


DEGENERATE = {
    "zeros": (torch.zeros(4, 3), torch.zeros(2, 3)),
    "equal rows": (torch.ones(4, 3), torch.ones(2, 3)),
    "large scores": (1e4 * torch.eye(4), 1e4 * torch.ones(2, 4)),
    "large negative scores": (-1e4 * torch.eye(4), 1e4 * torch.ones(2, 4)),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_rows_have_finite_losses_and_gradients(loss, name, dtype):
    local, summary = (rows.to(dtype).clone().requires_grad_() for rows in DEGENERATE[name])
    terms = loss(local, summary, torch.tensor([0, 0, 1, 1]))
    terms.loss.backward()
    assert all(torch.isfinite(value).all() for value in (*terms, local.grad, summary.grad))
    assert terms.loss.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    if name.startswith("large"):
        assert terms.loss.item() == pytest.approx(1e8, rel=1e-2)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_single_graph_has_no_loss(loss):
    local, summary, batch = inputs(5, 1)
    terms = loss(local.requires_grad_(), summary.requires_grad_(), batch)
    assert isinstance(terms, LocalGlobalTerms)
    terms.loss.backward()
    assert terms.loss == 0
    assert not local.grad.any()
    assert not summary.grad.any()
    assert terms.accuracy.item() == pytest.approx(sum(score(local, summary, i, 0) > 0 for i in range(5)) / 5)


@pytest.mark.parametrize("loss", LOSSES)
def test_graphs_without_nodes_are_negatives_all_the_same(loss):
    local, summary, _ = inputs(3, 3)
    batch = torch.tensor([0, 0, 2])
    assert [term.item() for term in loss(local, summary, batch)] == pytest.approx(
        naive(loss, local, summary, batch)
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_half_precision_is_summed_in_float32(loss):
    local, summary, batch = inputs(300, 20, 16)
    exact = loss(local.bfloat16().double(), summary.bfloat16().double(), batch).loss
    with torch.autocast("cpu", torch.bfloat16):
        half = loss(local.bfloat16(), summary.bfloat16(), batch).loss
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(exact.item(), rel=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_refused(loss):
    local, summary, batch = inputs()
    with pytest.raises(ValueError, match="nodes and summaries must be equally wide; got 3 and 2"):
        loss.__wrapped__(local, summary[:, :2], batch)
    with pytest.raises(ValueError, match="batch must name the graph of each node; got 8 for 9 nodes"):
        loss.__wrapped__(local, summary, batch[1:])
