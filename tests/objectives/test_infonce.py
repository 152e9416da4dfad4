"""InfoNCE against loops over pairs, closed forms, gradients, and degenerate input."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import info_nce
from graphcl.objectives.all_pairs import blocks, mean, off_diagonal
from graphcl.ops.graph_matrices.sparse import unit_rows
from tests.sizes import LargestTensor

FORMS = [
    {"symmetric": symmetric, "same_view": same_view} for symmetric in (False, True) for same_view in (False, True)
]
every_form = pytest.mark.parametrize("form", FORMS, ids=str)
every_summation = pytest.mark.parametrize("summation", ["dense", "blocked", "auto"])


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    """Blocks that do not divide the sizes below, and leave a last one of a single row."""
    for module in (blocks, mean):
        monkeypatch.setattr(module, "ROWS", 4)
        monkeypatch.setattr(module, "COLUMNS", 3)
    monkeypatch.setattr(off_diagonal, "SIZE", 2)


def views(n: int, d: int = 4, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(unit_rows(torch.randn(n, d, dtype=torch.float64, generator=generator)) for _ in range(2))


def one_way(u, v, temperature: float, same_view: bool) -> float:
    total = 0.0
    for i in range(len(u)):
        terms = [math.exp(float(u[i] @ v[j]) / temperature) for j in range(len(v))]
        if same_view:
            terms += [math.exp(float(u[i] @ u[j]) / temperature) for j in range(len(u)) if j != i]
        total += math.log(sum(terms)) - float(u[i] @ v[i]) / temperature
    return total / len(u)


def naive(u, v, temperature: float, *, symmetric: bool, same_view: bool) -> float:
    forward = one_way(u, v, temperature, same_view)
    return (forward + one_way(v, u, temperature, same_view)) / 2 if symmetric else forward


@every_summation
@every_form
@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_a_loop_over_pairs_agrees(n, form, summation):
    u, v = views(n)
    for temperature in (0.2, 1.0):
        loss = info_nce(u, v, temperature=temperature, summation=summation, **form)
        assert loss.item() == pytest.approx(naive(u, v, temperature, **form), abs=1e-12)


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("method", ["dense", "blocked"])
@every_form
def test_gradient(n, method, form):
    u, v = (view.requires_grad_() for view in views(n))
    assert gradcheck(lambda u, v: info_nce(u, v, temperature=0.5, summation=method, **form), (u, v))


def test_gradient_in_closed_form():
    """With P the softmax of the rows of S = UV'/t: dL/dU = (P - I) V / nt, dL/dV = (P - I)' U / nt."""
    u, v = (view.requires_grad_() for view in views(5))
    info_nce(u, v, temperature=0.4, summation="blocked").backward()
    with torch.no_grad():
        pull = (torch.softmax(u @ v.T / 0.4, dim=1) - torch.eye(5)) / (5 * 0.4)
        torch.testing.assert_close(u.grad, pull @ v)
        torch.testing.assert_close(v.grad, pull.T @ u)


@every_form
def test_closed_form_of_equal_rows(form):
    """All similarities equal: the log of how many there are, n across and n - 1 within."""
    same = unit_rows(torch.ones(6, 2, dtype=torch.float64))
    expected = math.log(6 + 5 * form["same_view"])
    assert info_nce(same, same, temperature=0.3, **form).item() == pytest.approx(expected, abs=1e-12)


def test_swapping_the_views():
    u, v = views(7)
    for same_view in (False, True):
        both = {"temperature": 0.3, "symmetric": True, "same_view": same_view}
        torch.testing.assert_close(info_nce(u, v, **both), info_nce(v, u, **both))
    assert abs(info_nce(u, v, temperature=0.3) - info_nce(v, u, temperature=0.3)) > 1e-3


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 9), temperature=st.floats(0.05, 3), form=st.sampled_from(FORMS), seed=st.integers(0, 99))
def test_blocks_and_order_do_not_matter(n, temperature, form, seed):
    results = []
    for method, order in (("dense", slice(None)), ("blocked", slice(None)), ("blocked", torch.arange(n).flip(0))):
        u, v = (view.requires_grad_() for view in views(n, seed=seed))
        loss = info_nce(u[order], v[order], temperature=temperature, summation=method, **form)
        loss.backward()
        results.append((loss.detach(), u.grad, v.grad))
    for other in results[1:]:
        torch.testing.assert_close(other, results[0])


@pytest.mark.parametrize("method", ["dense", "blocked"])
def test_low_temperature_in_single_precision(method):
    """A node's own term is exp(200), the others' exp(-200) to exp(200): subtracting it would leave nothing."""
    u, v = views(8, d=2)
    exact = info_nce(u, v, temperature=0.005, symmetric=True, same_view=True)
    single = info_nce(u.float(), v.float(), temperature=0.005, symmetric=True, same_view=True, summation=method)
    assert exact.item() == pytest.approx(naive(u, v, 0.005, symmetric=True, same_view=True), rel=1e-9)
    assert single.item() == pytest.approx(exact.item(), rel=1e-5)


def test_half_precision_is_near_and_summed_in_float32():
    u, v = views(40)
    half = info_nce(u.bfloat16(), v.bfloat16(), temperature=0.5, same_view=True)
    assert half.dtype == torch.float32
    single = info_nce(u.float(), v.float(), temperature=0.5, same_view=True)
    with torch.autocast("cpu", torch.bfloat16):
        assert info_nce(u.float(), v.float(), temperature=0.5, same_view=True) == single
    assert half.item() == pytest.approx(info_nce(u, v, temperature=0.5, same_view=True).item(), abs=0.02)


@every_form
def test_memory_is_linear_in_the_nodes(form, monkeypatch):
    for module in (blocks, mean):
        monkeypatch.setattr(module, "ROWS", 16)
        monkeypatch.setattr(module, "COLUMNS", 16)
    monkeypatch.setattr(off_diagonal, "SIZE", 16)
    for n in (40, 400):
        kept = 0

        def keep(tensor):
            nonlocal kept
            kept += tensor.numel()
            return tensor

        u, v = (view.requires_grad_() for view in views(n))
        with LargestTensor() as largest, torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            info_nce(u, v, temperature=0.5, summation="blocked", **form).backward()
        assert largest.numel <= 16 * n
        assert kept <= 2 * 16 * 16 * n  # counts slices of u and v as if they were copies


def test_bad_input():
    u, v = views(3)
    with pytest.raises(ValueError, match=r"u and v must be views of the same nodes; got \(3, 4\) and \(2, 4\)"):
        info_nce.__wrapped__(u, v[:2], temperature=0.5)
    with pytest.raises(ValueError, match=r"temperature must be positive; got 0\.0"):
        info_nce(u, v, temperature=0.0)
    with pytest.raises(ValueError, match="temperature must be positive; got nan"):
        info_nce(u, v, temperature=math.nan)
    with pytest.raises(ValueError, match="summation must be one of auto, dense, blocked, series; got 'xx'"):
        info_nce.__wrapped__(u, v, temperature=1.0, symmetric=True, same_view=True, summation="xx")


def test_the_way_is_chosen_by_the_size_of_the_pool(monkeypatch):
    sizes = []

    def choose(n, m, d, **options):
        sizes.append((n, m))
        return "blocked"

    monkeypatch.setattr("graphcl.objectives.infonce.choose_summation", choose)
    for form in ({}, {"same_view": True}, {"symmetric": True}, {"same_view": True, "symmetric": True}):
        info_nce(torch.eye(4), torch.eye(4), temperature=0.5, **form)
    assert sizes == [(4, 4), (4, 4), (4, 4), (8, 8)]
