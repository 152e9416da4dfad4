"""Records as a DataFrame: one row a run, every field a column."""

import math
import sys

import pytest

from graphcl.bench import load_records, read_records
from tests.bench.make_record import OUTCOME, make_record, make_run


@pytest.fixture
def files(tmp_path):
    metrics = {"acc": 0.1 + 0.2, "conductance": math.nan, "seed": 7}
    records = [
        make_record(make_run(params={"n_clusters": 2, "fanouts": [10, 10]}), metrics=metrics),
        make_record(make_run(method="leiden", dataset="blocks", data={"nodes": 9}, seed=1), device="H100"),
    ]
    paths = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    paths[0].write_text("".join(record.to_line() for record in records))
    paths[1].write_text(
        records[1].to_line() + make_record(make_run(seed=2), git={"commit": "c", "dirty": True}).to_line()
    )
    return paths


def test_a_row_a_run_with_settings_scores_and_costs(files):
    frame = read_records(*files)
    assert frame[["method", "dataset", "seed"]].values.tolist() == [
        ["k-means", "karate", 0],
        ["leiden", "blocks", 1],
        ["k-means", "karate", 2],
    ]
    assert frame["file"].tolist() == [str(files[0])] * 2 + [str(files[1])], "a run in two files comes once"
    first, second, third = (frame.iloc[i] for i in range(3))
    assert first["acc"] == 0.1 + 0.2
    assert first["metrics/seed"] == 7
    assert first["params/fanouts"] == [10, 10]
    assert math.isnan(first["conductance"])
    assert math.isnan(third["data/nodes"])
    assert (second["data/nodes"], second["device"], second["nmi"]) == (9, "H100", OUTCOME["metrics"]["nmi"])
    assert (third["seconds/wall"], third["memory/growth_mb"], third["versions/python"]) == (1.0, 10.0, "3.11.7")
    assert (third["git/commit"], third["git/dirty"]) == ("c", True)
    assert frame["key"].tolist()[0] == load_records(files[0])[0].key
    assert len(load_records(*files)) == 4, "plain objects, as they lie in the files"


def test_numbers_are_numbers(files):
    frame = read_records(files[0])
    assert frame["acc"].dtype == frame["seconds/cpu"].dtype == "float64"
    assert frame.groupby("method")["nmi"].mean()["leiden"] == OUTCOME["metrics"]["nmi"]
    assert frame["nmi"].isna().sum() == 1


def test_without_pandas_the_error_says_what_to_install(files, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        ImportError, match=r"read_records needs pandas; pip install 'graphcl\[stats\]', or call load_records"
    ):
        read_records(files[0])
