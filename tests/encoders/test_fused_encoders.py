"""Encoders of SDCN, DAEGC and DFCN against dense formulas, and the ways that large graphs take."""

import torch
import torch.nn.functional as F
from torch.autograd import gradcheck

from graphcl.encoders import fused_gcn
from graphcl.encoders.feature_maps.spectrum import principal_components
from graphcl.encoders.fused_gcn import FusedGCN
from graphcl.encoders.igae import IGAE
from graphcl.encoders.mlp import MLP
from graphcl.encoders.proximity_attention import ProximityAttention
from graphcl.encoders.self_attention import self_correlation
from graphcl.ops.graph_matrices.sparse import compress, from_scipy
from graphcl.ops.random_walks.walk_matrices import transition_matrix

EDGES = torch.tensor([[0, 1, 2, 3, 3], [1, 2, 0, 4, 5]])
WALK = from_scipy(transition_matrix(EDGES, 7), torch.float64)


def drawn(*shape):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(sum(shape)))


def test_activations_of_an_mlp_end_in_its_output():
    mlp = MLP(3, (5, 4), 2).double()
    first, second, z = mlp.activations(drawn(7, 3))
    assert torch.equal(z, mlp(drawn(7, 3)))
    torch.testing.assert_close(first, mlp.layers[0](drawn(7, 3)).relu())
    torch.testing.assert_close(second, mlp.layers[1](first).relu())


def test_the_fused_gcn_and_its_gradients_in_both_ways(monkeypatch):
    gcn, x, t = FusedGCN((3, 5, 2, 4)).double(), drawn(7, 3), [drawn(7, 5), drawn(7, 2).requires_grad_()]
    walk, (first, second, third) = WALK.to_dense(), gcn.weights
    h = (walk @ x @ first).relu()
    h = (walk @ (0.5 * h + 0.5 * t[0]) @ second).relu()
    expected = walk @ (0.5 * h + 0.5 * t[1]) @ third
    found = []
    for rows in (100, 2):  # the second computes layers again
        monkeypatch.setattr(fused_gcn, "CHUNK_ROWS", rows)
        logits = gcn(x, WALK, t)
        torch.testing.assert_close(logits, expected)
        found.append(torch.autograd.grad(logits.square().sum(), [*gcn.weights, t[1]]))
    torch.testing.assert_close(*found)


def test_attention_weighted_by_proximity_against_the_dense_formula():
    attention, x = ProximityAttention(3, 4).double(), drawn(7, 3)
    mask = WALK.to_dense() > 0
    near = mask.nonzero().T
    proximity = drawn(near.size(1)).abs()
    matrix = torch.zeros(7, 7, dtype=torch.float64)
    matrix[tuple(near)] = proximity
    h = x @ attention.weight
    scores = F.leaky_relu(matrix * (h @ attention.own + (h @ attention.other).T), 0.2)
    dense = F.elu(torch.softmax(scores.masked_fill(~mask, -torch.inf), 1) @ h)
    torch.testing.assert_close(attention(x, near, proximity), dense)
    ours = torch.autograd.grad(attention(x, near, proximity).pow(3).sum(), list(attention.parameters()))
    theirs = torch.autograd.grad(dense.pow(3).sum(), list(attention.parameters()))
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(dense[6], F.elu(h[6]))  # an isolated node attends to itself alone


def test_the_graph_autoencoder_activates_before_it_propagates():
    x, walk = drawn(7, 3), WALK.to_dense()
    for name, function in (
        ("tanh", torch.tanh),
        ("leaky_relu", lambda h: F.leaky_relu(h, 0.2)),
        ("none", lambda h: h),
    ):
        model = IGAE(3, (5,), 2, name).double()
        z = walk @ (walk @ function(x @ model.encoder[0])) @ model.encoder[1]
        torch.testing.assert_close(model.encode(x, WALK), z)
        decoded = walk @ function(walk @ function(z @ model.decoder[0]) @ model.decoder[1])
        torch.testing.assert_close(model.decode(z, WALK), decoded)


def test_self_correlation_against_the_dense_softmax():
    z = drawn(9, 3).requires_grad_()
    torch.testing.assert_close(self_correlation(z), torch.softmax(z @ z.T, 1) @ z)
    assert gradcheck(self_correlation, [z])
    assert self_correlation(z.detach().bfloat16()).dtype == torch.float32
    assert torch.isfinite(self_correlation(1e6 * z.detach().float())).all()


def test_principal_components_of_dense_and_sparse_features():
    x = F.dropout(drawn(60, 40), 0.97) @ torch.diag(torch.arange(1.0, 41.0, dtype=torch.float64))
    expected = torch.linalg.svd(x - x.mean(0)).Vh[:3]
    for form in (x, compress(x)):
        mean, axes = principal_components(form, 3, generator=torch.Generator().manual_seed(0))
        torch.testing.assert_close(mean, x.mean(0))
        torch.testing.assert_close((expected @ axes).abs(), torch.eye(3, dtype=torch.float64), atol=1e-3, rtol=0)
    assert compress(x).layout == torch.sparse_csr
    mean, axes = principal_components(torch.ones(1, 4), 3)
    assert axes.shape == (4, 1)
    assert torch.isfinite(axes).all()
