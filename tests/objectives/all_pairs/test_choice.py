"""What "auto" chooses: the fastest method within the tolerance."""

import pytest
import torch

from graphcl.objectives import choose_summation

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("n", "d", "scale", "expected"),
    [
        (34, 10, 0.25, "dense"),
        (3_327, 10, 0.25, "series"),
        (10_000, 10, 1.0, "series"),
        (10_000, 10, 2.25, "blocked"),
        (1_000_000, 10, 2.25, "series"),
        (100_000, 64, 2.0, "blocked"),
        (100_000, 10, 1000.0, "blocked"),
    ],
)
def test_the_fastest_method(n, d, scale, expected):
    assert choose_summation(n, n, d, scale=scale, device=CPU) == expected


def test_no_tolerance_excludes_the_series():
    assert choose_summation(10_000, 10_000, 10, scale=0.25, device=CPU, tolerance=0.0) == "blocked"


def test_a_gpu_has_its_own_costs():
    gpu = torch.device("cuda")
    assert choose_summation(3_000, 3_000, 10, scale=1.0, device=gpu) == "dense"
    assert choose_summation(1_000_000, 1_000_000, 10, scale=0.25, device=gpu) == "series"
    assert choose_summation(10, 10, 10, scale=1.0, device=torch.device("mps")) == "dense"
