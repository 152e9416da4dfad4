"""Graph-level encoders against loops over nodes; permutation equivariance; readouts; jumping knowledge."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from graphcl.encoders import (
    MoleculeGIN,
    ProteinGIN,
    SocialGCN,
    count_bonds,
    join_layers,
    max_nodes,
    mean_and_centre,
    mean_nodes,
    sum_nodes,
)
from graphcl.encoders.graph_level.graph_layers import neighbour_lists
from graphcl.ops.graph_matrices.row_lists import sum_lists

EDGES = torch.tensor([[0, 1, 1, 2, 3, 2], [1, 0, 2, 1, 2, 4]])
"""A path with one edge in one direction only, and the isolated node 5."""

NODES = 6


def inputs(kind: str, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    if kind == "molecule":
        draw = [torch.randint(high, (6,), generator=generator) for high in (120, 3, 4, 3)]
        return torch.stack(draw[:2], dim=1), EDGES, torch.stack(draw[2:], dim=1)
    if kind == "protein":
        return torch.ones(NODES, 1).long(), EDGES, (torch.rand(6, 9, generator=generator) < 0.4).long()
    return torch.randint(4, (NODES, 1), generator=generator), EDGES, None


def encoder(kind: str, **settings):
    torch.manual_seed(0)
    model = {"molecule": MoleculeGIN, "protein": ProteinGIN, "social": lambda *a, **k: SocialGCN(4, *a, **k)}[kind]
    return model(5, 3, **settings).double().eval()


def naive_molecule(model: MoleculeGIN, x: Tensor, edges: Tensor, attr: Tensor) -> Tensor:
    z = [model.x_embedding1.weight[a] + model.x_embedding2.weight[c] for a, c in x.tolist()]
    for number, (layer, norm) in enumerate(zip(model.gnns, model.batch_norms, strict=True)):
        type_, way = layer.edge_embedding1.weight, layer.edge_embedding2.weight
        sums = [row + type_[4] + way[0] for row in z]
        for (u, v), (t, d) in zip(edges.T.tolist(), attr.tolist(), strict=True):
            sums[v] = sums[v] + z[u] + type_[t] + way[d]
        rows = norm(layer.mlp(torch.stack(sums)))
        z = list(rows if number == len(model.gnns) - 1 else F.relu(rows))
    return torch.stack(z)


def naive_protein(model: ProteinGIN, x: Tensor, edges: Tensor, attr: Tensor) -> Tensor:
    z = [model.gnns[0].input_node_embeddings.weight[a] for [a] in x.tolist()]
    for number, layer in enumerate(model.gnns):
        own = layer.edge_encoder(F.one_hot(torch.tensor(7), 9).double())
        sums = [torch.cat([row, own]) for row in z]
        for (u, v), marks in zip(edges.T.tolist(), attr.double(), strict=True):
            sums[v] = sums[v] + torch.cat([z[u], layer.edge_encoder(marks)])
        rows = layer.mlp(torch.stack(sums))
        z = list(rows if number == len(model.gnns) - 1 else F.relu(rows))
    return torch.stack(z)


def naive_social(model: SocialGCN, x: Tensor, edges: Tensor, attr: None) -> Tensor:
    z = [model.x_embedding.weight[a] for [a] in x.tolist()]
    degree = [1 + edges[0].tolist().count(v) for v in range(len(x))]
    for number, (layer, norm) in enumerate(zip(model.gnns, model.batch_norms, strict=True)):
        mapped = [layer.linear(row) for row in z]
        sums = [row / d for row, d in zip(mapped, degree, strict=True)]
        for u, v in edges.T.tolist():
            sums[v] = sums[v] + mapped[u] / (degree[u] * degree[v]) ** 0.5
        rows = norm(torch.stack(sums))
        z = list(rows if number == len(model.gnns) - 1 else F.relu(rows))
    return torch.stack(z)


NAIVE = {"molecule": naive_molecule, "protein": naive_protein, "social": naive_social}
every = pytest.mark.parametrize("kind", NAIVE)


@every
@pytest.mark.parametrize("training", [False, True])
def test_a_loop_over_edges_agrees(kind, training):
    model = encoder(kind).train(training)
    torch.testing.assert_close(model(*inputs(kind)), NAIVE[kind](model, *inputs(kind)))


@every
def test_permutation_equivariance_and_edge_order(kind):
    model, (x, edges, attr) = encoder(kind), inputs(kind)
    order = torch.randperm(NODES)
    place = torch.argsort(order)
    shuffle = torch.randperm(edges.size(1))
    moved = model(x[order], place[edges][:, shuffle], None if attr is None else attr[shuffle])
    torch.testing.assert_close(moved, model(x, edges, attr)[order])


@every
@pytest.mark.parametrize("jump", ["last", "concat", "max", "sum"])
def test_jumping_knowledge_of_encoders(kind, jump):
    model = encoder(kind, jump=jump)
    out = model(*inputs(kind))
    assert out.shape == (NODES, model.out_channels)
    if jump == "concat":
        torch.testing.assert_close(out[:, -5:], encoder(kind)(*inputs(kind)))


@every
def test_no_edges_dropout_and_gradients(kind):
    x, edges, attr = inputs(kind)
    model = encoder(kind, dropout=0.5)
    alone = model(x[:1], edges[:, :0], None if attr is None else attr[:0])
    assert torch.isfinite(alone).all()
    dropped = model.train()(x, edges, attr)
    assert 0 < int((dropped == 0).sum()) < dropped.numel()
    dropped.sum().backward()
    used = [p.grad for name, p in model.named_parameters() if "embedding" not in name]
    assert all(grad is not None and torch.isfinite(grad).all() for grad in used)


@every
def test_one_node_alone_in_training(kind):
    x, edges, attr = inputs(kind)
    model = encoder(kind).train()
    before = {name: value.clone() for name, value in model.named_buffers()}
    alone = model(x[:1], edges[:, :0], None if attr is None else attr[:0])
    assert torch.equal(alone, model.eval()(x[:1], edges[:, :0], None if attr is None else attr[:0]))
    assert all(torch.equal(before[name], value) for name, value in model.named_buffers())


def test_jumping_knowledge():
    layers = [torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])]
    expected = {"last": [4, 2], "concat": [1, 5, 4, 2], "max": [4, 5], "sum": [5, 7]}
    for jump, row in expected.items():
        assert join_layers(layers, jump).tolist() == [row]


def test_sums_over_neighbours():
    z = torch.eye(NODES)
    dense = torch.zeros(NODES, NODES)
    dense[EDGES[1], EDGES[0]] = 1
    assert torch.equal(sum_lists(z, neighbour_lists(EDGES, NODES)), dense)


def test_counts_of_bonds():
    attr = torch.tensor([[0, 0], [0, 2], [1, 0], [1, 0], [3, 1], [3, 0]])
    counts = count_bonds(EDGES, attr, NODES)
    assert counts[2].tolist() == [0, 1, 0, 1, 1, 0, 2, 1, 0]
    assert counts[5].tolist() == [0, 0, 0, 0, 1, 0, 1, 0, 0]


def test_readouts_agree_with_a_loop():
    z = torch.randn(7, 3, dtype=torch.float64)
    batch = torch.tensor([0, 2, 0, 2, 2, 0, 4])
    total, mean, largest = (f(z, batch, 5) for f in (sum_nodes, mean_nodes, max_nodes))
    for graph in range(5):
        rows = z[batch == graph]
        empty = len(rows) == 0
        torch.testing.assert_close(total[graph], rows.sum(0))
        torch.testing.assert_close(mean[graph], rows.sum(0) if empty else rows.mean(0))
        torch.testing.assert_close(largest[graph], rows.sum(0) if empty else rows.amax(0))
    centre = torch.tensor([2, 0, 1])
    both = mean_and_centre(z, torch.tensor([0, 1, 2, 0, 1, 2, 0]), centre)
    torch.testing.assert_close(both[:, 3:], z[centre])
    assert mean_nodes(z.bfloat16(), batch, 5).dtype == torch.float32


def test_published_weights_load_by_their_names():
    """The parameter names of pretrain-gnns, written out, so that a renaming fails."""
    names = set(MoleculeGIN(4, 1).state_dict())
    statistics = {f"batch_norms.0.{name}" for name in ("running_mean", "running_var", "num_batches_tracked")}
    assert names == statistics | {
        "x_embedding1.weight",
        "x_embedding2.weight",
        "gnns.0.mlp.0.weight",
        "gnns.0.mlp.0.bias",
        "gnns.0.mlp.2.weight",
        "gnns.0.mlp.2.bias",
        "gnns.0.edge_embedding1.weight",
        "gnns.0.edge_embedding2.weight",
        "batch_norms.0.weight",
        "batch_norms.0.bias",
    }
