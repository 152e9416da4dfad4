"""Companions: further nodes that a loss asks for, known by role, sampled around as the seeds are."""

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.training import Method, NodeBatches, Stage, adam, train
from tests.training.recorder import CPU

N = 24
EDGES = torch.randint(N, (2, 72), generator=torch.Generator().manual_seed(0))


def graph() -> Data:
    return Data(x=torch.arange(float(N))[:, None], edge_index=EDGES)


def stage(batch_size: int | None = 5, fanouts: tuple[int, ...] = (-1,), **options) -> Stage:
    return Stage("one", 2, adam(0.1), batch_size=batch_size, fanouts=fanouts, **options)


def roles(seeds: Tensor, index: int) -> dict[str, Tensor]:
    """Two positives for each seed, duplicates and seeds among them, and negatives that all seeds share."""
    return {
        "positives": torch.stack([(seeds + 1) % N, seeds], dim=1),
        "negatives": torch.tensor([3, 3, index % N, 7, N - 1]),
        "none": seeds.new_empty(0),
    }


def epoch(batches: NodeBatches, one: Stage, companions=roles) -> list[Data]:
    return list(batches.epoch(one, torch.Generator().manual_seed(1), companions))


@pytest.mark.parametrize("fanouts", [(), (-1,), (2,), (2, 2)], ids=str)
def test_roles_lead_to_their_nodes(fanouts):
    for index, batch in enumerate(epoch(NodeBatches(graph()), stage(fanouts=fanouts))):
        seeds = batch.n_id[: batch.seeds]
        assert len(batch.n_id.unique()) == len(batch.n_id), "each node has one row"
        for role, nodes in roles(seeds, index).items():
            assert batch.roles[role].shape == nodes.shape
            assert torch.equal(batch.n_id[batch.roles[role]], nodes)
            assert torch.equal(batch.x[batch.roles[role]][..., 0], nodes.float())
            assert (batch.roles[role] < batch.asked).all(), "companions come before neighbours"
        asked = torch.cat([seeds, *(nodes.flatten() for nodes in roles(seeds, index).values())]).unique()
        assert batch.asked == len(asked)
        assert torch.equal(batch.n_id[: batch.asked].sort().values, asked)


def test_roles_on_the_full_graph_are_the_nodes_themselves():
    [batch] = epoch(NodeBatches(graph()), stage(None))
    for role, nodes in roles(torch.arange(N), 0).items():
        assert torch.equal(batch.roles[role], nodes)
    [again] = NodeBatches(graph()).epoch(stage(None), torch.Generator())
    assert again.roles == {}


def test_the_neighbourhoods_of_companions_are_complete_as_those_of_seeds():
    degree = torch.bincount(EDGES[1], minlength=N)
    for batch in epoch(NodeBatches(graph()), stage(fanouts=(-1,))):
        kept = torch.bincount(batch.edge_index[1], minlength=len(batch.n_id))
        assert torch.equal(kept[: batch.asked], degree[batch.n_id[: batch.asked]])
        assert (kept[batch.asked :] == 0).all()


def test_companions_get_as_many_sampled_neighbours_as_seeds():
    degree = torch.bincount(EDGES[1], minlength=N)
    for batch in epoch(NodeBatches(graph()), stage(fanouts=(2,))):
        kept = torch.bincount(batch.edge_index[1], minlength=len(batch.n_id))
        assert torch.equal(kept[: batch.asked], degree[batch.n_id[: batch.asked]].clamp(max=2))


def test_companions_do_not_change_the_order_of_the_seeds():
    plain = list(NodeBatches(graph()).epoch(stage(), torch.Generator().manual_seed(1)))
    for with_roles, without in zip(epoch(NodeBatches(graph()), stage()), plain, strict=True):
        assert torch.equal(with_roles.n_id[: with_roles.seeds], without.n_id[: without.seeds])


class Asking(Method):
    """Draws negatives for its seeds, and notes by whose hands."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.asked, self.steps, self.draws = [], [], []

    def companions(self, seeds, step):
        drawn = torch.randint(N, (4,), generator=step.generator)
        self.asked.append((step, seeds, drawn))
        return {"negatives": drawn}

    def forward(self, batch, step):
        [(seeds, drawn)] = [(seeds, drawn) for asked, seeds, drawn in self.asked if asked is step]
        # the same step, whose generator goes on, while the next one may have been asked for already
        assert torch.equal(batch.n_id[: batch.seeds], seeds)
        assert torch.equal(batch.n_id[batch.roles["negatives"]], drawn)
        self.draws.append(torch.randint(2**62, (), generator=step.generator).item())
        self.steps.append((step.epoch, step.index))
        return {"loss": self.weight.square().sum()}

    def embed(self, batch):
        return batch.x[: batch.seeds]


@pytest.mark.parametrize("batch_size", [5, None])
def test_the_method_is_asked_in_the_step_that_uses_the_answer(batch_size):
    method = Asking()
    train(method, NodeBatches(graph()), [stage(batch_size)], CPU)
    steps = 5 if batch_size else 1
    assert method.steps == [(epoch, index) for epoch in range(2) for index in range(steps)]
    assert len(method.asked) == 2 * steps
    for (step, _, drawn), draw in zip(method.asked, method.draws, strict=True):
        fresh = CPU.generator("step", "one", step.epoch, step.index)
        assert torch.equal(torch.randint(N, (4,), generator=fresh), drawn)
        assert torch.randint(2**62, (), generator=fresh).item() == draw
    assert len({tuple(drawn.tolist()) for _, _, drawn in method.asked}) > 1
