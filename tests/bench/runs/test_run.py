from math import nan

import pytest

from graphcl.bench import Run
from graphcl.bench.runs.runner import _summary
from tests.bench.make_record import make_record

RUN = {
    "method": "k-means",
    "revision": 1,
    "dataset": "karate",
    "data": {},
    "checksum": "ab",
    "seed": 0,
    "params": {"n_clusters": 2},
    "protocol": "last",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("method", "scgc-star"),
        ("revision", 2),
        ("dataset", "digits"),
        ("data", {"k": 5}),
        ("checksum", "cd"),
        ("seed", 1),
        ("params", {"n_clusters": 3}),
        ("protocol", "other"),
    ],
)
def test_every_field_changes_the_key(field, value):
    assert Run(**{**RUN, field: value}).key != Run(**RUN).key


def test_the_key_is_the_same_on_every_machine():
    assert Run(**RUN).key == "8348bc548f6f8a9f016cfa4ec769670563ab008d69bd23de4496c1ed8ff5e94d"


def test_the_line_on_a_finished_run_shows_an_undefined_score_as_a_dash():
    record = make_record(metrics={"acc": 0.5, "conductance": nan, "oracle/acc": 1.0})
    assert _summary(record) == "acc 0.500, conductance -; 1.0 s"
