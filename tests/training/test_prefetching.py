"""Batches made ahead: the same bits, at the right time, and no thread is left behind."""

import threading
from contextlib import closing
from threading import Event

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch_geometric.data import Data

from graphcl.feature_source import TensorFeatures
from graphcl.training import Checkpoint, Interrupted, Method, NodeBatches, Stage, StopStage, adam, stage_run, train
from graphcl.training.batching.prefetching import ahead
from tests.training.recorder import CPU

N, SIZE = 40, 8
STAGE = Stage("one", 3, adam(0.1), batch_size=SIZE, fanouts=(2, 2))


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def graph(source: type[TensorFeatures] = TensorFeatures) -> Data:
    draw = torch.Generator().manual_seed(0)
    x = source(torch.randn(N, 3, generator=draw))
    return Data(x=x, edge_index=torch.randint(N, (2, 160), generator=draw), num_nodes=N)


class Noisy(Method):
    """Draws in companions and in forward, from the step's generator, and drops out by the global one."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.layer = nn.Linear(3, 3)

    def companions(self, seeds, step):
        return {"others": torch.randint(N, (3,), generator=step.generator)}

    def forward(self, batch, step):
        rows = self.layer(F.dropout(batch.x, 0.5))
        pulled = rows[batch.roles["others"]] - torch.rand(3, generator=step.generator)
        return {"loss": pulled.square().sum() + rows[: batch.seeds].square().mean()}

    def embed(self, batch):
        return self.layer(batch.x[: batch.seeds])


def test_items_come_in_order_and_from_one_other_thread():
    threads = []

    def items():
        for i in range(5):
            threads.append(threading.get_ident())
            yield i

    assert list(ahead(items())) == [0, 1, 2, 3, 4]
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


def test_an_error_comes_in_its_turn_and_with_its_type():
    def items():
        yield 1
        raise FileNotFoundError("the disk is gone")

    found = []
    with pytest.raises(FileNotFoundError, match="the disk is gone"):
        found += (item for item in ahead(items()))
    got = ahead(items())
    assert next(got) == 1
    with pytest.raises(FileNotFoundError):
        next(got)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_the_thread_ends_when_the_loop_is_left(error):
    def leave() -> None:
        with closing(ahead(iter(range(10)))) as items:
            for item in items:
                if item == 2:
                    raise error

    with pytest.raises(error):
        leave()


class Watched(TensorFeatures):
    """Notes each gather as it starts."""

    def __init__(self, x):
        super().__init__(x)
        self.started = [Event() for _ in range(N // SIZE)]
        self.count = 0

    def gather(self, n_id):
        self.started[self.count].set()
        self.count += 1
        return super().gather(n_id)


class Waiting(Noisy):
    """Ends a step only when the rows of the next batch are being read."""

    def __init__(self, started):
        super().__init__()
        self.started = started

    def forward(self, batch, step):
        if step.index + 1 < len(self.started):
            assert self.started[step.index + 1].wait(20), "the next batch was not begun"
        return super().forward(batch, step)


def test_the_next_batch_is_read_while_the_current_one_is_trained_on():
    data = graph(Watched)
    method = Waiting(data.x.started)
    [row] = train(
        method, NodeBatches(data), [Stage("one", 1, adam(0.1), batch_size=SIZE, fanouts=(2,))], CPU
    ).history
    assert row["epoch"] == 1


def trained(monkeypatch, in_background: bool, **options):
    with monkeypatch.context() as patch:
        if not in_background:
            patch.setattr(stage_run, "ahead", lambda items: (item for item in items))
        method = Noisy()
        history = train(method, NodeBatches(graph()), [STAGE], CPU, **options).history
    return history, method.layer.weight.detach()


def test_the_bits_are_those_without_a_thread(monkeypatch):
    with_thread, without = (trained(monkeypatch, way) for way in (True, False))
    assert with_thread[0] == without[0]
    assert torch.equal(with_thread[1], without[1])


def test_a_training_goes_on_within_an_epoch_to_the_same_bits(monkeypatch, tmp_path):
    history, weight = trained(monkeypatch, True)
    checkpoint = Checkpoint(tmp_path / "state", every=1e9)
    forward, calls = Noisy.forward, []

    def stopping(self, batch, step):
        calls.append(step)
        checkpoint.stop = len(calls) == 8
        return forward(self, batch, step)

    with monkeypatch.context() as patch:
        patch.setattr(Noisy, "forward", stopping)
        with pytest.raises(Interrupted):
            trained(monkeypatch, True, checkpoint=checkpoint)
    assert (calls[-1].epoch, calls[-1].index) == (1, 2)
    checkpoint.stop = False
    resumed = trained(monkeypatch, True, checkpoint=checkpoint)
    assert resumed[0] == history
    assert torch.equal(resumed[1], weight)


def test_errors_of_a_source_and_of_a_loss_keep_their_types(monkeypatch):
    def broken(self, n_id):
        raise OSError("cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(TensorFeatures, "gather", broken)
        with pytest.raises(OSError, match="cannot be read"):
            trained(monkeypatch, True)

    def wrong(self, batch, step):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Noisy, "forward", wrong)
        with pytest.raises(ZeroDivisionError):
            trained(monkeypatch, True)


def test_a_stage_that_is_stopped_leaves_no_thread(monkeypatch):
    def stop(report):
        raise StopStage

    assert len(trained(monkeypatch, True, callbacks=[stop])[0]) == 1


def test_only_batches_that_take_long_are_made_ahead():
    dense = Data(x=torch.ones(N, 1), edge_index=torch.zeros(2, 1).long())
    for data, stage, expected in (
        (dense, STAGE, True),
        (dense, Stage("one", 1, adam(0.1)), False),
        (dense, Stage("one", 1, adam(0.1), batch_size=N, fanouts=(2,)), False),
        (dense, Stage("one", 1, adam(0.1), batch_size=5), False),
        (dense, Stage("one", 1, adam(0.1), batch_size=5, batches="clusters"), True),
        (graph(), Stage("one", 1, adam(0.1), batch_size=5), True),
    ):
        assert NodeBatches(data).worth_preparing(stage) is expected
