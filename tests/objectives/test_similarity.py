"""The loss of NS4GC: against loops over pairs, closed forms, invariances, degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import SimilarityTerms, similarity_sparsity, similarity_terms

CORA = {"threshold": 0.6, "temperature": 0.1}
RING = torch.stack([torch.arange(7), (torch.arange(7) + 1) % 7])
NONE = torch.empty(2, 0, dtype=torch.long)


def views(n: int = 7, d: int = 3, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    u, v = torch.randn(2, n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return u.requires_grad_(), v.requires_grad_()


def naive(u, v, edges, threshold, temperature, neighbour_weight, sparsity_weight) -> float:
    unit = [[row / row.norm() if row.norm() > 0 else row for row in side] for side in (u, v)]
    s = [[float(a @ b) for b in unit[1]] for a in unit[0]]
    n, joined = len(u), {(i, j) for i, j in edges.T.tolist() if i != j}
    others = [(i, j) for i in range(n) for j in range(n) if i != j and (i, j) not in joined]
    total = -sum(s[i][i] for i in range(n)) / n
    total -= neighbour_weight * sum(s[i][j] for i, j in joined) / max(len(joined), 1)
    sparse = sum(1 / (1 + math.exp(-(s[i][j] - threshold) / temperature)) for i, j in others)
    return total + sparsity_weight * sparse / max(len(others), 1)


@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
@pytest.mark.parametrize("weights", [(1.0, 1.0), (0.5, 2.0), (0.0, 1.0)])
def test_a_loop_over_pairs_agrees(scale, weights):
    """Repeats and a self loop among the edges, and a row of zeros."""
    u, v = (side.detach() for side in views())
    u[4] = 0
    edges = torch.cat([RING, RING[:, :2], torch.tensor([[3], [3]])], dim=1)
    names = dict(zip(("neighbour_weight", "sparsity_weight"), weights, strict=True))
    found = similarity_sparsity(scale * u, v, edges, **CORA, **names)
    assert found.item() == pytest.approx(naive(u, v, edges, *CORA.values(), *weights), rel=1e-12)


def test_closed_forms():
    equal = torch.ones(5, 3, dtype=torch.float64)
    pair = torch.tensor([[0, 1], [1, 0]])
    far = 1 / (1 + math.exp(-4))
    assert similarity_sparsity(equal, 2 * equal, pair, **CORA).item() == pytest.approx(-2 + far, abs=1e-12)
    assert -2 + far == pytest.approx(-1.0179862100, abs=1e-10)
    terms = similarity_terms(torch.eye(4).double(), torch.eye(4).double(), pair, **CORA)
    assert isinstance(terms, SimilarityTerms)
    assert torch.stack(terms).tolist() == pytest.approx([-1, 0, 0.0024726232], abs=1e-10)


def test_a_complete_graph_has_no_other_pairs():
    u, v = views()
    everyone = torch.cartesian_prod(torch.arange(7), torch.arange(7)).T
    terms = similarity_terms(u, v, everyone, **CORA)
    assert terms.sparsity.item() == 0
    similarity_sparsity(u, v, everyone, **CORA).backward()
    assert torch.isfinite(u.grad).all()


def test_gradient():
    assert gradcheck(lambda u, v: similarity_sparsity(u, v, RING, **CORA, sparsity_weight=2.0), views())


def test_what_does_not_matter():
    u, v = (side.detach() for side in views())
    order = torch.tensor([3, 1, 6, 0, 5, 2, 4])
    loss = similarity_sparsity(u, v, RING, **CORA)
    renumbered = similarity_sparsity(u[order], v[order], torch.argsort(order)[RING], **CORA)
    torch.testing.assert_close(renumbered, loss)
    both = torch.cat([RING, RING.flip(0)], dim=1)
    swapped = (similarity_sparsity(a, b, both, **CORA) for a, b in ((u, v), (v, u)))
    torch.testing.assert_close(*swapped)
    assert not torch.isclose(similarity_sparsity(v, u, RING, **CORA), loss)  # the edges have a direction


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("edges", [RING[:, :0], RING[:, :1]], ids=["no edges", "one edge"])
@pytest.mark.parametrize(
    "rows",
    [torch.zeros(7, 3), torch.ones(7, 3), torch.eye(7) * 1e-6, torch.eye(7) * 1e6],
    ids=["zeros", "equal", "small", "large"],
)
def test_degenerate_views_have_finite_losses_and_gradients(rows, edges, dtype):
    u, v = (rows.detach().clone().to(dtype).requires_grad_() for _ in range(2))
    loss = similarity_sparsity(u, v, edges, **CORA)
    loss.backward()
    assert loss.dtype == torch.float32
    assert torch.isfinite(loss)
    assert torch.isfinite(u.grad).all()


def test_one_node():
    u = torch.tensor([[3.0, 4.0]], requires_grad=True)
    assert similarity_sparsity(u, u, NONE, **CORA).item() == -1


def test_half_precision_is_computed_in_float32():
    u, v = (side.detach().bfloat16() for side in views())
    with torch.autocast("cpu", torch.bfloat16):
        half = similarity_sparsity(u, v, RING, **CORA)
    torch.testing.assert_close(half, similarity_sparsity(u.float(), v.float(), RING, **CORA))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"u": torch.ones(0, 3), "v": torch.ones(0, 3)}, "of which there must be one"),
        ({"edge_index": RING + 1}, "edge_index must name rows of u, 0 to 6; got 1 to 7"),
        ({"edge_index": RING - 1}, "edge_index must name rows of u, 0 to 6; got -1 to 5"),
        ({"temperature": 0.0}, "temperature must be positive; got 0.0"),
        ({"temperature": math.nan}, "temperature must be positive; got nan"),
        ({"neighbour_weight": -1.0}, "neighbour_weight must not be negative; got -1.0"),
        ({"sparsity_weight": -1.0}, "sparsity_weight must not be negative; got -1.0"),
    ],
)
def test_bad_input(change, message):
    given = {"u": torch.ones(7, 3), "v": torch.ones(7, 3), "edge_index": RING, **CORA, **change}
    with pytest.raises(ValueError, match=message) as error:
        similarity_sparsity(**given)
    assert "\n" not in str(error.value)


def test_views_of_different_nodes():
    with pytest.raises(ValueError, match=r"u and v must be views of the same nodes.*got \(7, 3\) and \(6, 3\)"):
        similarity_terms.__wrapped__(torch.ones(7, 3), torch.ones(6, 3), RING, **CORA)
