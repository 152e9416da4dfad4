"""NT-Xent as in GraphCL's code: a loop, that code's own numbers, closed forms, gradients, degenerate input."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import info_nce, nt_xent, view_figures
from graphcl.objectives.nt_xent import FIGURES
from graphcl.ops.graph_matrices.sparse import unit_rows


def views(graphs: int, channels: int = 4, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    u, v = torch.randn(2, graphs, channels, dtype=torch.float64, generator=generator).unbind()
    return u, v


def cosines(u, v) -> list[list[float]]:
    length = [[math.sqrt(sum(a * a for a in row)) for row in part.tolist()] for part in (u, v)]
    return [
        [
            sum(a * b for a, b in zip(x, y, strict=True)) / (length[0][i] * length[1][j])
            for j, y in enumerate(v.tolist())
        ]
        for i, x in enumerate(u.tolist())
    ]


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 1000), graphs=st.integers(2, 7), temperature=st.floats(0.05, 2.0))
def test_loops_agree(seed, graphs, temperature):
    u, v = views(graphs, seed=seed)
    c = cosines(u, v)
    others = [[c[i][j] for j in range(graphs) if j != i] for i in range(graphs)]
    losses = [
        math.log(sum(math.exp(s / temperature) for s in others[i])) - c[i][i] / temperature for i in range(graphs)
    ]
    assert nt_xent(u, v, temperature=temperature).item() == pytest.approx(sum(losses) / graphs, abs=1e-10)
    figures = view_figures(u, v)
    assert tuple(figures) == FIGURES
    assert figures["accuracy"].item() == pytest.approx(
        sum(c[i][i] > max(others[i]) for i in range(graphs)) / graphs
    )
    assert figures["positive"].item() == pytest.approx(sum(c[i][i] for i in range(graphs)) / graphs, abs=1e-10)
    mean = sum(map(sum, others)) / (graphs * (graphs - 1))
    assert figures["negative"].item() == pytest.approx(mean, abs=1e-10)


def test_the_authors_own_numbers():
    """From `graphcl.loss_cl` of chem/pretrain_graphcl.py, Shen-Lab/GraphCL at b4d7501, run on these views."""
    k = torch.arange(24, dtype=torch.float64)
    u = torch.sin(k).view(6, 4).requires_grad_()
    v = (torch.sin(k) + 0.5 * torch.cos(0.7 * k)).view(6, 4).requires_grad_()
    loss = nt_xent(u, v, temperature=0.1)
    loss.backward()
    assert loss.item() == pytest.approx(-1.2823482732218026, abs=1e-12)
    assert (u.grad.norm().item(), v.grad.norm().item()) == pytest.approx((2.3413816689826366, 1.6171496492507376))
    first = [-1.1121603085391956, -0.42203481519740305, 0.3103190577242822, 0.5169906938551647]
    assert u.grad[0].tolist() == pytest.approx(first)
    last = [-0.011284633183700737, -0.28589265844032324, -0.2935822733365756, -0.024084866397935736]
    assert v.grad[5].tolist() == pytest.approx(last)


def test_the_own_pair_in_the_sum_gives_info_nce():
    """With L the loss of one graph, log(1 + exp L) is InfoNCE of it; here all graphs have the same L."""
    u = torch.eye(5, dtype=torch.float64)
    loss = nt_xent(u, u, temperature=0.3)
    assert math.log1p(math.exp(loss)) == pytest.approx(info_nce(u, u, temperature=0.3).item(), abs=1e-12)


def test_closed_forms():
    """Equal rows: log(B - 1), whatever the temperature; opposite pairs and equal others: the two bounds."""
    same = torch.ones(6, 3, dtype=torch.float64)
    for temperature in (0.1, 1.0):
        assert nt_xent(same, same, temperature=temperature).item() == pytest.approx(math.log(5))
    pair = torch.tensor([[1.0], [-1.0]])
    assert nt_xent(pair, pair, temperature=0.1).item() == pytest.approx(-20.0)
    assert nt_xent(pair, -pair, temperature=0.1).item() == pytest.approx(20.0)


def test_lengths_rotations_and_the_order_of_graphs_do_not_matter():
    u, v = views(6)
    loss = nt_xent(u, v, temperature=0.2)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    turn = torch.linalg.qr(views(4)[0])[0]
    stretch = torch.arange(1.0, 7.0)[:, None]
    torch.testing.assert_close(nt_xent((stretch * u)[order] @ turn, v[order] @ turn, temperature=0.2), loss)
    assert nt_xent(v, u, temperature=0.2).item() != pytest.approx(loss.item(), abs=1e-6)  # one view searches


def test_gradients():
    u, v = (view.requires_grad_() for view in views(5))
    assert gradcheck(lambda u, v: nt_xent(u, v, temperature=0.3), (u, v))


@pytest.mark.parametrize("temperature", [1e-3, 0.1])
def test_a_low_temperature_overflows_nothing(temperature):
    u, v = (view.float().requires_grad_() for view in views(8))
    loss = nt_xent(u, v, temperature=temperature)
    loss.backward()
    exact = nt_xent(u.detach().double(), v.detach().double(), temperature=temperature)
    assert loss.item() == pytest.approx(exact.item(), rel=1e-4)
    assert torch.isfinite(u.grad).all()
    assert torch.isfinite(v.grad).all()


def test_one_graph_and_rows_of_zeros():
    u, v = (view.requires_grad_() for view in views(1))
    loss = nt_xent(u, v, temperature=0.1)
    loss.backward()
    assert loss.item() == 0
    assert not u.grad.any()
    assert not v.grad.any()
    assert view_figures(u, v)["negative"].item() == 0
    zeros = torch.zeros(3, 2, requires_grad=True)
    loss = nt_xent(zeros, zeros, temperature=0.1)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(2))
    assert torch.isfinite(zeros.grad).all()


def test_a_collapse_shows_and_figures_carry_no_gradient():
    u = torch.ones(4, 3, requires_grad=True)
    figures = view_figures(u, 2 * u)
    assert figures["negative"].item() == pytest.approx(1.0)
    assert not any(value.requires_grad for value in figures.values())


def test_half_precision_is_summed_in_float32():
    u, v = views(64, 16)
    halves, exact = [view.bfloat16() for view in (u, v)], nt_xent(u, v, temperature=0.1)
    with torch.autocast("cpu", torch.bfloat16):
        half = nt_xent(*halves, temperature=0.1)
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(exact.item(), rel=2e-2)
    wide = nt_xent(*(view.double() for view in halves), temperature=0.1)
    assert half.item() == pytest.approx(wide.item(), rel=1e-5)


def test_what_is_refused():
    u, v = views(3)
    with pytest.raises(ValueError, match=r"views of the same graphs; got \(3, 4\) and \(2, 4\)"):
        nt_xent.__wrapped__(u, v[:2], temperature=0.1)
    with pytest.raises(ValueError, match="temperature must be positive; got 0"):
        nt_xent(unit_rows(u), v, temperature=0.0)
