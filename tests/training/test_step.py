"""What a step knows, and the generators that it hands out."""

import torch

from graphcl.training import Batches, Runtime, Stage, adam, train
from tests.training.recorder import CPU, Recorder, batches, data


class Noting(Recorder):
    def __init__(self):
        super().__init__()
        self.steps, self.started, self.own, self.shared = [], [], [], []

    def start(self, step, embed_all):
        super().start(step, embed_all)
        self.started.append((step.stage, step.epoch, step.index))
        self.own.append(torch.rand(1, generator=step.generator).item())
        self.shared.append(torch.rand(1, generator=step.shared_generator).item())

    def forward(self, batch, step):
        self.steps.append(step)
        self.own.append(torch.rand(1, generator=step.generator).item())
        self.shared.append(torch.rand(1, generator=step.shared_generator).item())
        return {"a": (self.first - 1).square().sum()}


STAGES = [Stage("one", 3, adam(0.1), batch_size=2), Stage("two", 1, adam(0.1))]


def test_steps_know_where_they_are():
    method = Noting()
    train(method, batches(), STAGES, CPU)
    one = [step for step in method.steps if step.stage == "one"]
    assert [(step.epoch, step.index) for step in one] == [(e, i) for e in range(3) for i in range(3)]
    assert [step.done for step in one] == list(range(9))
    assert {(step.epochs, step.steps_in_epoch, step.total_steps, step.rank, step.world) for step in one} == {
        (3, 3, 9, 0, 1)
    }
    [two] = [step for step in method.steps if step.stage == "two"]
    assert (two.done, two.total_steps) == (0, 1)
    assert method.started == [("one", 0, 0), ("two", 0, 0)]


def test_draws_are_fresh_in_every_step_and_repeat_with_the_seed():
    first, again, other = Noting(), Noting(), Noting()
    for method, seed in ((first, 0), (again, 0), (other, 1)):
        train(method, batches(), STAGES, Runtime(torch.device("cpu"), seed=seed))
    assert (first.own, first.shared) == (again.own, again.shared)
    draws = [*first.own, *first.shared]
    assert len(set(draws)) == len(draws) == 2 * 12, "of start and of steps, own and shared"
    assert not set(draws) & {*other.own, *other.shared}


class OwnBatches:
    """Derives from nothing: gives the graph twice in each epoch, and asks for companions by itself."""

    def __init__(self):
        self.graph, self.asked = data(), []

    def _batch(self):
        batch = self.graph.clone()
        batch.n_id, batch.seeds, batch.roles = torch.arange(5), 5, {}
        return batch

    def steps(self, stage):
        return 2

    def epoch(self, stage, generator, companions):
        for index in range(2):
            batch = self._batch()
            batch.roles = companions(batch.n_id, index)
            self.asked.append((torch.randint(2**62, (), generator=generator).item(), batch.roles))
            yield batch

    def sweep(self):
        yield self._batch()


def test_batches_of_ones_own():
    class Asking(Noting):
        def companions(self, seeds, step):
            return {"next": (seeds + 1 + step.done) % 5}

    own, method = OwnBatches(), Asking()
    assert isinstance(own, Batches)
    assert not isinstance(object(), Batches)
    result = train(method, own, [STAGES[0]], CPU)
    assert [(step.done, step.total_steps) for step in method.steps] == [(done, 6) for done in range(6)]
    assert [roles["next"][0].item() for _, roles in own.asked] == [(1 + done) % 5 for done in range(6)]
    assert len({draw for draw, _ in own.asked}) == 6
    assert len(result.history) == 3
    assert method.first.item() > 0
    assert ("start", "one", 5, True) in method.calls, "embed_all takes the sweep"
