"""MinCut's cut and orthogonality against loops, PyG, closed forms, gradients and degenerate input."""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck
from torch_geometric.nn import dense_mincut_pool

from graphcl.objectives import cluster_orthogonality, min_cut
from graphcl.objectives.partition_quality import LinkShares, link_shares
from graphcl.objectives.partition_quality.min_cut import normalised_shares
from tests.objectives.partition_quality.graphs import dense, random_graph, soft, triangles


def test_a_loop_over_pairs_agrees():
    edges, weight = random_graph()
    assign, a = soft(), dense(edges, weight, 9)
    within = sum(a[i, j].item() * float(assign[i] @ assign[j]) for i in range(9) for j in range(9))
    around = sum(a[i].sum().item() * float(assign[i] @ assign[i]) for i in range(9))
    assert min_cut(assign, edges, weight).item() == pytest.approx(-within / around)


def test_pyg_has_the_same_for_dense_adjacencies():
    edges, weight = random_graph()
    logits = soft().log().requires_grad_()
    _, _, cut, orthogonality = dense_mincut_pool(torch.ones(9, 1).double(), dense(edges, weight, 9), logits)
    (expected,) = torch.autograd.grad(cut + orthogonality, logits)
    assign = logits.softmax(1)
    own = min_cut(assign, edges, weight), cluster_orthogonality(assign)
    assert [value.item() for value in own] == pytest.approx([cut.item(), orthogonality.item()])
    (gradient,) = torch.autograd.grad(own[0] + own[1], logits)
    torch.testing.assert_close(gradient, expected)


def test_closed_forms():
    edges, split = triangles(), torch.eye(2)[[0, 0, 0, 1, 1, 1]]
    assert min_cut(split, edges).item() == pytest.approx(-12 / 14)
    assert cluster_orthogonality(split).item() == pytest.approx(0.0, abs=1e-6)
    for k in (2, 3):
        uniform, one = torch.full((6, k), 1 / k), torch.eye(k)[[0] * 6]
        for assign in (uniform, one):
            assert min_cut(assign, edges).item() == pytest.approx(-1.0)
            assert cluster_orthogonality(assign).item() == pytest.approx((2 - 2 / k**0.5) ** 0.5)


def test_the_normalised_adjacency():
    edges, weight = random_graph()
    a = dense(edges, weight, 9)
    normal = a / (a.sum(1)[:, None] * a.sum(0)).sqrt()
    shares = normalised_shares(edges, 9, weight, dtype=torch.float64)
    assert isinstance(shares, LinkShares)
    torch.testing.assert_close(shares.matrix.to_dense(), normal / normal.sum())
    torch.testing.assert_close(shares.out, normal.sum(1) / normal.sum())
    loose = normalised_shares(edges, 12, weight * 1e30, dtype=torch.float64)
    torch.testing.assert_close(loose.out[:9], shares.out)
    assert loose.out[9:].eq(0).all()
    assert normalised_shares(torch.empty(2, 0).long(), 2).out.tolist() == [0.0, 0.0]
    assert not torch.allclose(shares.out, link_shares(edges, 9, weight, dtype=torch.float64).out)


def test_gradients():
    edges, weight = random_graph(6)
    assign = soft(6, 3).requires_grad_()

    def loss(c):
        return min_cut(c, edges, weight) + cluster_orthogonality(c)

    assert gradcheck(loss, (assign,))
    assert gradgradcheck(loss, (assign,))


def test_degenerate_input():
    none = torch.empty(2, 0).long()
    balanced = torch.eye(2)[[0, 1]]
    for assign in (torch.ones(1, 3) / 3, balanced, torch.zeros(4, 2), torch.full((5, 2), 1e-6), 1e6 * balanced):
        value = min_cut(assign.requires_grad_(), none) + cluster_orthogonality(assign)
        value.backward()
        assert torch.isfinite(value)
        assert torch.isfinite(assign.grad).all()
        assert min_cut(assign, none) == 0
        assert torch.isfinite(min_cut(assign, torch.tensor([[0], [0]])))
    assert cluster_orthogonality(torch.zeros(4, 2)).item() == pytest.approx(1.0)
    edges, weight = random_graph()
    whole = min_cut(soft().float(), edges, weight)
    for scale in (1e-30, 1e-6, 1e6, 1e30):
        assert min_cut(soft().float(), edges, weight * scale).item() == pytest.approx(whole.item())
    assert min_cut(soft().bfloat16(), edges).dtype == torch.float32
    assert cluster_orthogonality(soft().bfloat16()).dtype == torch.float32
