"""Ranges: intervals and choices, those of the recipes, and what no method can be searched over."""

import pytest

from graphcl import GRACE, METHODS
from graphcl.cli.ranges import parse_ranges
from graphcl.methods.lookup.kinds import n_clusters_of
from graphcl.recipes import read_recipe_file, read_search_table
from graphcl.search import Choices, Interval, check_ranges, documented_ranges, range_of

DOCUMENTED = [method for method in METHODS if read_search_table(method)]


def test_every_method_with_something_to_search_documents_it():
    assert set(METHODS) - set(DOCUMENTED) == {"k-means"}
    assert all("search" not in read_recipe_file(method) for method in DOCUMENTED), "it is no dataset"


@pytest.mark.parametrize("method", DOCUMENTED)
def test_documented_ranges_are_values_that_the_method_takes(method):
    cls = METHODS[method]
    estimator = cls.from_recipe("default", **({} if n_clusters_of(cls) == "none" else {"n_clusters": 2}))
    ranges = documented_ranges(method)
    check_ranges(ranges, estimator)
    own = {name: getattr(estimator, name) for name in ranges}
    own = {name: list(value) if isinstance(value, tuple) else value for name, value in own.items()}
    assert all(own[name] in values for name, values in ranges.items()), "the recipe's own settings are in range"


def test_intervals_hold_their_ends_and_integers_alone_where_both_ends_are():
    assert 1 in Interval(1, 4)
    assert 4 in Interval(1, 4)
    assert 2.5 not in Interval(1, 4)
    assert True not in Interval(0, 4)
    assert 2.5 in Interval(1.0, 4)
    assert "2" not in Interval(1, 4)
    assert range_of({"low": 1, "high": 2, "log": True}).plain() == {"low": 1, "high": 2, "log": True}
    assert range_of([[0.1, 0.2], None]).plain() == [[0.1, 0.2], None]
    assert None in Choices([1, None])
    assert 2 not in Choices([1, None])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"low": 2, "high": 1}, "from a lower to a higher number; got 2 to 1"),
        ({"low": 0, "high": 1, "log": True}, "on a logarithmic scale must start above 0; got 0"),
        ({"low": "a", "high": 1}, "two numbers as ends; got 'a' and 1"),
        ({"low": 0, "high": float("nan")}, "from a lower to a higher number"),
        ({"low": 0}, "must be {low, high, log} or a list of choices"),
        ([1], "at least two, each once; got 1"),
        ([1, 1], "at least two, each once; got 1, 1"),
        ("lr", "must be {low, high, log} or a list of choices; got 'lr'"),
    ],
)
def test_what_is_no_range(value, message):
    with pytest.raises(ValueError, match=message):
        range_of(value)


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({}, "there is nothing to search"),
        ({"temprature": Interval(0.1, 1.0)}, r"no parameter 'temprature' \(did you mean temperature\?\)"),
        ({"seed": Interval(0, 9)}, "seed is not searched: it is drawn by --seeds"),
        ({"n_clusters": Interval(2, 9)}, "n_clusters is not searched: .*; see graphcl choose-k"),
        ({"lr": Interval(-1.0, 1.0)}, r"lr must be greater than 0; got -1\.0"),
        ({"activation": Choices(["relu", "tahn"])}, "activation must be .*; got 'tahn'"),
    ],
)
def test_what_cannot_be_searched(ranges, message):
    with pytest.raises(ValueError, match=message):
        check_ranges(ranges, GRACE(n_clusters=2))


def test_ranges_on_the_command_line():
    parsed = parse_ranges(["lr=1e-4:1e-1:log", "order = 1:4", "t=0.2,0.4", "a=relu, prelu", "r=[0.1,0.2],[0,0]"])
    assert parsed == {
        "lr": Interval(1e-4, 1e-1, log=True),
        "order": Interval(1, 4),
        "t": Choices([0.2, 0.4]),
        "a": Choices(["relu", "prelu"]),
        "r": Choices([[0.1, 0.2], [0, 0]]),
    }
    with pytest.raises(ValueError, match="the range of 'lr' comes twice; give it once"):
        parse_ranges(["lr=1:2", "lr=2:3"])
