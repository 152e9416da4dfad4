"""The loop on two ranks: gradients averaged, results of start and refresh equal, draws of one's own and shared."""

import pytest
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from graphcl.training import Runtime, Stage, adam, train
from tests.ddp.training import stopped_by_rank_0, trained
from tests.training.recorder import CPU, Recorder, batches


@pytest.fixture(params=[False, True], ids=["bare", "wrapped"])
def ranks(pool, request):
    return pool.run(trained_wrapped if request.param else trained_bare)


def trained_bare():
    return trained(given_wrapped=False)


def trained_wrapped():
    return trained(given_wrapped=True)


def test_gradients_are_averaged_over_seeds(ranks):
    """Of five nodes the first step has two on rank 0 and one on rank 1, whose gradients are 1 and 2."""
    first, second = ranks
    assert first["weight"] == second["weight"] == pytest.approx(-2 * ((2 * 1 + 1 * 2) / 3 + 1.5))
    assert first["epochs"] == second["epochs"] == 2


def test_results_of_start_and_refresh_are_those_of_rank_0(ranks):
    for one in ranks:
        assert one["centre"] == 7.0
        assert one["targets"] == [200.0, 200.0], "in the shape of rank 0, too"
        assert one["seen"] == [(7.0, 200.0)] * 2 + [(7.0, 400.0)] * 2


def test_steps_know_their_rank_and_draw_by_it(ranks):
    first, second = ranks
    assert first["steps"] == [(0, 2, done, 4) for done in range(4)]
    assert second["steps"] == [(1, 2, done, 4) for done in range(4)]
    own, shared = ([[draw[i] for draw in one["draws"]] for one in ranks] for i in (0, 1))
    assert shared[0] == shared[1]
    assert len({*own[0], *own[1], *shared[0]}) == 12, "all draws differ but for the shared ones"


def test_rank_0_draws_as_a_single_process(ranks):
    single = Runtime(torch.device("cpu"), seed=0)
    generators = [single.generator("step", "one", epoch, index) for epoch in range(2) for index in range(2)]
    assert [own for own, _ in ranks[0]["draws"]] == [torch.rand(1, generator=g).item() for g in generators]


def test_the_method_is_left_bare(ranks):
    assert ranks[0]["names"] == ["_extra_state", "centre", "frozen", "weight"]


def test_callbacks_of_rank_0_decide_when_to_stop(pool):
    first, second = pool.run(stopped_by_rank_0)
    assert first == second
    assert first[0] == [1, 2]


@pytest.fixture
def group_of_one(tmp_path):
    dist.init_process_group("gloo", init_method=f"file://{tmp_path}/rendezvous", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def test_a_wrapped_method_trains_as_the_bare_one(group_of_one):
    bare, inner = Recorder(), Recorder()
    stages = [Stage("one", 2, adam(0.1), batch_size=2)]
    expected = train(bare, batches(), stages, CPU)
    result = train(DistributedDataParallel(inner), batches(), stages, CPU)
    assert result.history == expected.history
    assert torch.equal(inner.first, bare.first)
    assert inner.calls == bare.calls
    assert inner.first.item() != 0


def test_what_is_no_method_is_refused():
    with pytest.raises(TypeError, match=r"module must be a graphcl\.training\.Method; got Linear; subclass it"):
        train(torch.nn.Linear(1, 1), batches(), [], CPU)
