"""Encoders on samples: with all neighbours the rows of the full graph, with some of them sums without bias."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import GNN
from graphcl.encoders.convolution import aggregator
from graphcl.methods.bases.gnn import EncoderModule
from graphcl.training import NodeBatches, Stage, adam, embed_all
from tests.training.recorder import CPU

N, E = 40, 160
KINDS = ["gcn", "sage", "gat", "gin"]
CASES = [(kind, weighted) for kind in KINDS for weighted in (False, True) if not (kind == "gat" and weighted)]


def graph(weighted: bool = False) -> Data:
    """Self loops, some of them twice, repeated edges, nodes without in-edges, and nodes without any edge."""
    draw = torch.Generator().manual_seed(0)
    edges = torch.randint(N - 8, (2, E), generator=draw)
    edges[1] = edges[1].clamp(max=N - 13)  # N - 12 to N - 9 have out-edges alone
    loops = torch.tensor([[0, 1, 1, 2], [0, 1, 1, 2]])
    edge_index = torch.cat([edges, loops, edges[:, :20]], dim=1)
    data = Data(x=torch.randn(N, 6, generator=draw), edge_index=edge_index)
    if weighted:
        data.edge_weight = torch.rand(edge_index.size(1), generator=draw)
        data.edge_weight[:3] = 0.0
    return data


def method(kind: str, num_layers: int = 2, **options) -> EncoderModule:
    torch.manual_seed(0)
    encoder = GNN(6, 8, 4, num_layers, kind=kind, activation="prelu", activate_last=True, **options)
    return EncoderModule(encoder).eval()


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}{'-weighted' * case[1]}")
def case(request) -> tuple[EncoderModule, Data]:
    kind, weighted = request.param
    return method(kind), graph(weighted)


def close(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-6)


@torch.no_grad()
def test_a_sample_with_all_neighbours_has_the_rows_of_the_full_graph(case):
    module, data = case
    expected = module.embed(NodeBatches(data).whole)
    batches = NodeBatches(data)
    for size in (1, 7, 39):
        stage = Stage("one", 1, adam(0.1), batch_size=size, fanouts=(-1, -1))
        for batch in batches.epoch(stage, torch.Generator().manual_seed(size)):
            close(module.embed(batch), expected[batch.n_id[: batch.seeds]])


@torch.no_grad()
def test_companions_have_the_rows_of_the_full_graph(case):
    module, data = case
    expected = module.embed(NodeBatches(data).whole)
    nodes = torch.tensor([[0, 39], [1, 5]])
    batch = NodeBatches(data).sample(torch.tensor([5, 6]), (-1, -1), roles={"others": nodes})
    close(module.rows(batch)[batch.roles["others"]], expected[nodes])


def test_inference_in_blocks_by_hops_and_layer_by_layer(case):
    module, data = case
    expected = embed_all(module, NodeBatches(data), CPU)
    for block in (1, 7, 64):
        batches = NodeBatches(data, hops=2, block=block)
        assert module.layers is not None
        close(embed_all(module, batches, CPU), expected)
        close(embed_all(module, batches, CPU, module.embed), expected)


def test_layer_by_layer_each_neighbourhood_is_read_once_a_layer(monkeypatch):
    hops = []
    sample = NodeBatches.sample

    def noted(self, seeds, fanouts, *args, **options):
        hops.append((len(seeds), len(fanouts)))
        return sample(self, seeds, fanouts, *args, **options)

    monkeypatch.setattr(NodeBatches, "sample", noted)
    embed_all(method("gcn", num_layers=3), NodeBatches(graph(), hops=3, block=25), CPU)
    assert hops == [(25, 1), (15, 1)] * 3


@pytest.mark.parametrize("options", [{"norm": "batch"}, {"norm": "layer", "residual": True}], ids=str)
def test_layers_with_norms_and_residuals(options):
    module = method("gcn", num_layers=3, **options)
    with torch.no_grad():
        module.encoder.train()(graph().x * 3, graph().edge_index)  # moves the running means
    module.eval()
    batches = NodeBatches(graph(), hops=3, block=11)
    expected = embed_all(module, NodeBatches(graph()), CPU)
    torch.testing.assert_close(embed_all(module, batches, CPU), expected, atol=5e-6, rtol=1e-5)


@torch.no_grad()
def test_without_degrees_of_the_whole_graph_gcn_differs():
    """What the degrees are for: the neighbours' own degrees are not those of the sample."""
    module, data = method("gcn"), graph()
    expected = module.embed(NodeBatches(data).whole)
    batch = NodeBatches(data).sample(torch.arange(5), (-1, -1))
    del batch.degree, batch.added_loop
    assert (module.embed(batch) - expected[:5]).abs().max() > 1e-2


def matrix(kind: str, batch: Data) -> Tensor:
    """The dense matrix by which a layer gathers on a sample."""
    size, weight = len(batch.n_id), batch.get("edge_weight")
    degrees = {"degree": batch.degree, "added_loop": batch.added_loop}
    return aggregator(kind, batch.edge_index, size, weight, **degrees, dtype=torch.float64).to_dense()


def draws(data: Data, fanout: int, count: int) -> Iterator[Data]:
    batches, generator = NodeBatches(data), torch.Generator().manual_seed(0)
    for _ in range(count):
        yield batches.sample(torch.arange(6), (fanout,), generator)


@pytest.mark.parametrize("kind", ["gcn", "sage", "gin"])
def test_rows_over_sampled_neighbours_have_the_mean_of_the_full_graph(kind):
    """Rows of M x over many draws of two in-neighbours of each seed, within 4.5 standard errors."""
    data = graph()
    data.x = data.x.double()
    expected = (aggregator(kind, data.edge_index, N, dtype=torch.float64).to_dense() @ data.x)[:6]
    rows = torch.stack([(matrix(kind, batch) @ batch.x)[:6] for batch in draws(data, 2, 1500)])
    error = rows.std(0) / len(rows) ** 0.5
    assert (error > 1e-3).any(1).sum() >= 4, "seeds with more neighbours than two vary"
    assert ((rows.mean(0) - expected).abs() < 4.5 * error + 1e-9).all()


def test_the_weights_of_sampled_in_edges_add_up_to_the_whole_in_degree():
    data = graph(weighted=True)
    degree = torch.zeros(N).index_add(0, data.edge_index[1], data.edge_weight)[:6]
    for batch in draws(data, 2, 20):
        torch.testing.assert_close(matrix("gin", batch).sum(1)[:6].float(), degree)
        has_edges = (degree > 0).double()
        torch.testing.assert_close(matrix("sage", batch).sum(1)[:6], has_edges)


def test_repeated_self_loops_of_the_full_graph_add_up():
    """As all repeated edges do; PyG's gcn_norm keeps one of them."""
    once = torch.tensor([[0, 1, 0], [1, 0, 0]])
    twice = torch.cat([once, once[:, 2:]], dim=1)
    weighted = aggregator("gcn", once, 3, torch.tensor([1.0, 1.0, 2.0]))
    torch.testing.assert_close(aggregator("gcn", twice, 3).to_dense(), weighted.to_dense())
