"""Feature sources: the tensor behind the interface, the conversion to float32, and what is no source."""

import pytest
import torch
from scipy.sparse import csr_array

from graphcl.feature_source import TensorFeatures, TransformedFeatures, is_feature_source
from graphcl.ops.graph_matrices.sparse import from_scipy

X = torch.arange(6.0).view(3, 2)


@pytest.mark.parametrize("x", [X, from_scipy(csr_array(X.numpy()))], ids=["dense", "CSR"])
def test_rows_of_a_tensor(x):
    source = TensorFeatures(x)
    index = torch.tensor([2, 0, 2])
    assert is_feature_source(source)
    assert torch.equal(source.gather(index).to_dense(), X[index])
    assert source.gather(index).layout == x.layout
    assert source.gather(index[:0]).shape == (0, 2)
    assert (source.shape, source.size(0), source.size(-1), source.dtype) == ((3, 2), 3, 2, torch.float32)


def test_a_source_carries_no_gradient():
    assert not TensorFeatures(X.clone().requires_grad_()).gather(torch.tensor([1])).requires_grad


def test_rows_are_converted_when_they_are_gathered():
    source = TransformedFeatures(TensorFeatures(X.long()), torch.Tensor.float)
    assert is_feature_source(source)
    assert (source.shape, source.size(1), source.dtype) == ((3, 2), 2, torch.float32)
    rows = source.gather(torch.tensor([1]))
    assert rows.dtype == torch.float32
    assert torch.equal(rows, X[1:2])


def test_what_is_no_source():
    for x in (X, X.numpy(), None, TensorFeatures, object()):
        assert not is_feature_source(x)
