"""Spectral clustering in O(nd) against scikit-learn on the dense matrix of affinities."""

import pytest
import torch
from sklearn.manifold import spectral_embedding as dense_embedding

from graphcl.evaluation import clustering_scores
from graphcl.heads import spectral, spectral_clusters, spectral_embedding
from graphcl.ops.graph_matrices.sparse import unit_rows


def blocks(n: int = 90, d: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(n) % 3
    z = torch.rand(n, d, dtype=torch.float64, generator=generator) * 0.3
    z[torch.arange(n), labels] += 1
    return unit_rows(z), labels


@pytest.mark.parametrize("dense", [0, 256], ids=["by Lanczos", "as a whole"])
def test_it_is_scikit_learns_embedding_of_the_dense_affinities(dense, monkeypatch):
    monkeypatch.setattr(spectral, "DENSE", dense)
    z, _ = blocks()
    rows = spectral_embedding(z, 3).rows
    expected = torch.from_numpy(dense_embedding((z @ z.T).numpy(), n_components=3, drop_first=False))
    signs = (rows * expected).sum(0).sign()
    torch.testing.assert_close(rows * signs, expected, atol=1e-9, rtol=1e-7)


def test_values_are_in_descending_order_and_the_first_is_one():
    values = spectral_embedding(blocks()[0], 4).values
    assert values[0].item() == pytest.approx(1)
    assert torch.equal(values, values.sort(descending=True).values)


def test_blocks_are_found(monkeypatch):
    monkeypatch.setattr(spectral, "DENSE", 0)
    z, labels = blocks()
    assert clustering_scores(labels, spectral_clusters(z.float(), 3))["acc"] == 1


@pytest.mark.parametrize("dense", [0, 256])
def test_rows_without_affinities_are_finite(dense, monkeypatch):
    monkeypatch.setattr(spectral, "DENSE", dense)
    z = torch.cat([blocks(60)[0], torch.zeros(5, 6).double()])
    assert torch.isfinite(spectral_embedding(z, 3).rows).all()
    assert torch.isfinite(spectral_embedding(torch.zeros(9, 2), 3).rows).all()
    assert spectral_embedding(torch.ones(1, 2), 1).rows.shape == (1, 1)


def test_bad_input():
    with pytest.raises(
        ValueError, match="affinities must not be negative; got a row of z whose products sum to -"
    ):
        spectral_embedding(torch.tensor([[1.0], [-1.0], [-1.0]]), 2)
    for channels in (0, 4):
        with pytest.raises(ValueError, match=f"channels must be from 1 to the 3 rows; got {channels}"):
            spectral_embedding(torch.ones(3, 2), channels)
