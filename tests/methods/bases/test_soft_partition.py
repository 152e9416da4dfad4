"""The soft-partition module: any encoder with any head, and samples against the whole graph."""

from functools import partial

import pytest
import torch
from torch_geometric.data import Data

from graphcl import DMoN, MinCut
from graphcl.encoders import GNN
from graphcl.heads import AssignmentHead, CommunityHead, SoftmaxHead, StudentHead
from graphcl.methods.bases.running_sums import RunningSums
from graphcl.methods.bases.soft_partition import LINKED, SoftPartition
from graphcl.objectives import soft_modularity
from graphcl.objectives.partition_quality import PartitionSums, flow_shares, partition_sums
from graphcl.objectives.partition_quality.modularity import collapse_of, modularity_of
from graphcl.training import NodeBatches, Runtime, Stage, Step, adam, train
from tests.easy import planted, unlabelled

HEADS = {
    "softmax": lambda: SoftmaxHead(3, 8),
    "student": lambda: StudentHead(3, 8),
    "community": lambda: CommunityHead(3, 8, temperature=0.5),
}


def losses(sums, shares):
    return {"modularity": -modularity_of(sums), "collapse": collapse_of(sums.sizes)}


def graph() -> Data:
    return unlabelled(planted())


@pytest.mark.parametrize("name", HEADS)
def test_every_head_trains_with_an_encoder(name):
    """To most of what the planted blocks have."""
    data = graph()
    torch.manual_seed(0)
    head = HEADS[name]()
    assert isinstance(head, AssignmentHead)
    assert head.n_clusters == 3
    module = SoftPartition(GNN(32, 16, 8, 2), head, losses)
    batches = NodeBatches(module.prepare(data))
    history = train(module, batches, [Stage("partition", 60, adam(2e-2))], Runtime.launch("cpu")).history
    assert history[-1]["modularity"] < -0.3 < history[0]["modularity"]
    assign = head.assign(module.embed(batches.whole))
    torch.testing.assert_close(assign.sum(1), torch.ones(150))
    assert -history[-1]["modularity"] == pytest.approx(soft_modularity(assign, data.edge_index).item(), abs=0.05)


def estimates(repetitions: int = 400, batch_size: int = 30, links=flow_shares) -> tuple[PartitionSums, list]:
    """The sums of the whole graph, and those of many samples with all neighbours, all with one encoder."""
    data = graph()
    data.edge_weight = 0.2 + (data.edge_index.sum(0) % 7).float()
    torch.manual_seed(0)
    module = SoftPartition(
        GNN(32, 16, 8, 1), SoftmaxHead(3, 8), losses, links=links, gram=True, sampled=True
    ).double()
    data.x, data.edge_weight = data.x.to_dense().double(), data.edge_weight.double()
    batches = NodeBatches(module.prepare(data))
    exact = partition_sums(module.head.assign(module.rows(batches.whole)), module.shares, gram=True)
    stage = Stage("sampled", 1, adam(0.0), batch_size=batch_size, fanouts=(-1,))
    found = []
    for number in range(repetitions // (150 // batch_size)):
        draws = torch.Generator().manual_seed(number)
        companions = partial(lambda seeds, index, draws: module.companions(seeds, _step(draws)), draws=draws)
        found += [
            module._estimated(module.head.assign(module.rows(batch)[: batch.asked]), batch)
            for batch in batches.epoch(stage, torch.Generator().manual_seed(number), companions)
        ]
    return exact, found


def _step(generator: torch.Generator) -> Step:
    return Step("sampled", 0, 0, generator)


@torch.no_grad()
def test_every_sum_is_estimated_without_bias():
    """Also on directed weights; an estimate's mean is within four standard errors of the sum."""
    exact, found = estimates()
    for name, value in exact._asdict().items():
        samples = torch.stack([getattr(one, name) for one in found])
        error = samples.std(0) / len(samples) ** 0.5
        assert ((samples.mean(0) - value).abs() <= 4 * error + 1e-12).all(), name
        assert samples.std(0).max() > 0, name


@torch.no_grad()
def test_running_sums_come_nearer_to_the_loss_of_the_whole_graph_than_batches():
    exact, found = estimates(200, 10)
    known = collapse_of(exact.sizes)
    alone = torch.stack([collapse_of(one.sizes) for one in found]).mean()
    running = RunningSums(3, gram=True, momentum=0.02).double()
    averaged = torch.stack([collapse_of(running(one).sizes) for one in found])[50:].mean()
    assert alone > known  # biased upwards by the variance of the sample
    assert (averaged - known).abs() < (alone - known) / 4


def test_running_sums_pass_the_gradient_on_as_it_is():
    sizes = torch.tensor([0.25, 0.75], requires_grad=True)
    running = RunningSums(2)
    ones = PartitionSums(
        torch.ones(2), torch.ones(2), torch.ones(2), torch.ones(()), torch.tensor([0.75, 0.25]), None
    )
    assert running(ones).gram is None
    value = running(ones._replace(sizes=sizes)).sizes
    torch.testing.assert_close(value, torch.tensor([0.5, 0.5]))
    value.square().sum().backward()
    torch.testing.assert_close(sizes.grad, torch.tensor([1.0, 1.0]))  # 2 x, at the average


def test_a_batch_of_all_nodes_is_the_whole_graph():
    whole, batch = (
        DMoN(n_clusters=3, epochs=3, batch_size=size, seed=0).fit(planted()).embedding_ for size in (None, 150)
    )
    assert torch.equal(whole, batch)


def test_parts_of_the_graph_as_batches():
    model = MinCut(n_clusters=3, out_channels=16, epochs=20, lr=2e-2, batch_size=50, batches="clusters", seed=0)
    assert {"cut", "orthogonality"} <= set(model.fit(planted()).history_[-1])
    assert torch.isfinite(model.embedding_).all()


def test_companions_are_linked_to_their_seeds():
    data = graph()
    module = SoftPartition(GNN(32, 16, 8, 1), SoftmaxHead(3, 8), losses, sampled=True)
    module.prepare(data)
    seeds = torch.arange(20)
    linked = module.companions(seeds, _step(torch.Generator().manual_seed(0)))[LINKED]
    pairs = set(map(tuple, data.edge_index.T.tolist()))
    assert all(pair in pairs for pair in zip(seeds.tolist(), linked.tolist(), strict=True))
    assert module.companions(torch.arange(150), _step(torch.Generator())) == {}
