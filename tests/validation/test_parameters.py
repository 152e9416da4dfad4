"""Bad hyper-parameters and callbacks."""

from dataclasses import dataclass

import numpy as np
import pytest

from graphcl import GCooL, SCGCStar
from graphcl.validation import check_callbacks, check_parameters


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_clusters": 0}, "SCGCStar: n_clusters must be greater than or equal to 1; got 0"),
        ({"n_clusters": "3"}, "SCGCStar: n_clusters must be a valid integer; got '3'"),
        ({"n_clusters": True}, "SCGCStar: n_clusters must be a valid integer; got True"),
        ({"tau": 0}, "SCGCStar: tau must be greater than 0; got 0"),
        ({"tau": float("nan")}, "SCGCStar: tau must be greater than 0; got nan"),
        ({"tau": float("inf")}, "SCGCStar: tau must be a finite number; got inf"),
        ({"lr": "fast"}, "SCGCStar: lr must be a valid number; got 'fast'"),
        ({"hidden_channels": (5, 0)}, r"SCGCStar: hidden_channels\[1\] must be greater than or equal to 1"),
        ({"summation": "exact"}, "SCGCStar: summation must be .* 'series' or 'sampled'; got 'exact'"),
        ({"precision": "fp16"}, "SCGCStar: precision must be 'fp32', 'bf16' or 'fp64'; got 'fp16'"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        check_parameters(SCGCStar(**{"n_clusters": 2, **params}))


def test_numpy_scalars_and_lists_are_welcome():
    method = SCGCStar(n_clusters=np.int64(2), tau=np.float32(0.5), lr=1, hidden_channels=[4, 5])
    checked = check_parameters(method)
    assert checked["n_clusters"] == 2
    assert type(checked["n_clusters"]) is int
    assert type(checked["tau"]) is float


def test_every_field_is_checked():
    @dataclass
    class Settings:
        count: int = 1

    with pytest.raises(ValueError, match="Settings: count must be a valid integer"):
        check_parameters(Settings(count="x"))


def test_a_list_with_too_few_entries():
    with pytest.raises(ValueError, match=r"GCooL: edge_rates\[1\] must be there; got \(0.1,\)"):
        check_parameters(GCooL(n_clusters=2, edge_rates=(0.1,)))


@pytest.mark.parametrize(
    ("callbacks", "message"),
    [
        (print, "callbacks must be a list of functions; got one builtin_function_or_method; put it into"),
        ([print, "print"], "callbacks must be a list of functions; got 'print' among them"),
    ],
)
def test_callbacks_are_functions_in_a_list(callbacks, message):
    with pytest.raises(TypeError, match=message):
        check_callbacks(callbacks)
    check_callbacks([print])
