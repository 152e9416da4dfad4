"""The type and the scale that features get, and what is said where float32 cannot hold them."""

import warnings

import pytest
import torch
from torch_geometric.data import Data

from graphcl.feature_source import TensorFeatures
from graphcl.validation import check_graph, check_graphs
from graphcl.validation.features import check_features
from graphcl.validation.numbers import Numbers, feature_scale

EDGES = torch.tensor([[0, 1], [1, 2]])
X = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]], dtype=torch.float64)
FP64 = Numbers(torch.float64)


def graph(x) -> Data:
    return Data(x=x, edge_index=EDGES, edge_weight=torch.full((2,), 0.1, dtype=torch.float64))


@pytest.mark.parametrize("wrap", [torch.Tensor.clone, torch.Tensor.to_sparse_csr, TensorFeatures])
def test_float64_stays_where_it_is_asked_for(wrap):
    kept = check_graph(graph(wrap(X / 3)), accepts_edge_weight=True, numbers=FP64)
    rows = kept.x.gather(torch.arange(3)) if wrap is TensorFeatures else kept.x.to_dense()
    assert kept.x.dtype == rows.dtype == kept.edge_weight.dtype == torch.float64
    assert torch.equal(rows, X / 3)
    assert float(kept.edge_weight[0]) == 0.1
    [single] = check_graphs([Data(x=X / 3, edge_index=EDGES)], numbers=FP64)
    assert torch.equal(single.x, X / 3)


def test_rounding_to_float32_is_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.equal(check_features(X / 3), (X / 3).float())
        assert torch.equal(check_features(torch.zeros(2, 2).double()), torch.zeros(2, 2))


LOST = {
    "small entries": (
        X * torch.tensor([1.0, 1e-60], dtype=torch.float64),
        "3 entries are too small for it and 1 columns become",
    ),
    "float64 columns": (X + torch.tensor([0.0, 1e12]).double(), "1 columns become constant; set precision='fp64'"),
    "int64 columns": (torch.tensor([[1, 1_700_000_001], [2, 1_700_000_002]]), "1 columns become constant; set"),
}


@pytest.mark.parametrize(("x", "message"), LOST.values(), ids=LOST)
@pytest.mark.parametrize("wrap", [torch.Tensor.clone, TensorFeatures])
def test_what_float32_loses_is_said_once(x, message, wrap):
    with pytest.warns(UserWarning, match=f"x loses information in float32: {message}") as caught:
        check_features(wrap(x))
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_features(wrap(x), FP64)


def test_small_entries_of_a_sparse_matrix():
    with pytest.warns(
        UserWarning, match="float32: 2 entries are too small for it; set precision='fp64', subtract"
    ):
        check_features((X * torch.tensor([[1e-50], [1.0], [1.0]], dtype=torch.float64)).to_sparse_csr())


@pytest.mark.parametrize(
    ("largest", "numbers", "message"),
    [
        (1e16, Numbers(), r"within ±1e\+15, for its squares; got 1e\+16; rescale it or set precision='fp64'$"),
        (1e200, Numbers(), r"within ±1e\+15, for its squares; got 1e\+200; rescale it$"),
        (1e200, FP64, r"within ±1e\+150, for its squares; got 1e\+200; rescale it$"),
        (1e8, Numbers(scale=2.0**30), r"within ±931323, for its squares; got 1e\+08; rescale it or"),
        (torch.inf, FP64, "x must be finite; got 1 NaN or infinite entries; impute or drop them"),
    ],
)
def test_too_large(largest, numbers, message):
    x = X.clone()
    x[1, 1] = largest
    for given in (x, x.to_sparse_csr(), TensorFeatures(x)):
        with pytest.raises(ValueError, match=message):
            check_features(given, numbers)


def test_the_scale_of_features():
    for x in (
        X,
        X.float(),
        X.long(),
        X > 0,
        X.half(),
        torch.zeros(2, 2),
        X * 1e100,
        X / 300,
        None,
        "x",
        X.numpy(),
    ):
        assert feature_scale(x) == 1.0
    assert feature_scale(X * torch.nan) == feature_scale(X.to_sparse()) == 1.0
    for wrap in (torch.Tensor.clone, torch.Tensor.to_sparse_csr, TensorFeatures):
        assert feature_scale(wrap(X * 2.0**-300)) == 2.0**297
    assert feature_scale(X.half() * 2.0**-12) == 2.0**9


def test_scaled_features_keep_their_digits_also_below_the_numbers_of_float32():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scaled = check_features(X * 2.0**-300, Numbers(scale=2.0**300))
    assert torch.equal(scaled, X.float())
    assert scaled.dtype == torch.float32
