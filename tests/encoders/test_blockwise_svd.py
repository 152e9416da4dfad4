"""Axes of matrices computed in blocks against the SVD, and the kernel's features against the kernel."""

from importlib import import_module

import pytest
import torch

from graphcl.encoders import blockwise_axes, quadratic_features, whitening
from graphcl.encoders.feature_maps.quadratic_map import quadratic_width

BLOCKS = "graphcl.encoders.feature_maps.blockwise_svd"


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.double, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("dense", [512, 0])
def test_centred_columns_in_blocks(monkeypatch, dense):
    monkeypatch.setattr(import_module(BLOCKS), "ENTRIES", 7 * 90)
    z = drawn(60, 90) * torch.linspace(3, 0.1, 90) + 100
    mean = z.mean(0)
    axes = blockwise_axes(z, lambda part: part - mean, 90, 4, dense=dense)
    left, values, _ = torch.linalg.svd(z - mean, full_matrices=False)
    torch.testing.assert_close(axes.weights, values[:4].square())
    found = (z - mean) @ whitening(axes)
    torch.testing.assert_close(found @ found.T, left[:, :4] @ left[:, :4].T, atol=1e-8, rtol=0)


def test_directions_without_variance_are_left_out():
    z = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
    found = whitening(blockwise_axes(z, torch.Tensor.double, 2, 2))
    assert found[:, 0].abs().sum() > 0
    assert torch.equal(found[:, 1], torch.zeros(2, dtype=torch.double))
    assert torch.equal(whitening(blockwise_axes(0 * z, torch.Tensor.double, 2, 2)), torch.zeros(2, 2).double())


@pytest.mark.parametrize("k", [1, 2, 5])
def test_features_of_the_quadratic_kernel(k):
    u = drawn(6, k)
    features = quadratic_features(u, offset=0.3)
    assert features.shape == (6, quadratic_width(k))
    torch.testing.assert_close(features @ features.T, (u @ u.T + 0.3) ** 2)
