"""InfoNCE by groups and decoupled contrast: loops, limits, closed forms, gradients, degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import decoupled_contrast, grouped_info_nce, info_nce, nt_xent, positive_weights
from graphcl.objectives.all_pairs import blocks, off_diagonal
from graphcl.ops.graph_matrices.sparse import unit_rows
from tests.sizes import LargestTensor

FORMS = [
    {"symmetric": symmetric, "same_view": same_view} for symmetric in (False, True) for same_view in (False, True)
]
every_form = pytest.mark.parametrize("form", FORMS, ids=str)
every_summation = pytest.mark.parametrize("summation", ["dense", "blocked", "auto"])
GROUPS = torch.tensor([0, 0, 1, 2, 1, 0, 3])


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "ROWS", 4)
    monkeypatch.setattr(blocks, "COLUMNS", 3)
    monkeypatch.setattr(off_diagonal, "SIZE", 3)


def views(n: int = 7, d: int = 4, seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [unit_rows(torch.randn(n, d, dtype=torch.float64, generator=generator)) for _ in range(2)]


def negatives(u, v, t: float, weight: float, symmetric: bool, same_view: bool) -> list[tuple[float, float]]:
    """Of each anchor: the sum over its negatives, and the score of its own pair."""
    found = []
    for queries, keys in [(u, v), (v, u)][: 2 if symmetric else 1]:
        for i in range(len(u)):
            total = 0.0
            for j in range(len(u)):
                w = weight if GROUPS[i] == GROUPS[j] else 1.0
                if j != i:
                    total += w * math.exp(float(queries[i] @ keys[j]) / t)
                    total += w * math.exp(float(queries[i] @ queries[j]) / t) if same_view else 0.0
            found.append((total, float(u[i] @ v[i]) / t))
    return found


@every_summation
@every_form
@pytest.mark.parametrize("weight", [0.0, 0.4])
def test_loops_over_pairs_agree(form, summation, weight):
    u, v = views()
    anchors = negatives(u, v, 0.5, weight, **form)
    options = {"temperature": 0.5, "group_weight": weight, "summation": summation, **form}
    coupled = sum(math.log(total + math.exp(own)) - own for total, own in anchors) / len(anchors)
    assert grouped_info_nce(u, v, GROUPS, **options).item() == pytest.approx(coupled, abs=1e-12)
    b = torch.linspace(0.5, 1.5, 7)
    decoupled = sum(math.log(total) - float(b[i % 7]) * own for i, (total, own) in enumerate(anchors)) / len(
        anchors
    )
    value = decoupled_contrast(u, v, groups=GROUPS, weights=b, **options)
    assert value.item() == pytest.approx(decoupled, abs=1e-7)


@every_form
def test_the_limits(form):
    u, v = views()
    plain = info_nce(u, v, temperature=0.3, **form)
    torch.testing.assert_close(grouped_info_nce(u, v, GROUPS, temperature=0.3, group_weight=1.0, **form), plain)
    torch.testing.assert_close(grouped_info_nce(u, v, torch.arange(7), temperature=0.3, **form), plain)
    torch.testing.assert_close(
        decoupled_contrast(u, v, temperature=0.3, groups=GROUPS, group_weight=1.0, **form),
        decoupled_contrast(u, v, temperature=0.3, **form),
    )
    torch.testing.assert_close(decoupled_contrast(u, v, temperature=0.3), nt_xent(u, v, temperature=0.3))


@every_form
def test_closed_form_of_equal_rows(form):
    """All similarities equal: the log of how many negatives there are, and one more with the own pair."""
    same = unit_rows(torch.ones(6, 2, dtype=torch.float64))
    count = 5 + 5 * form["same_view"]
    value = decoupled_contrast(same, same, temperature=0.3, **form)
    assert value.item() == pytest.approx(math.log(count), abs=1e-12)
    halves = torch.tensor([0, 0, 0, 1, 1, 1])
    coupled = grouped_info_nce(same, same, halves, temperature=0.3, **form)
    assert coupled.item() == pytest.approx(math.log(1 + 3 + 3 * form["same_view"]), abs=1e-12)


@pytest.mark.parametrize("form", [FORMS[0], FORMS[3]], ids=str)
def test_gradients(form):
    u, v = (view.requires_grad_() for view in views(5, d=2))
    b, groups = positive_weights(u, v), GROUPS[:5]
    options = {"temperature": 0.5, "summation": "blocked", "groups": groups, **form}
    assert gradcheck(lambda u, v: grouped_info_nce(u, v, group_weight=0.2, **options), (u, v))
    assert gradcheck(lambda u, v: decoupled_contrast(u, v, weights=b, **options), (u, v))


@every_form
@every_summation
def test_anchors_without_a_negative(form, summation):
    """One node, or all of one group: the loss is 0 with gradients 0; a lonely anchor is left out of the mean."""
    for n in (1, 4):
        u, v = (view.requires_grad_() for view in views(n))
        groups = torch.zeros(n, dtype=torch.long)
        options = {"temperature": 0.2, "summation": summation, **form}
        loss = decoupled_contrast(u, v, groups=groups, **options) + grouped_info_nce(u, v, groups, **options)
        loss.backward()
        assert loss.item() == 0
        assert not u.grad.any()
        assert not v.grad.any()
    u, v = views(3)
    alone = decoupled_contrast(u, v, temperature=0.5, groups=torch.tensor([0, 0, 0]), group_weight=1.0, **form)
    assert alone.item() == pytest.approx(decoupled_contrast(u, v, temperature=0.5, **form).item())


def test_the_coupled_loss_is_the_softplus_of_the_decoupled_one():
    """InfoNCE_i = log(1 + exp DCL_i); here all anchors have the same loss."""
    u = torch.eye(5, dtype=torch.float64)
    form = {"temperature": 0.3, "symmetric": True, "same_view": True}
    decoupled = decoupled_contrast(u, u, **form)
    assert math.log1p(math.exp(decoupled)) == pytest.approx(info_nce(u, u, **form).item(), abs=1e-12)


def test_weights_of_positive_pairs():
    u, v = views()
    weights = positive_weights(u, v)
    assert weights.mean().item() == pytest.approx(1.0)
    own = (u * v).sum(1)
    assert torch.equal(weights.argsort(), own.argsort(descending=True))
    uniform = decoupled_contrast(u, v, temperature=0.5, weights=torch.ones(7))
    torch.testing.assert_close(uniform, decoupled_contrast(u, v, temperature=0.5))
    with pytest.raises(ValueError, match=r"sigma must be positive; got 0\.0"):
        positive_weights(u, v, sigma=0.0)


@pytest.mark.parametrize("size", [0.0, 1e-6, 1e6])
def test_rows_of_any_length_and_half_precision(size):
    u, v = views(40)
    groups = torch.arange(40) % 5
    for a, b in (((size * u).float(), (size * v).float()), (u.bfloat16(), v.bfloat16())):
        for loss in (
            grouped_info_nce(a, b, groups, temperature=0.5, same_view=True),
            decoupled_contrast(a, b, groups=groups, temperature=0.5, same_view=True),
        ):
            assert loss.dtype == torch.float32
            assert torch.isfinite(loss)
    half = decoupled_contrast(u.bfloat16(), v.bfloat16(), groups=groups, temperature=0.5)
    assert half.item() == pytest.approx(decoupled_contrast(u, v, groups=groups, temperature=0.5).item(), abs=0.02)


@every_form
def test_memory_is_linear_in_the_nodes(form, monkeypatch):
    for module, name in ((blocks, "ROWS"), (blocks, "COLUMNS"), (off_diagonal, "SIZE")):
        monkeypatch.setattr(module, name, 16)
    u, v = (view.requires_grad_() for view in views(100))
    groups = torch.arange(100) % 5
    with LargestTensor() as largest:
        grouped_info_nce(u, v, groups, temperature=0.5, summation="blocked", **form).backward()
    assert largest.numel <= 2 * u.numel()


def test_bad_input():
    u, v = views(3)
    groups = torch.arange(3)
    with pytest.raises(ValueError, match=r"views of the same nodes; got \(3, 4\) and \(2, 4\)"):
        grouped_info_nce.__wrapped__(u, v[:2], groups, temperature=0.5)
    with pytest.raises(ValueError, match="groups must be one for each of 3 rows; got 2"):
        decoupled_contrast.__wrapped__(u, v, groups=groups[:2], temperature=0.5)
    with pytest.raises(ValueError, match="weights must be one for each of 3 rows; got 2"):
        decoupled_contrast.__wrapped__(u, v, weights=torch.ones(2), temperature=0.5)
    with pytest.raises(ValueError, match=r"temperature must be positive; got 0\.0"):
        decoupled_contrast(u, v, temperature=0.0)
    with pytest.raises(ValueError, match="summation must be one of auto, dense, blocked, series; got 'xx'"):
        grouped_info_nce.__wrapped__(u, v, groups, temperature=1.0, summation="xx")
