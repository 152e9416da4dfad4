"""Checks of features: tensors and feature sources by the same rules."""

import pytest
import torch
from scipy.sparse import csr_array
from torch_geometric.data import Data

from graphcl.feature_source import TensorFeatures, is_feature_source
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.validation import check_graph
from graphcl.validation.features import BLOCK_ROWS

X, EDGES = torch.ones(3, 2), torch.tensor([[0, 1], [1, 2]])


def sparse(x):
    return from_scipy(csr_array(x.numpy()), x.dtype)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (Data(edge_index=EDGES), "x is missing, and this method reads features; leiden reads none"),
        (Data(x=X[0], edge_index=EDGES), r"x must be a tensor of shape \(n, d\); got \(2,\)"),
        (Data(x=X[:0], edge_index=EDGES), r"at least one row and one column; got \(0, 2\)"),
        (Data(x=X[:, :0], edge_index=EDGES), r"at least one row and one column; got \(3, 0\)"),
        (Data(x=X / 0, edge_index=EDGES), "x must be finite; got 6 NaN or infinite entries"),
    ],
)
def test_bad_features(data, message):
    with pytest.raises(ValueError, match=message):
        check_graph(data)


def test_features_that_carry_a_gradient_are_taken_without_it():
    x = torch.ones(2, 2, requires_grad=True)
    weight = torch.ones(1, requires_grad=True)
    graph = Data(x=2 * x, edge_index=torch.tensor([[0], [1]]), edge_weight=2 * weight)
    checked = check_graph(graph, accepts_edge_weight=True)
    assert not checked.x.requires_grad
    assert not checked.edge_weight.requires_grad
    assert graph.x.requires_grad


def test_float32_features_and_edges_are_shared_and_not_copied():
    graph = Data(x=X, edge_index=EDGES)
    checked = check_graph(graph)
    assert checked.x.data_ptr() == X.data_ptr()
    assert checked.edge_index.data_ptr() == EDGES.data_ptr()


class Recorded(TensorFeatures):
    """A source that remembers how many rows were asked for at a time."""

    def __init__(self, x):
        super().__init__(x)
        self.asked = []

    def gather(self, n_id):
        self.asked.append(len(n_id))
        return super().gather(n_id)


def test_a_source_is_carried_itself_and_never_gathered_whole():
    source = Recorded(torch.ones(2 * BLOCK_ROWS + 5, 1))
    graph = check_graph(Data(x=source, edge_index=EDGES))
    assert graph.x is source
    assert graph.num_nodes == 2 * BLOCK_ROWS + 5
    assert source.asked == [BLOCK_ROWS, BLOCK_ROWS, 5]


@pytest.mark.parametrize("x", [X.double(), X.long(), X > 0, X.half(), sparse(X.double())])
def test_rows_of_a_source_become_float32(x):
    source = check_graph(Data(x=TensorFeatures(x), edge_index=EDGES)).x
    assert is_feature_source(source)
    assert source.dtype == torch.float32
    assert source.shape == (3, 2)
    assert (source.size(0), source.size(1)) == (3, 2)
    rows = source.gather(torch.tensor([2, 2]))
    assert rows.dtype == torch.float32
    assert torch.equal(rows.to_dense(), x.to_dense()[[2, 2]].float())


def spoiled(row, value, dtype=torch.float32):
    x = torch.ones(BLOCK_ROWS + 2, 2, dtype=dtype)
    x[row] = value
    return x


@pytest.mark.parametrize("wrap", [lambda x: x, TensorFeatures, lambda x: TensorFeatures(sparse(x))])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (spoiled(0, torch.nan), "x must be finite; got 2 NaN or infinite entries; impute or drop them"),
        (spoiled(BLOCK_ROWS + 1, -torch.inf), "x must be finite; got 2 NaN or infinite entries"),
        (spoiled([0, -1], torch.nan), "x must be finite; got 4 NaN or infinite entries"),
        (
            spoiled(-1, 1e300, torch.double),
            r"x must lie within ±1e\+15, for its squares; got 1e\+300; rescale it$",
        ),
        (spoiled(BLOCK_ROWS, -1e16), r"x must lie within ±1e\+15, for its squares; got 1e\+16; rescale it"),
        (X + 0j, "x must hold real numbers; got torch.complex64"),
        (X[:0], r"x must have at least one row and one column; got \(0, 2\)"),
    ],
)
def test_sources_and_tensors_have_the_same_rules(wrap, x, message):
    with pytest.raises(ValueError, match=message):
        check_graph(Data(x=wrap(x), edge_index=EDGES))


def test_a_csr_matrix_without_entries_is_fine():
    x = sparse(torch.zeros(3, 2))
    for features in (x, TensorFeatures(x)):
        check_graph(Data(x=features, edge_index=EDGES))


class Wrong:
    """A source whose rows are not what its shape and dtype say."""

    def __init__(self, shape, dtype, rows):
        self.shape, self.dtype, self.rows = shape, dtype, rows

    def size(self, dim):
        return self.shape[dim]

    def gather(self, n_id):
        return self.rows


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (Wrong((3,), torch.float32, X), r"x must be a feature source of shape \(n, d\) .* got shape \(3,\)"),
        (Wrong((3, 2), "float32", X), "and a torch dtype; got shape .* and dtype float32"),
        (Wrong((3, 2), torch.float32, X[:2]), r"x.gather must return .* \(3, 2\) of torch.float32; got \(2, 2\)"),
        (Wrong((3, 2), torch.float32, X.long()), r"x.gather must return .*; got \(3, 2\) of torch.int64"),
        (Wrong((3, 2), torch.float32, X.numpy()), "x.gather must return .*; got ndarray"),
    ],
)
def test_bad_sources(source, message):
    with pytest.raises(ValueError, match=message):
        check_graph(Data(x=source, edge_index=EDGES))
