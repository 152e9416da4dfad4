"""Inverse document frequency against scikit-learn's."""

import pytest
import torch
from sklearn.feature_extraction.text import TfidfTransformer

from graphcl.encoders import holds_counts, inverse_document_frequency
from graphcl.ops.graph_matrices.sparse import compress


def words(n: int = 60, d: int = 40) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(1, 5, (n, d), generator=generator) * (torch.rand(n, d, generator=generator) < 0.03)
    return x.float()


def test_it_is_that_of_scikit_learn_dense_and_sparse():
    x = words()
    expected = torch.from_numpy(TfidfTransformer().fit(x.numpy()).idf_).float()
    assert compress(x).layout == torch.sparse_csr
    torch.testing.assert_close(inverse_document_frequency(x), expected)
    torch.testing.assert_close(inverse_document_frequency(compress(x)), expected)


@pytest.mark.parametrize(("scale", "expected"), [(1.0, True), (0.5, False), (-2.0, True), (0.0, True)])
def test_counts_are_integers(scale, expected):
    x = scale * words()
    assert holds_counts(x) is expected
    assert holds_counts(compress(x)) is expected


def test_explicit_zeros_are_not_counted():
    x = compress(words())
    x.values()[:5] = 0
    torch.testing.assert_close(inverse_document_frequency(x), inverse_document_frequency(x.to_dense()))
