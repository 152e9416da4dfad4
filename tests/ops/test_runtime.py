"""Seeds, devices, autocast, and the measured cost of a block of code."""

import time

import numpy as np
import pytest
import torch

from graphcl.ops.machine.meter import measured, resident_mb, resident_peak_mb
from graphcl.training import Runtime


def test_seeds_are_a_function_of_all_parts():
    zero, one = Runtime.launch("cpu", seed=0), Runtime.launch("cpu", seed=1)
    seeds = [r.derive(*parts) for r in (zero, one) for parts in [(), ("a",), ("a", 1), ("a", 2), ("b", 1)]]
    assert len(set(seeds)) == len(seeds)
    assert zero.derive("a", 1) == Runtime.launch("cpu", seed=0).derive("a", 1)
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("scalar", [np.int64, np.int32, np.uint8])
def test_numpy_seeds_are_those_of_python(scalar):
    runtime = Runtime.launch("cpu", seed=scalar(7))
    assert type(runtime.seed) is int
    assert runtime == Runtime.launch("cpu", seed=7)
    assert runtime.derive("a") == Runtime.launch("cpu", seed=7).derive("a")


def test_global_state_is_seeded_and_put_back():
    before = torch.get_rng_state()
    draws = []
    for _ in range(2):
        with Runtime.launch("cpu").seeded():
            draws.append(torch.rand(3))
    assert torch.equal(*draws)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the GPU whose absence is tested")
def test_an_absent_gpu_is_an_error():
    with pytest.raises(ValueError, match="device must be auto or one of cpu; got 'cuda'"):
        Runtime.launch("cuda")


@pytest.mark.filterwarnings("ignore:precision='bf16' is slow on this")  # true on some machines, and no matter here
def test_autocast_is_bfloat16_where_asked():
    for precision, dtype in [("fp32", torch.float32), ("bf16", torch.bfloat16)]:
        with Runtime.launch("cpu", precision).autocast():
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype


def test_costs_grow_with_work():
    costs = []
    with measured(costs, "sleep"):
        time.sleep(0.05)
    with measured(costs, "allocate"):
        block = torch.ones(20_000_000)
        assert resident_mb() > 80
    assert costs[0]["wall_seconds"] >= 0.05 > costs[0]["cpu_seconds"]
    assert costs[1]["peak_mb"] >= resident_peak_mb() - 1
    assert block.numel()
