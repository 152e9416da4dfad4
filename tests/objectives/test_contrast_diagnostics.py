"""Pair figures and the spectrum of views: loops, closed forms, invariances, collapse, degenerate input."""

import math
from functools import partial
from statistics import fmean, pstdev

import pytest
import torch

from graphcl.objectives import effective_rank, kept_share, pair_figures, view_spectrum
from graphcl.objectives.pair_figures import PAIR_FIGURES
from graphcl.objectives.view_spectrum import view_moments
from graphcl.ops.graph_matrices.sparse import unit_rows


def views(n: int = 30, d: int = 3, seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    base, first, second = torch.randn(3, n, d, dtype=torch.float64, generator=generator)
    scale = torch.tensor([3.0, 1.0, 0.2], dtype=torch.float64)[:d]
    return [base * scale + first, base * scale + second]


def test_loops_over_pairs_agree():
    u, v = views(6)
    p = unit_rows(torch.cat([u, v]))
    cosine = (p @ p.T).tolist()
    negatives = [cosine[i][j] for i in range(12) for j in range(12) if j % 6 != i % 6]
    own = [cosine[i][i + 6] for i in range(6)]
    share = []
    for i in range(12):
        pair = math.exp(own[i % 6] / 0.5)
        share.append(pair / (pair + sum(math.exp(cosine[i][j] / 0.5) for j in range(12) if j % 6 != i % 6)))
    figures = {name: value.item() for name, value in pair_figures(u, v, temperature=0.5).items()}
    assert figures == {
        "alignment": pytest.approx(fmean(2 - 2 * c for c in own)),
        "uniformity": pytest.approx(math.log(fmean(math.exp(-2 * (2 - 2 * c)) for c in negatives))),
        "positive": pytest.approx(fmean(own)),
        "positive_spread": pytest.approx(pstdev(own)),
        "negative": pytest.approx(fmean(negatives)),
        "negative_spread": pytest.approx(pstdev(negatives)),
        "coupling": pytest.approx(fmean(share)),
        "coupling_spread": pytest.approx(pstdev(share)),
    }


def test_a_collapse_shows():
    same = torch.ones(8, 3)
    figures = pair_figures(same, 5 * same, temperature=0.5)
    expected = {"alignment": 0, "uniformity": 0, "positive": 1, "negative": 1, "coupling": 1 / 15}
    for name, value in expected.items():
        assert figures[name].item() == pytest.approx(value, abs=1e-6)
    assert effective_rank(same, same).item() == pytest.approx(1.0)
    assert view_spectrum(same, same).tolist() == [0, 0, 0]
    assert kept_share(same, same).item() == 0


def test_one_thing_zeros_and_half_precision():
    one = pair_figures(torch.ones(1, 2), torch.ones(1, 2), temperature=0.1)
    assert [one[name].item() for name in ("negative", "uniformity", "coupling", "coupling_spread")] == [0, 0, 1, 0]
    for size in (0.0, 1e-6, 1e6):
        u, v = (size * view.float() for view in views())
        values = [*pair_figures(u, v, temperature=0.1).values(), effective_rank(u, v), kept_share(u, v)]
        assert torch.stack(values).isfinite().all()
        assert view_spectrum(u, v).isfinite().all()
    u, v = views()
    half, exact = (pair_figures(a, b, temperature=0.5) for a, b in ((u.bfloat16(), v.bfloat16()), (u, v)))
    assert half["coupling"].dtype == torch.float32
    assert half["coupling"].item() == pytest.approx(exact["coupling"].item(), abs=0.01)
    assert not any(value.requires_grad for value in pair_figures(u.requires_grad_(), v, temperature=0.5).values())


def test_what_views_keep():
    """Equal views keep all directions, independent ones none; a column that turns its sign is at -1."""
    u, _ = views()
    torch.testing.assert_close(view_spectrum(u, u, ridge=0.0), torch.ones(3, dtype=torch.float64))
    assert kept_share(u, u).item() == pytest.approx(1.0)
    turned = u - u.mean(0)
    turned = torch.cat([turned[:, :2], -turned[:, 2:]], dim=1)
    assert view_spectrum(u - u.mean(0), turned, ridge=0.0)[-1].item() < -0.9
    far = views(4000, seed=1)[0], views(4000, seed=2)[0]
    assert view_spectrum(*far).abs().max() < 0.1
    flat = torch.cat([u, u[:, :1]], dim=1)  # rank 3 in four columns
    assert view_spectrum(flat, flat).sum().item() == pytest.approx(3.0, abs=1e-3)
    assert 1 < effective_rank(u, u) < 3


def test_rotations_and_the_order_of_rows_do_not_matter():
    u, v = views()
    turn = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)))[0]
    order = torch.randperm(30, generator=torch.Generator().manual_seed(1))
    for figure in (view_spectrum, kept_share, effective_rank):
        torch.testing.assert_close(figure(u[order] @ turn, v[order] @ turn), figure(u, v), atol=1e-6, rtol=1e-6)
    turned, plain = pair_figures(u @ turn, v @ turn, temperature=0.2), pair_figures(u, v, temperature=0.2)
    assert tuple(plain) == PAIR_FIGURES
    torch.testing.assert_close(torch.stack([*turned.values()]), torch.stack([*plain.values()]))


def test_bad_input():
    u, v = views(3)
    for function in (view_moments, partial(pair_figures.__wrapped__.__wrapped__, temperature=0.1)):
        with pytest.raises(ValueError, match=r"views of the same things; got \(3, 3\) and \(2, 3\)"):
            getattr(function, "__wrapped__", function)(u, v[:2])
    with pytest.raises(ValueError, match="temperature must be positive; got 0"):
        pair_figures(u, v, temperature=0.0)
    with pytest.raises(ValueError, match="ridge must not be negative; got -1"):
        view_spectrum(u, v, ridge=-1.0)
