"""ContextPred: cut-outs are those of networkx, the loss is that of a loop over graphs, contexts are learned."""

import math

import networkx as nx
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_networkx

from graphcl import ContextPred
from graphcl.augment import draw_centres
from graphcl.datasets import GraphCollection
from graphcl.methods.pretrainers.context_pred import ContextPredModule, cut_contexts
from graphcl.training import Step
from tests.augment.candidates import random_batch, random_graph
from tests.easy import many

SMALL = {"channels": 8, "radius": 2, "context_size": 2, "batch_size": 20, "device": "cpu"}
ATOM = Data(x=torch.zeros(1, 2).long(), edge_index=torch.zeros(2, 0).long(), edge_attr=torch.zeros(0, 2).long())


def chain(n: int, element: int = 5) -> Data:
    """A path of one element."""
    path = torch.stack([torch.arange(n - 1), torch.arange(1, n)])
    x = torch.stack([torch.full((n,), element), torch.zeros(n, dtype=torch.long)], dim=1)
    both = torch.cat([path, path.flip(0)], dim=1)
    return Data(x=x, edge_index=both, edge_attr=torch.zeros(2 * n - 2, 2, dtype=torch.long))


def step(seed: int = 0) -> Step:
    return Step("pretrain", 0, 0, torch.Generator().manual_seed(seed))


def built(**settings) -> ContextPredModule:
    torch.manual_seed(0)
    method = ContextPred(**{**SMALL, **settings})
    method.categories_ = None
    return method._build(Data())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("radius", "size"), [(1, 1), (2, 2), (3, 1)])
def test_cut_outs_are_those_of_networkx(seed, radius, size):
    batch = random_batch(seed, largest=16, share=0.2)
    roots = draw_centres(batch.ptr, generator=torch.Generator().manual_seed(seed))
    whole = to_networkx(Data(edge_index=batch.edge_index, num_nodes=len(batch.x)), to_undirected=True)
    cut = cut_contexts(batch, roots, radius, size)
    inner, around, both, present = set(), set(), set(), []
    for root in roots.tolist():
        length = nx.single_source_shortest_path_length(whole, root)
        near = {node for node, hops in length.items() if hops <= radius}
        ring = {node for node, hops in length.items() if radius <= hops < radius + size}
        inner, around, both = inner | near, around | ring, both | (near & ring)
        present.append(bool(ring))
    found = [set(part.nonzero().flatten().tolist()) for part in cut[:3]]
    assert found == [inner, around, both]
    assert cut.present.tolist() == present


def test_the_loss_is_that_of_a_loop_over_graphs_with_a_context():
    module = built(negatives=2).double().eval()
    batch = random_batch(3, graphs=9, largest=14, share=0.2)
    roots = draw_centres(batch.ptr, generator=step().generator)
    values = module(batch, step())
    u, c = [], []
    for graph, root in enumerate(roots.tolist()):
        inside = batch.batch == graph
        own = Data(x=batch.x, edge_index=batch.edge_index, edge_attr=batch.edge_attr).subgraph(inside)
        start = root - int(batch.ptr[graph])
        length = nx.single_source_shortest_path_length(to_networkx(own, to_undirected=True), start)
        near, ring = (
            torch.tensor(sorted(node for node, hops in length.items() if low <= hops <= high))
            for low, high in ((0, 2), (2, 3))
        )
        if not len(ring):
            continue
        cuts = [own.subgraph(nodes.long()) for nodes in (near, ring)]
        rows, around = (
            part(data.x, data.edge_index, data.edge_attr) for part, data in zip(module.parts(), cuts, strict=True)
        )
        shared = [place for place, node in enumerate(ring.tolist()) if length[node] == 2]
        u.append(rows[near.tolist().index(start)])
        c.append(around[shared].mean(0))
    count = len(u)
    assert 3 <= count < 9
    score = [[(a @ b).item() for b in c] for a in u]
    own_loss = sum(math.log1p(math.exp(-score[i][i])) for i in range(count)) / count
    other = sum(math.log1p(math.exp(score[i][(i + s) % count])) for i in range(count) for s in (1, 2)) / count
    assert values["own_context"].item() == pytest.approx(own_loss, abs=1e-10)
    assert values["other_context"].item() == pytest.approx(other, abs=1e-10)
    assert values["contexts"].item() == pytest.approx(count / 9)
    assert not any(values[name].requires_grad for name in module.figures)


def test_contexts_are_learned():
    """Chains of six elements: a substructure's element is that of its context. By chance half of all is right."""
    graphs = [chain(6 + i % 5, element=5 + i % 6) for i in range(40)]
    model = ContextPred(**{**SMALL, "epochs": 20, "lr": 1e-2, "seed": 0}).fit(graphs)
    last = model.history_[-4:]
    assert last[-1]["loss"] == pytest.approx(last[-1]["own_context"] + last[-1]["other_context"])
    assert sum(row["loss"] for row in last) / 4 < 0.65 * model.history_[0]["loss"]
    assert sum(row["accuracy"] for row in last) / 4 > 0.65
    assert all(row["contexts"] == 1 for row in model.history_)


def test_a_step_without_two_contexts_has_no_loss_but_a_gradient():
    module = built().train()
    for graphs, share in (([ATOM, ATOM], 0.0), ([chain(2), chain(5)], 0.5), ([chain(9)], 1.0), ([ATOM], 0.0)):
        batch = GraphCollection.of(graphs).batch(range(len(graphs)))
        values = module.compare(batch, batch.ptr[:-1])
        loss = values["own_context"] + values["other_context"]
        assert loss.item() == 0
        assert values["contexts"] == share
        gradients = torch.autograd.grad(loss, list(module.parameters()))
        assert not any(gradient.any() for gradient in gradients)


def test_graphs_without_context_and_a_last_batch_of_one():
    graphs = [chain(9), ATOM, chain(7), chain(2), chain(8)]
    model = ContextPred(**{**SMALL, "batch_size": 2, "epochs": 3}).fit(graphs)
    assert torch.isfinite(model.embedding_).all()
    assert all(math.isfinite(row["loss"]) for row in model.history_)
    assert all(0 < row["contexts"] < 1 for row in model.history_)


def test_radius_and_layers():
    """Of molecules 5, 5 to 7 as published; or the number of layers, or what is given."""
    settings = {"channels": 4, "device": "cpu", "epochs": 0}
    for chosen, radius, layers in (({}, 5, 5), ({"num_layers": 3}, 3, 3), ({"num_layers": 3, "radius": 4}, 4, 3)):
        module = ContextPred(**settings, **chosen).fit([chain(3)]).module_
        assert (module.radius, module.context_size, module.negatives) == (radius, 3, 1)
        assert (len(module.encoder.gnns), len(module.context_encoder.gnns)) == (layers, 3)


def test_data_without_any_context_are_refused():
    for graphs, radius, domain in (
        ([chain(5), ATOM], 5, "molecule"),
        ([chain(3)] * 1100, 3, "molecule"),
        (many("social"), 7, "social"),
    ):
        wanted = (
            rf"some graph must have two nodes that are radius={radius} hops apart, or none has a context; got no"
        )
        with pytest.raises(ValueError, match=wanted):
            ContextPred(radius=radius, domain=domain, channels=4, epochs=1).fit(graphs)
    last = [ATOM] * 1100 + [chain(5)]
    assert len(ContextPred(radius=4, channels=4, epochs=0, device="cpu").fit(last).embedding_) == 1101
    method = ContextPred(radius=4, channels=4)
    method._infer(GraphCollection.of(last))
    draw = torch.Generator().manual_seed(0)
    dense = [random_graph(draw, 6, 1.0) for _ in range(3)]
    with pytest.raises(ValueError, match="choose a smaller radius"):
        ContextPred(radius=2, channels=4).fit(dense)
