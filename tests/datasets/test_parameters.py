import numpy as np
import pytest

from graphcl.datasets import load


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        (
            "digits",
            {"k": "3"},
            r"^digits: k should be a valid integer; got '3' \(parameters and defaults: k=3, sim",
        ),
        ("digits", {"k": True}, "digits: k should be a valid integer; got True"),
        ("digits", {"k": 3.0}, "digits: k should be a valid integer; got 3.0"),
        ("digits", {"k": 0}, "digits: k should be greater than or equal to 1; got 0"),
        ("digits", {"k": 1797}, r"k must lie in \[1, 1796\] for 1797 rows; got 1797"),
        ("digits", {"similarity": "cosine"}, "similarity should be 'heat', 'dot' or 'ncos'; got 'cosine'"),
        ("digits", {"n": 3}, r"digits: unknown parameter 'n' \(parameters and defaults: k=3, similarity='heat'\)"),
        ("karate", {"k": 3}, r"karate: unknown parameter 'k' \(it takes no parameters\)"),
        ("cora", {"k": 3}, r"cora: unknown parameter 'k' \(it takes no parameters\)"),
        ("planted_partition", {"degree_in": "8"}, "degree_in should be a valid number; got '8'"),
        ("planted_partition", {"degree_in": True}, "degree_in should be a valid number; got True"),
        ("planted_partition", {"signal": float("nan")}, "signal should be .*; got nan"),
        ("planted_partition", {"signal": float("inf")}, "signal should be a finite number; got inf"),
        ("planted_partition", {"seed": -1}, "seed should be greater than or equal to 0; got -1"),
    ],
)
def test_a_bad_parameter_is_named_in_one_line(name, given, message):
    with pytest.raises(ValueError, match=message) as caught:
        load(name, **given)
    assert "\n" not in str(caught.value)


def test_numpy_scalars_and_integers_for_floats_are_welcome_and_recorded_as_plain_numbers():
    parameters = load("planted-partition", nodes=np.int64(50), degree_in=4, seed=np.uint8(0)).parameters
    expected = {
        "nodes": 50, "blocks": 5, "degree_in": 4.0, "degree_out": 2.0, "features": 32, "signal": 1.0, "seed": 0,
    }  # fmt: skip
    assert parameters == expected
    assert {key: type(value) for key, value in parameters.items()} == {k: type(v) for k, v in expected.items()}
