"""GNN against PyG's layers, on sparse features, and on graphs without edges."""

import pytest
import torch
from torch import nn
from torch_geometric.nn import GATConv, GCNConv, GINConv, SAGEConv

from graphcl.encoders import GNN
from graphcl.encoders.convolution import aggregator, layer
from graphcl.encoders.gnn import ACTIVATIONS, NORMS
from graphcl.ops.graph_matrices.sparse import compress

KINDS = ["gcn", "sage", "gat", "gin"]


def example(n: int = 40, d: int = 120) -> tuple[torch.Tensor, torch.Tensor]:
    """Sparse features and a directed graph with self loops; the last node is isolated."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(n, d, generator=generator) * (torch.rand(n, d, generator=generator) < 0.03)
    return x, torch.randint(n - 1, (2, 4 * n), generator=generator)


def pyg_layer(kind: str, width: int, out: int, last: bool) -> nn.Module:
    if kind == "gin":
        return GINConv(nn.Sequential(nn.Linear(width, out), nn.ReLU(), nn.Linear(out, out)))
    if kind == "gat":
        return GATConv(width, out if last else out // 2, heads=2, concat=not last)
    return {"gcn": GCNConv, "sage": SAGEConv}[kind](width, out)


@pytest.mark.parametrize("layout", ["dense", "csr"])
@pytest.mark.parametrize("kind", KINDS)
def test_values_and_gradients_are_those_of_pyg(kind, layout):
    torch.manual_seed(0)
    x, edge_index = example()
    model = GNN(120, 8, 6, 2, kind=kind, heads=2 if kind == "gat" else 1, activation="elu")
    theirs = nn.ModuleList([pyg_layer(kind, 120, 8, False), pyg_layer(kind, 8, 6, True)])
    theirs.load_state_dict(model.conv.state_dict())
    expected = theirs[1](nn.functional.elu(theirs[0](x, edge_index)), edge_index)
    rows = compress(x) if layout == "csr" else x
    assert (rows.layout == torch.sparse_csr) == (layout == "csr")
    z = model(rows, edge_index)
    torch.testing.assert_close(z, expected)
    for result in (z, expected):
        result.square().sum().backward()
    for ours, other in zip(model.conv.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, other.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["gcn", "sage", "gin"])
def test_weights_are_those_of_repeated_edges(kind):
    x, edge_index = example()
    edge_index = edge_index[:, edge_index[0] != edge_index[1]]
    times = torch.randint(1, 4, (edge_index.size(1),), generator=torch.Generator().manual_seed(1))
    model = GNN(120, 8, 6, kind=kind)
    repeated = model(x, edge_index.repeat_interleave(times, dim=1))
    torch.testing.assert_close(model(x, edge_index, times.float()), repeated)
    assert not torch.allclose(model(x, edge_index), repeated)


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_with_norm_residual_and_dropout(kind):
    torch.manual_seed(0)
    x, edge_index = example()
    model = GNN(120, 16, 3, 3, kind=kind, norm="batch", residual=True, activation="prelu", dropout=0.1)
    target = torch.randint(3, (40,))
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(60):
        loss = nn.functional.cross_entropy(model(compress(x), edge_index), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("kind", KINDS)
def test_renumbering_nodes_and_edges_renumbers_rows(kind):
    x, edge_index = example()
    model = GNN(120, 8, 6, 3, kind=kind, norm="layer", residual=True).eval()
    place = torch.randperm(40, generator=torch.Generator().manual_seed(2))
    moved = torch.empty_like(x)
    moved[place] = x
    shuffled = place[edge_index][:, torch.randperm(edge_index.size(1))]
    torch.testing.assert_close(model(moved, shuffled)[place], model(x, edge_index))


@pytest.mark.parametrize("kind", KINDS)
def test_no_edges_and_one_node(kind):
    model = GNN(5, 8, 6, kind=kind, norm="batch", residual=True)
    empty = torch.empty(2, 0, dtype=torch.long)
    for n in (1, 4):
        z = model(torch.rand(n, 5), empty)
        z.sum().backward()
        assert z.shape == (n, 6)
        assert torch.isfinite(z).all()


def test_messages_flow_along_the_edge():
    """The edge 0 -> 1 sends a message to node 1 only; two layers reach two hops."""
    model = GNN(3, 4, 2, kind="sage", residual=False)
    x, edge_index = torch.rand(3, 3), torch.tensor([[0, 1], [1, 2]])
    other = x.clone()
    other[0] += 1
    changed = (model(x, edge_index) - model(other, edge_index)).abs().sum(1) > 0
    assert changed.tolist() == [True, True, True]
    other = x.clone()
    other[2] += 1
    changed = (model(x, edge_index) - model(other, edge_index)).abs().sum(1) > 0
    assert changed.tolist() == [False, False, True]


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_activation_after_the_last_layer_only_if_asked(activation):
    x, edge_index = example()
    torch.manual_seed(0)
    plain = GNN(120, 8, 6, 1, activation=activation).eval()
    activated = GNN(120, 8, 6, 1, activation=activation, activate_last=True).eval()
    activated.load_state_dict(plain.state_dict())
    expected = ACTIVATIONS[activation]().eval()(plain(x, edge_index))
    torch.testing.assert_close(activated(x, edge_index), expected)


def test_rrelu_draws_in_training_and_takes_the_mean_slope_afterwards():
    x, edge_index = example()
    model = GNN(120, 8, 6, activation="rrelu")
    assert not torch.equal(model(x, edge_index), model(x, edge_index))
    model.eval()
    h = model.conv[0](x, aggregator("gcn", edge_index, 40))
    torch.testing.assert_close(model.activation(h), torch.where(h >= 0, h, h * 11 / 48))


def test_prelu_has_one_slope_for_all_layers():
    model = GNN(4, 8, 6, 5, activation="prelu", activate_last=True)
    assert model.activation.weight.shape == (1,)
    assert sum(p.numel() for p in model.parameters()) == 4 * 8 + 3 * 8 * 8 + 8 * 6 + 4 * 8 + 6 + 1


@pytest.mark.parametrize("norm", sorted(NORMS))
def test_norms(norm):
    x, edge_index = example()
    model = GNN(120, 8, 6, 1, norm=norm, activate_last=True, activation="leaky-relu")
    before = model.norm[0](model.conv[0](x, aggregator("gcn", edge_index, 40)))
    mean = before.mean(0 if norm == "batch" else 1)
    torch.testing.assert_close(mean, torch.zeros_like(mean), atol=1e-5, rtol=0)


def test_dropout_acts_in_training_alone():
    x, edge_index = example()
    model = GNN(120, 8, 6, dropout=0.5)
    assert not torch.equal(model(x, edge_index), model(x, edge_index))
    model.eval()
    assert torch.equal(model(x, edge_index), model(x, edge_index))


@pytest.mark.parametrize("kind", KINDS)
def test_bfloat16_layers_on_both_layouts(kind):
    torch.manual_seed(0)
    x, edge_index = example()
    model = GNN(120, 8, 6, kind=kind)
    exact = model(x, edge_index)
    for rows in (x, compress(x)):
        with torch.autocast("cpu", torch.bfloat16):
            z = model(rows, edge_index)
        z.float().sum().backward()
        torch.testing.assert_close(z.float(), exact, rtol=0.1, atol=0.1)


def test_double_precision():
    x, edge_index = example()
    model = GNN(120, 8, 6).double()
    assert model(x.double(), edge_index).dtype == torch.float64


def test_input_is_not_changed():
    x, edge_index = example()
    before = x.clone(), edge_index.clone()
    GNN(120, 8, 6, activation="relu", residual=True)(x, edge_index)
    assert torch.equal(x, before[0])
    assert torch.equal(edge_index, before[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, 8, 2, 0), "at least 1; got \\(4, 8, 2, 0\\)"),
        ((0, 8, 2), "at least 1; got \\(0, 8, 2, 2\\)"),
    ],
)
def test_bad_sizes(arguments, message):
    with pytest.raises(ValueError, match=message):
        GNN(*arguments)


def test_bad_input():
    x, edge_index = example()
    with pytest.raises(ValueError, match=r"dropout must lie in \[0, 1\); got 1.0"):
        GNN(4, 8, 2, dropout=1.0)
    with pytest.raises(ValueError, match="heads belong to kind 'gat'; got 4 for 'gcn'"):
        GNN(4, 8, 2, heads=4)
    with pytest.raises(ValueError, match="heads must divide the width 8; got 3"):
        GNN(4, 8, 2, kind="gat", heads=3)
    with pytest.raises(ValueError, match="x must have 4 columns, as the encoder was built; got 120"):
        GNN(4, 8, 2)(x, edge_index)
    with pytest.raises(ValueError, match="edge_weight is not used by kind 'gat'"):
        GNN(120, 8, 2, kind="gat")(x, edge_index, torch.ones(edge_index.size(1)))
    unchecked = GNN.__init__.__wrapped__
    for name, wrong in {"activation": "swish", "norm": "none"}.items():
        with pytest.raises(ValueError, match=f"{name} must be .*; got '{wrong}'"):
            unchecked(GNN.__new__(GNN), 4, 8, 2, **{name: wrong})
    with pytest.raises(ValueError, match="kind must be one of gcn, sage, gat, gin; got 'gcm'"):
        layer.__wrapped__("gcm", 4, 8)
    with pytest.raises(ValueError, match="kind must be one of gcn, sage, gin to have a matrix; got 'gat'"):
        aggregator("gat", edge_index, 40)


@pytest.mark.gpu
@pytest.mark.parametrize("kind", KINDS)
def test_on_a_gpu(kind):
    x, edge_index = example()
    model = GNN(120, 8, 6, kind=kind)
    expected = model(x, edge_index)
    rows = compress(x).cuda()
    torch.testing.assert_close(model.cuda()(rows, edge_index.cuda()).cpu(), expected, rtol=1e-4, atol=1e-5)


def test_layers_may_have_activations_of_their_own():
    torch.manual_seed(0)
    x, edge_index = example()
    settings = {"activation": "prelu", "activate_last": True}
    shared, separate = GNN(120, 8, 6, **settings), GNN(120, 8, 6, separate_activations=True, **settings)
    assert "activation.weight" in shared.state_dict()
    separate.conv.load_state_dict(shared.conv.state_dict())
    torch.testing.assert_close(separate(x, edge_index), shared(x, edge_index))
    with torch.no_grad():
        separate.activation[1].weight.fill_(1.0)
    hidden = torch.nn.functional.prelu(
        separate.conv[0](x, aggregator("gcn", edge_index, 40)), torch.tensor([0.25])
    )
    torch.testing.assert_close(
        separate(x, edge_index), separate.conv[1](hidden, aggregator("gcn", edge_index, 40))
    )


@pytest.mark.parametrize("momentum", [0.0, 0.25, 1.0])
def test_running_statistics_take_the_share_of_a_batch_that_was_asked_for(momentum):
    x, edge_index = example()
    model = GNN(120, 8, 6, norm="batch", norm_momentum=momentum)
    model(x, edge_index)
    h = model.conv[0](x, aggregator("gcn", edge_index, 40))
    torch.testing.assert_close(model.norm[0].module.running_mean, momentum * h.mean(0))
    with pytest.raises(ValueError, match=r"norm_momentum must lie in \[0, 1\]; got 2\.0"):
        GNN(120, 8, 6, norm="batch", norm_momentum=2.0)
