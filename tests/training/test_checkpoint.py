"""A training that is interrupted anywhere ends with the same bits as one that is not."""

import pytest
import torch
from torch import nn

from graphcl import SCGC
from graphcl.datasets import load
from graphcl.ops.files.tensor_files import write_tensors
from graphcl.training import Checkpoint, Interrupted, Method, NodeBatches, Runtime, Stage, adam, train
from tests.test_every_method import CASES, data_for
from tests.training.recorder import data

TRAINED = ["scgc", "scgc-star", "tiny-prototypes/rows", "tiny-neighbours/sampled", "tiny-candidates"]


class StopAt(Checkpoint):
    """Asks for a stop after so many steps."""

    steps = 0

    def due(self):
        self.steps -= 1
        self.stop = self.steps == 0
        return self.stop


def stop_at(path, steps: int) -> StopAt:
    checkpoint = StopAt(path)
    checkpoint.steps = steps
    return checkpoint


@pytest.mark.parametrize("name", TRAINED)
def test_resumed_training_is_bit_identical(name, tmp_path):
    case, path = CASES[name], tmp_path / "state"
    graph = data_for(case)
    whole = case.make(0).fit(graph)
    for steps in (1, 7, 13, 23):  # in the middle of epochs and of both stages
        path.unlink(missing_ok=True)
        for more in (steps, 5):  # interrupted twice
            with pytest.raises(Interrupted):
                case.make(0).fit(graph, checkpoint=stop_at(path, more))
        resumed = case.make(0).fit(graph, checkpoint=Checkpoint(path))
        assert torch.equal(resumed.embedding_, whole.embedding_)
        assert resumed.history_ == whole.history_
        if case.clusters:
            assert torch.equal(resumed.labels_, whole.labels_)
        names = [stage["name"] for stage in whole.stages_]
        assert [stage["name"] for stage in resumed.stages_] == names


class Dropout(Method):
    """Draws from the global generator, as layers do."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Sequential(nn.Linear(1, 4), nn.Dropout(0.5), nn.Linear(4, 1))

    def forward(self, batch, step):
        return {"a": self.layer(batch.x).square().mean()}

    def embed(self, batch):
        return self.layer(batch.x)


def test_global_draws_go_on_where_they_stopped(tmp_path):
    def run(checkpoint=None):
        torch.manual_seed(0)
        module = Dropout()
        runtime = Runtime(torch.device("cpu"))
        stage = Stage("one", 4, adam(0.1), batch_size=2)
        train(module, NodeBatches(data(9)), [stage], runtime, checkpoint=checkpoint)
        return torch.cat([p.flatten() for p in module.parameters()])

    with pytest.raises(Interrupted):
        run(stop_at(tmp_path / "state", 8))
    assert torch.equal(run(Checkpoint(tmp_path / "state")), run())


def test_state_is_written_every_so_often_and_removed_on_request(tmp_path):
    path = tmp_path / "state"
    graph = load("karate").graph
    model = SCGC(n_clusters=2, hidden_channels=(4,), epochs=2, pretrain_epochs=1)
    model.fit(graph, checkpoint=Checkpoint(path))
    assert not path.exists()  # a minute has not passed
    checkpoint = Checkpoint(path, every=0)
    model.fit(graph, checkpoint=checkpoint)
    assert path.exists()
    (tmp_path / "state.0123.part").write_bytes(b"left by a writer that was killed")
    (tmp_path / "other.part").write_bytes(b"not ours")
    checkpoint.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["other.part"]


def test_a_state_is_not_taken_for_another(tmp_path):
    path = tmp_path / "state"
    graph = load("karate").graph
    small = {"n_clusters": 2, "hidden_channels": (4,), "pretrain_epochs": 1}
    SCGC(epochs=2, **small).fit(graph, checkpoint=Checkpoint(path, every=0))
    with pytest.raises(
        ValueError, match=r"differs in params: it was trained with epochs=2, got epochs=3; use the"
    ):
        SCGC(epochs=3, **small).fit(graph, checkpoint=Checkpoint(path))
    graph.x = graph.x + 1
    with pytest.raises(ValueError, match="differs in data; use the same settings and data"):
        SCGC(epochs=2, **small).fit(graph, checkpoint=Checkpoint(path))
    write_tensors(path, {"something": "else"})
    with pytest.raises(ValueError, match="holds no interrupted training; name another file, or remove the file"):
        SCGC(epochs=2, **small).fit(graph, checkpoint=Checkpoint(path))
