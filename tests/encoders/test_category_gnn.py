"""The GNN of one-hot categories and the head with a shortcut, against the formulas."""

import pytest
import torch
import torch.nn.functional as F

from graphcl.encoders import GNN, CategoryGNN, ShortcutMLP

X = torch.tensor([[0, 1], [2, 0], [1, 1], [2, 2]])
EDGES = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
ONE_HOT = torch.cat([F.one_hot(X[:, 0], 3), F.one_hot(X[:, 1], 4)], dim=1).float()


def test_a_column_is_a_block_of_zeros_with_a_one():
    model = CategoryGNN((3, 4), GNN(7, 5, 2, 2, activation="prelu"))
    features = model.features(X)
    assert features.layout == torch.sparse_csr
    assert torch.equal(features.to_dense(), ONE_HOT)
    assert model.double().features(X).dtype == torch.float64


def test_the_last_layer_is_the_gnn_and_the_others_are_those_below():
    gnn = GNN(7, 5, 2, 2, activation="prelu", activate_last=True, separate_activations=True)
    model = CategoryGNN((3, 4), gnn)
    rows = model.each_layer(X, EDGES)
    assert [part.shape for part in rows] == [(4, 5), (4, 2)]
    torch.testing.assert_close(rows[1], gnn(ONE_HOT, EDGES))
    torch.testing.assert_close(model(X, EDGES, torch.ones(4, 3)), rows[1])
    A = torch.eye(4).index_put((EDGES[1], EDGES[0]), torch.ones(4))
    A = A / (A.sum(1)[:, None] * A.sum(1)).sqrt()
    first = F.prelu(A @ ONE_HOT @ gnn.conv[0].lin.weight.T + gnn.conv[0].bias, gnn.activation[0].weight)
    torch.testing.assert_close(rows[0], first)
    weighted = model.each_layer(X, EDGES, torch.tensor([1.0, 1.0, 3.0, 3.0]))
    assert not torch.allclose(weighted[0], rows[0])


def test_the_dropout_is_that_of_the_gnn():
    model = CategoryGNN((3, 4), GNN(7, 50, 50, 2, dropout=0.5))
    assert model.dropout == 0.5
    model.dropout = 0.0
    assert model.gnn.dropout == 0.0
    assert torch.equal(model.train()(X, EDGES), model.eval()(X, EDGES))


def test_a_gnn_of_another_width_is_refused():
    with pytest.raises(ValueError, match="gnn must read 7 columns, one for each category; got 6"):
        CategoryGNN((3, 4), GNN(6, 2, 2, 1))


@pytest.mark.parametrize(("name", "function"), [("relu", F.relu), ("prelu", lambda z: F.prelu(z, SLOPE))])
def test_the_head_by_hand(name, function):
    torch.manual_seed(0)
    head, z = ShortcutMLP(6, 4, activation=name), torch.randn(3, 6)
    h = z
    for layer in (0, 2, 4):
        assert not head.block[layer].bias.any()
        h = function(h @ head.block[layer].weight.T)
    torch.testing.assert_close(head(z), h + z @ head.shortcut.weight.T)
    assert ShortcutMLP(6)(z).shape == (3, 6)


SLOPE = torch.tensor([0.25])


def test_each_layer_of_the_head_has_a_slope_of_its_own():
    slopes = [name for name, value in ShortcutMLP(6, activation="prelu").named_parameters() if value.shape == (1,)]
    assert slopes == ["block.1.weight", "block.3.weight", "block.5.weight"]


def test_heads_that_cannot_be():
    with pytest.raises(ValueError, match=r"widths must be at least 1; got \(6, 0\)"):
        ShortcutMLP(6, 0)
    with pytest.raises(ValueError, match=r"activation must be one of relu, .*; got 'swish'"):
        ShortcutMLP.__init__.__wrapped__(ShortcutMLP(2), 6, activation="swish")
