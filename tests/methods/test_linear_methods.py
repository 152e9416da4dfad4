"""SSGC, SAGSC and M-S2CAG: the forms without large matrices against dense ones, and what their options do."""

from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.feature_extraction.text import TfidfTransformer
from torch_geometric.data import Data

from graphcl import MS2CAG, SAGSC, SSGC
from graphcl.datasets import load
from graphcl.encoders import quadratic_features, row_normalized_adjacency
from graphcl.encoders.feature_maps.similarity_degree import column_sums, divide_by_degree_roots
from graphcl.methods.bases.term_features import learn_terms, term_rows
from graphcl.methods.shallow_clusterers.ms2cag import modularity_axes, subspace_axes
from graphcl.methods.shallow_clusterers.sagsc import degree_scaled, kernel_axes
from graphcl.ops.graph_matrices.sparse import compress

BLOCKS = load("planted-partition", nodes=90, blocks=3, degree_in=8.0, degree_out=1.0, signal=3.0).graph


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.double, generator=torch.Generator().manual_seed(seed))


def counts() -> Data:
    """The blocks with sparse counts, many columns of which are wider than the dense solver takes."""
    draws = torch.Generator().manual_seed(0)
    rate = torch.full((90, 600), 0.01)
    rate[torch.arange(90)[:, None], 200 * BLOCKS.y[:, None] + torch.arange(200)] = 0.05
    return Data(x=torch.poisson(rate, generator=draws), edge_index=BLOCKS.edge_index)


def projector(q: torch.Tensor) -> torch.Tensor:
    return q @ q.T


def test_terms_are_those_of_scikit_learn():
    x = counts().x
    expected = TfidfTransformer().fit_transform(x.numpy()).toarray()
    weights, basis = learn_terms(compress(x), "always", None)
    assert basis is None
    np.testing.assert_allclose(term_rows(compress(x), weights, None).to_dense(), expected, atol=1e-6)
    assert learn_terms(x, "auto", None)[0] is not None
    assert learn_terms(x / 3, "auto", None)[0] is None
    assert learn_terms(x, "never", 5)[1].shape == (600, 5)


@pytest.mark.parametrize("sparse", [False, True])
def test_degree_roots(sparse):
    x = counts().x.double()
    x[3] = 0
    given = compress(x) if sparse else x
    assert (given.layout == torch.sparse_csr) is sparse
    total = column_sums(given)
    torch.testing.assert_close(total, x.sum(0))
    degree = (x @ x.T).sum(1)
    expected = x / degree.clamp(min=1e-30).sqrt()[:, None]
    torch.testing.assert_close(divide_by_degree_roots(given, total).to_dense(), expected)
    signed = torch.tensor([[1.0, 0.0], [-3.0, 0.0]])
    torch.testing.assert_close(divide_by_degree_roots(signed, signed.sum(0)), signed.sign())


def test_kernel_axes_by_the_dense_kernel_solved_both_ways():
    u = torch.linalg.qr(drawn(60, 5)).Q
    kernel = (u @ u.T + 0.5**0.5) ** 2
    roots = kernel.sum(1).rsqrt()
    _, vectors = torch.linalg.eigh(roots[:, None] * kernel * roots)
    expected = projector(vectors.flip(1)[:, 1:6])
    for dense in (512, 0):
        total, axes = kernel_axes(u, 5, dense=dense)
        torch.testing.assert_close(quadratic_features(u) @ total, kernel.sum(1))
        torch.testing.assert_close(projector(degree_scaled(u, total) @ axes), expected, atol=1e-7, rtol=0)


def test_sagsc_by_dense_matrices():
    data = counts()
    x = torch.from_numpy(TfidfTransformer().fit_transform(data.x.numpy()).toarray())
    P = torch.from_numpy(row_normalized_adjacency(data.edge_index, 90).toarray())
    h = torch.linalg.matrix_power(P, 3) @ x.double()
    u = torch.linalg.svd(h - h.mean(0), full_matrices=False).U[:, :3]
    kernel = (u @ u.T + 0.5**0.5) ** 2
    roots = kernel.sum(1).rsqrt()
    vectors = torch.linalg.eigh(roots[:, None] * kernel * roots).eigenvectors.flip(1)
    method = SAGSC(n_clusters=3, power=3, precision="fp64").fit(data)
    torch.testing.assert_close(projector(method.embedding_), projector(vectors[:, 1:4]), atol=1e-6, rtol=0)
    rows = SAGSC(n_clusters=3, power=3).fit(data).embedding_
    torch.testing.assert_close(projector(rows), projector(vectors[:, 1:4]).float(), atol=1e-4, rtol=0)


@pytest.mark.parametrize("gamma", [0.0, 0.6, 1.0])
def test_modularity_by_the_dense_matrix(gamma):
    z = drawn(50, 8).abs() ** 3
    omega = z @ z.sum(0)
    matrix = z @ z.T - gamma * torch.outer(omega, omega) / omega.sum()
    values, vectors = torch.linalg.eigh(matrix)
    assert values[0] > -1e-9 * values[-1], "none is negative"
    found = z @ modularity_axes(z, 3, gamma=gamma)
    torch.testing.assert_close(projector(found), projector(vectors[:, -3:]), atol=1e-9, rtol=0)


def test_the_subspace_drops_the_first_vector():
    z = drawn(50, 8)
    left = torch.linalg.svd(z, full_matrices=False).U
    torch.testing.assert_close(projector(z @ subspace_axes(z, 3)), projector(left[:, 1:4]), atol=1e-9, rtol=0)
    assert subspace_axes(z[:, :1], 3).tolist() == [[0.0]]


def test_normalised_rows():
    fits = {name: MS2CAG(n_clusters=3, normalise=name, precision="fp64").fit(counts()) for name in NORMALISED}
    for name, expected in NORMALISED.items():
        method = fits[name]
        z = method._propagated(*method._checked(counts()))
        torch.testing.assert_close(method._normalised(z.clone()), expected(z))
    embeddings = [method.embedding_ for method in fits.values()]
    assert all(not torch.allclose(a, b) for a, b in pairwise(embeddings))


NORMALISED = {
    "row": F.normalize,
    "degree": lambda z: z / (z @ z.sum(0)).sqrt()[:, None],
    "as_released": lambda z: z * z.sum(1, keepdim=True).clamp(min=0).sqrt(),
    "none": lambda z: z,
}


def test_order_zero_and_no_hops_leave_the_graph_out():
    alone = Data(x=BLOCKS.x, edge_index=BLOCKS.edge_index[:, :0])
    for method in (SSGC(n_clusters=3, hops=0), SAGSC(n_clusters=3, power=0), MS2CAG(n_clusters=3, order=0)):
        assert torch.equal(method.fit(BLOCKS).embedding_, method.fit(alone).embedding_)


@pytest.mark.parametrize("read_out", ["rounding", "as_released"])
def test_rounding_predicts_its_own_labels_and_other_graphs(read_out):
    method = MS2CAG(n_clusters=3, read_out=read_out).fit(BLOCKS)
    assert torch.equal(method.predict(BLOCKS), method.labels_)
    half = BLOCKS.subgraph(torch.arange(45))
    assert (method.predict(half) == method.labels_[:45]).float().mean() > 0.8
    constant = Data(x=torch.ones(90, 1), edge_index=BLOCKS.edge_index)
    assert method.fit(constant).embedding_.shape == (90, 3)


def test_edge_weights_are_read():
    weight = torch.rand(BLOCKS.edge_index.size(1), generator=torch.Generator().manual_seed(0))
    weighted = Data(x=BLOCKS.x, edge_index=BLOCKS.edge_index, edge_weight=weight)
    for method in (SSGC(n_clusters=3), SAGSC(n_clusters=3), MS2CAG(n_clusters=3)):
        assert not torch.allclose(method.fit(BLOCKS).embedding_, method.fit(weighted).embedding_, atol=1e-3)
