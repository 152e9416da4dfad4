"""Dink-Net's losses against loops, closed forms, what the centres' gradient says, and degenerate input."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import DinkTerms, dilation_shrink


def rows(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def naive(z, centres, dilation: str) -> tuple[float, float]:
    n, k = len(z), len(centres)
    shrink = sum(float((z[i] - centres[j]).square().sum()) for i in range(n) for j in range(k)) / (n * k)
    apart = sum(float((a - b).square().sum()) for a in centres for b in centres)
    pairs = k * k if dilation == "coded" else k * (k - 1)
    return shrink, -apart / pairs if k > 1 else 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 7), st.integers(1, 5), st.integers(1, 4), st.sampled_from(["coded", "paper"]))
def test_a_loop_over_pairs_agrees(n, k, d, dilation):
    z, centres = rows(n, d), rows(k, d, 1)
    terms = dilation_shrink(z, centres, dilation=dilation)
    assert isinstance(terms, DinkTerms)
    assert [term.item() for term in terms] == pytest.approx(naive(z, centres, dilation), abs=1e-12)


def test_all_centres_at_the_mean_leave_the_variance():
    z = rows(9, 3)
    shrink, dilation = dilation_shrink(z, z.mean(0).expand(4, 3))
    torch.testing.assert_close(shrink, (z - z.mean(0)).square().sum(1).mean())
    assert dilation.item() == pytest.approx(0, abs=1e-30)
    assert dilation_shrink(z, rows(1, 3, 1), dilation="paper").dilation == 0


def test_the_sum_falls_with_the_spread_of_the_centres_without_bound():
    """Var(h) + |h_mean - c|^2 - mean |e_k|^2, with offsets e_k that add up to 0."""
    z, centre, offsets = rows(20, 3), rows(1, 3, 1)[0], rows(5, 3, 2)
    offsets -= offsets.mean(0)
    for scale in (0.0, 1.0, 1e3):
        expected = z.var(0, correction=0).sum() + (z.mean(0) - centre).square().sum()
        expected -= (scale * offsets).square().sum(1).mean()
        torch.testing.assert_close(sum(dilation_shrink(z, centre + scale * offsets)), expected)


@pytest.mark.parametrize("dilation", ["coded", "paper"])
def test_centres_see_the_mean_of_the_nodes_alone(dilation):
    """The gradient is (2/K)(c - h_mean) - (2/K) e_k as coded; each centre goes on along its own offset."""
    z, centres = rows(20, 3), rows(5, 3, 1).requires_grad_()
    sum(dilation_shrink(z, centres, dilation=dilation)).backward()
    centre = centres.detach().mean(0)
    offsets = centres.detach() - centre
    factor = 1.0 if dilation == "coded" else 1.5  # 2 k / (k - 1) - 1, for five centres
    expected = 2 / 5 * (centre - z.mean(0)) - factor * 2 / 5 * offsets
    torch.testing.assert_close(centres.grad, expected)
    others = rows(20, 3, 7)
    others += z.mean(0) - others.mean(0)  # quite another clustering of the same mean
    [gradient] = torch.autograd.grad(sum(dilation_shrink(others, centres, dilation=dilation)), centres)
    torch.testing.assert_close(gradient, expected)


def test_gradients():
    z, centres = rows(4, 3).requires_grad_(), rows(3, 3, 1).requires_grad_()
    for dilation in ("coded", "paper"):
        assert gradcheck(lambda z, c, kind=dilation: sum(dilation_shrink(z, c, dilation=kind)), (z, centres))


@pytest.mark.parametrize("scale", [0.0, 1e-6, 1.0, 1e6])
@pytest.mark.parametrize("n", [1, 6])
def test_degenerate_rows(n, scale):
    z, centres = scale * rows(n, 3), scale * rows(2, 3, 1)
    for inputs in ((z, centres), (z[:1].expand(n, 3), centres[:1].expand(2, 3))):
        expected = dilation_shrink(*inputs)
        single = dilation_shrink(*(part.float().clone().requires_grad_() for part in inputs))
        sum(single).backward()
        for term, exact in zip(single, expected, strict=True):
            assert term.item() == pytest.approx(exact.item(), rel=1e-4, abs=1e-6 * scale**2)
    half = dilation_shrink(torch.ones(3, 2, dtype=torch.bfloat16), torch.zeros(2, 2, dtype=torch.bfloat16))
    assert half.shrink.dtype == torch.float32
    assert half.shrink == 2


def test_what_is_refused():
    z = torch.ones(2, 2)
    with pytest.raises(ValueError, match="dilation must be one of coded, paper; got 'both'"):
        dilation_shrink.__wrapped__(z, z, dilation="both")
    with pytest.raises(ValueError, match="there must be rows and centres; got 0 and 2"):
        dilation_shrink(z[:0], z)
    with pytest.raises(ValueError, match="there must be rows and centres; got 2 and 0"):
        dilation_shrink(z, z[:0])
