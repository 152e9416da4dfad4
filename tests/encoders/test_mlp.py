"""MLP and autoencoder on dense and on sparse features."""

import pytest
import torch
from scipy.sparse import csr_array

from graphcl.encoders import MLP, Autoencoder
from graphcl.ops.graph_matrices.sparse import compress, from_scipy


def test_sparse_rows_give_the_same_values_and_gradients():
    torch.manual_seed(0)
    x = torch.rand(40, 200) * (torch.rand(40, 200) < 0.02)
    assert compress(x).layout == torch.sparse_csr
    model = MLP(200, (16,), 4)
    results = []
    for rows in (x, compress(x)):
        model.zero_grad()
        z = model(rows)
        z.square().sum().backward()
        results.append([z.detach(), *(p.grad.clone() for p in model.parameters())])
    for dense, sparse in zip(*results, strict=True):
        torch.testing.assert_close(dense, sparse)


def test_sparse_rows_under_autocast_are_as_close_as_dense_ones():
    torch.manual_seed(0)
    x = torch.rand(40, 200) * (torch.rand(40, 200) < 0.02)
    model = Autoencoder(200, (16,), 4)
    exact = model.reconstruction(x)
    for rows in (x, compress(x)):
        with torch.autocast("cpu", torch.bfloat16):
            assert model.encoder(rows).dtype == torch.bfloat16
            near = model.reconstruction(rows)
        near.backward()
        torch.testing.assert_close(near, exact, rtol=0.02, atol=0)


@pytest.mark.parametrize(
    ("in_channels", "n_clusters", "count"),
    [(256, 10, 1401110), (561, 6, 1553570), (3703, 6, 3124570), (1870, 3, 2208040)],
)
def test_published_parameter_counts(in_channels, n_clusters, count):
    """Parameter counts of the published SCGC* settings: encoder and ten-dimensional centres."""
    encoder = MLP(in_channels, (500, 500, 2000), 10)
    assert sum(p.numel() for p in encoder.parameters()) + 10 * n_clusters == count


def test_autoencoder_overfits_a_small_matrix():
    torch.manual_seed(0)
    x, model = torch.rand(8, 5), Autoencoder(5, (32,), 4)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    first = model.reconstruction(x).item()
    for _ in range(300):
        optimiser.zero_grad()
        model.reconstruction(x).backward()
        optimiser.step()
    assert model.reconstruction(x).item() < first / 100
    torch.testing.assert_close(model.reconstruction(from_scipy(csr_array(x.numpy()))), model.reconstruction(x))
