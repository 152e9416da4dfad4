"""Shared stages: run once, with buffers as well as parameters, and never taken for others."""

import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR

from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.training import NodeBatches, Runtime, Stage, adam, train
from graphcl.training.stage_cache import StageCache, fingerprint
from graphcl.training.stage_run import StageRun
from tests.training.recorder import CPU, Recorder, data


class Part(nn.Module):
    """What is shared: a scalar, and a norm whose running mean is a buffer."""

    def __init__(self):
        super().__init__()
        self.scalar = nn.Parameter(torch.zeros(1))
        self.norm = nn.BatchNorm1d(1)


class Pretraining(Recorder):
    """Pulls the scalar of its part to 1, and then its second scalar to 2."""

    def __init__(self):
        super().__init__()
        del self.first
        self.part = Part()

    @property
    def first(self):
        return self.part.scalar

    def forward(self, batch, step):
        if step.stage == "one":
            self.part.norm(batch.x * (2 + step.done))
        return super().forward(batch, step)


def scalar(method):
    return [method.part.scalar]


def part(method):
    return method.part


def shared(lr: float = 0.1, epochs: int = 2, **options) -> Stage:
    return Stage("one", epochs, adam(lr, parameters=scalar), shared=part, **options)


SECOND = Stage("two", 3, adam(0.1, parameters=lambda method: [method.second]))


def run(folder, method, stages, runtime=CPU, graph=None):
    graph = data() if graph is None else graph
    cache = StageCache(folder, fingerprint(graph))
    return train(method, NodeBatches(graph), stages, runtime, cache=cache)


def test_a_shared_stage_is_run_once(tmp_path):
    first, second = Pretraining(), Pretraining()
    trained, reused = (run(tmp_path, method, [shared(), SECOND]) for method in (first, second))
    assert len(first.draws) == 5
    assert len(second.draws) == 3
    assert second.first.item() == first.first.item() != 0
    assert second.second.item() == first.second.item()
    assert reused.history == trained.history
    assert [stage["cached"] for stage in reused.stages] == [True, False]
    assert reused.stages[0]["wall_seconds"] == trained.stages[0]["wall_seconds"]


def test_buffers_of_the_shared_part_are_kept(tmp_path):
    first, second = Pretraining(), Pretraining()
    for method in (first, second):
        run(tmp_path, method, [shared()])
    assert not second.draws
    assert second.part.norm.running_mean.item() == first.part.norm.running_mean.item() != 0
    assert second.part.norm.num_batches_tracked.item() == 2


CHANGES = {
    "learning rate": {"stages": [shared(0.2)]},
    "epochs": {"stages": [shared(epochs=3)]},
    "batch size": {"stages": [shared(batch_size=3)]},
    "clip": {"stages": [shared(clip=1.0)]},
    "schedule": {"stages": [shared(schedule=CosineAnnealingLR)]},
    "seed": {"runtime": Runtime(torch.device("cpu"), seed=1)},
    "precision": {"runtime": Runtime(torch.device("cpu"), "bf16", seed=0)},
    "data": {"graph": data(6)},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.filterwarnings("ignore:precision='bf16' is slow on this")
def test_a_shared_stage_is_not_taken_for_another(tmp_path, change):
    run(tmp_path, Pretraining(), [shared()])
    result = run(tmp_path, Pretraining(), **{"stages": [shared()], **CHANGES[change]})
    assert not result.stages[0]["cached"]


@pytest.mark.parametrize("change", ["parameter", "buffer"])
def test_a_stage_that_starts_elsewhere_is_another(tmp_path, change):
    run(tmp_path, Pretraining(), [shared()])
    method = Pretraining()
    with torch.no_grad():
        {"parameter": method.part.scalar, "buffer": method.part.norm.running_mean}[change].add_(1)
    assert not run(tmp_path, method, [shared()]).stages[0]["cached"]


def test_schedules_of_one_class_are_told_apart(tmp_path):
    def cosine(lowest: float):
        return lambda optimizer, steps: CosineAnnealingLR(optimizer, steps, eta_min=lowest)

    run(tmp_path, Pretraining(), [shared(schedule=cosine(0.0))])
    assert run(tmp_path, Pretraining(), [shared(schedule=cosine(0.0))]).stages[0]["cached"]
    assert not run(tmp_path, Pretraining(), [shared(schedule=cosine(0.05))]).stages[0]["cached"]


def test_a_stage_that_shares_nothing_has_no_place_in_the_cache(tmp_path):
    under_way = StageRun(Recorder(), NodeBatches(data()), Stage("one", 1, adam(0.1)), CPU)
    with pytest.raises(ValueError, match=r"stage 'one' shares nothing; set Stage\.shared"):
        StageCache(tmp_path, "data").path(under_way)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda kept: kept["state"]["scalar"].fill_(torch.nan), "scalar is NaN or infinite"),
        (
            lambda kept: kept["state"].update(scalar=torch.ones(7)),
            r"scalar is float32 of \[7\], where .* is needed",
        ),
        (lambda kept: kept["state"].pop("scalar"), "it lacks scalar"),
        (lambda kept: kept.update(state=None), "it has no weights"),
        (lambda kept: kept.update(notes=None), "it has no history"),
        (lambda kept: kept["notes"]["history"][0].update(loss="low"), "row 1 of its history"),
    ],
)
def test_a_file_of_other_values_counts_as_none_and_changes_nothing(tmp_path, change, message):
    expected = Pretraining()
    run(tmp_path, expected, [shared()])
    [path] = tmp_path.iterdir()
    kept = read_tensors(path)
    change(kept)
    write_tensors(path, kept)
    method = Pretraining()
    with pytest.warns(UserWarning, match=f"{message}.*; the stage is trained again"):
        result = run(tmp_path, method, [shared()])
    assert not result.stages[0]["cached"]
    assert torch.equal(method.part.scalar, expected.part.scalar)
    assert run(tmp_path, Pretraining(), [shared()]).stages[0]["cached"]


def test_a_broken_file_counts_as_none(tmp_path):
    run(tmp_path, Pretraining(), [shared()])
    [kept] = tmp_path.iterdir()
    kept.write_bytes(b"broken")
    with pytest.warns(UserWarning, match="the stage is trained again"):
        result = run(tmp_path, Pretraining(), [shared()])
    assert not result.stages[0]["cached"]
    assert run(tmp_path, Pretraining(), [shared()]).stages[0]["cached"]
