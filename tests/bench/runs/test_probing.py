from dataclasses import asdict

import numpy as np
import pytest

from graphcl.bench import Suite, Task, build_table, expand
from graphcl.bench.report.numbers import numbers_table
from graphcl.bench.runs.execution import execute
from graphcl.bench.runs.run import LAST_STEP
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.tables.render import to_markdown
from graphcl.datasets import load
from graphcl.evaluation import linear_probe, node_splits
from tests.bench.make_record import OUTCOME, make_record, make_run

TINY = {"name": "tiny", "seeds": [0, 1], "methods": ["k-means"], "datasets": ["karate"]}
PROBED = {"probe/accuracy": 0.8, "probe/micro_f1": 0.8, "probe/macro_f1": 0.7, "oracle/probe/micro_f1": 0.99}


def tasks(**changes):
    return expand(Suite(**{**TINY, "probes": ["linear"], **changes}))


def test_probes_are_part_of_the_protocol_and_of_the_key():
    plans = [
        tasks(**change) for change in ({"probes": []}, {}, {"probes": ["knn"]}, {"probes": ["knn", "linear"]})
    ]
    assert len({plan[0].run.key for plan in plans}) == 4
    assert plans[0][0].run.protocol == LAST_STEP
    assert plans[1][0].run.protocol == f"{LAST_STEP}; probes linear (revision 1), random splits"
    in_order, turned = (tasks(probes=probes)[0].run.key for probes in (["linear", "knn"], ["knn", "linear"]))
    assert in_order == turned


def test_other_masks_are_another_run(tmp_path):
    path = str(tmp_path / "graph.npz")
    keys = []
    for offset in (0, 1):
        place = (np.arange(30) // 2 + offset) % 3
        parts = {f"{part}_mask": place == i for i, part in enumerate(("train", "val", "test"))}
        ring = np.stack([np.arange(30), (np.arange(30) + 1) % 30])
        np.savez(path, x=np.eye(30), edge_index=ring, y=np.arange(30) % 2, **parts)
        [task] = tasks(datasets=[path], seeds=[0])
        assert "own splits" in task.run.protocol
        keys.append(task.run.key)
    assert keys[0] != keys[1]


def test_kmeans_alone_needs_no_split(tmp_path):
    path, half = str(tmp_path / "graph.npz"), np.arange(30) < 15
    parts = {"train_mask": half, "val_mask": ~half & (np.arange(30) < 20), "test_mask": np.arange(30) >= 20}
    ring = np.stack([np.arange(30), (np.arange(30) + 1) % 30])
    np.savez(path, x=np.eye(30), edge_index=ring, y=np.arange(30) // 15, **parts)
    for probes in (["linear"], ["k-means", "knn"]):
        with pytest.raises(ValueError, match=r"graph\.npz: own split 0 has no node of class 1 in train"):
            tasks(datasets=[path], probes=probes)
    [task] = tasks(datasets=[path], probes=["k-means"], seeds=[0])
    assert task.run.protocol == f"{LAST_STEP}; probes k-means (revision 1), no splits"
    assert "kmeans/nmi" in execute(task, lambda report: None).metrics
    assert tasks(probes=["k-means"])[0].run.protocol.endswith("random splits"), "as on record"


def test_a_record_carries_what_the_probes_say_of_the_embedding():
    [_, task] = tasks(probes=["linear", "knn"], datasets=["planted-partition"])
    assert Task.from_dict(asdict(task)) == task
    record = execute(task, lambda report: None)
    dataset = load("planted-partition")
    [split] = node_splits(dataset.graph.y, {}, seed=1)
    expected = linear_probe(dataset.graph.x, dataset.graph.y, split).scores
    assert {name: record.metrics[f"probe/{name}"] for name in expected} == expected
    assert {"knn/micro_f1", "oracle/probe/macro_f1", "nmi"} <= set(record.metrics)
    assert "probe/accuracy" not in execute(tasks(probes=[])[0], lambda report: None).metrics


def probed(seed, **metrics):
    return make_record(make_run(seed=seed, protocol="probed"), metrics={**OUTCOME["metrics"], **metrics})


def test_tables_show_probes_where_records_have_them():
    plain = to_markdown(build_table([make_record()]))
    assert "probe" not in plain
    sections = build_table([probed(0, **PROBED), probed(1, **{**PROBED, "probe/micro_f1": 0.6})])
    text = to_markdown(sections)
    assert "| probe micro-F1 % | probe macro-F1 % | seconds |" in text  # nothing is published
    assert "| 70.0 ± 14.1 | 70.0 ± 0.0 |" in text
    page = str(numbers_table(sections[0], Footnotes(sections)))
    assert "probe micro-F1 %" in page
    assert "k-NN" not in text + page


def test_no_oracle_enters_a_table(monkeypatch):
    from graphcl.bench.tables import table

    records = [probed(0, **PROBED), probed(1, **PROBED)]
    assert "99" not in to_markdown(table.build_table(records))
    asked = table.Column("asked", "oracle/probe/micro_f1", 2)
    monkeypatch.setattr(table, "COLUMNS", (*table.COLUMNS, asked))
    [section] = table.build_table(records)
    assert section.rows[0].cells[-1] == "-"
    assert not any(key.startswith("oracle/") for run in section.rows[0].runs for key in run.metrics)
    assert records[0].metrics["oracle/probe/micro_f1"] == 0.99, "the record keeps it"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probes": ["liner"]}, r"no probe is named 'liner' \(did you mean linear\?\); choose among linear, knn"),
        ({"probes": ["knn", "knn"]}, "probes must not repeat; got 'knn'"),
        ({"split": "public"}, "split must be one of auto, own, random; got 'public'"),
        ({"probes": [], "split": "random"}, "split is for probes, and there are none"),
        ({"split": "own"}, "karate: own splits need masks"),
    ],
)
def test_probes_are_checked_before_anything_runs(change, message):
    with pytest.raises(ValueError, match=message):
        tasks(**change)
