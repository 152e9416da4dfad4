import mmap
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl import GCooLMultiplex
from graphcl.bench import Record, Suite, Task, expand
from graphcl.bench.runs import execution
from graphcl.bench.runs.details import Details
from graphcl.bench.runs.execution import execute
from graphcl.datasets import load
from graphcl.evaluation import agreement, modularity

SIZE = 200_000_000
SMALL = {"hidden_channels": [16], "pretrain_epochs": 2, "epochs": 3}


def tasks(method="scgc-star", **changes):
    suite = {"name": "tiny", "seeds": [0], "methods": [method], "datasets": ["karate"], "params": {method: SMALL}}
    return expand(Suite(**{**suite, **changes}))


def test_a_record_says_what_was_run_what_came_out_and_what_it_cost():
    [task] = tasks()
    reports, held = [], []

    def note(report):
        reports.append(report)
        if not held:  # memory of the system's, never what earlier tests have freed
            held.append(mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
            held[0][::4096] = b"1" * len(range(0, SIZE, 4096))

    record = execute(task, note)
    assert record.key == task.run.key
    assert {name: getattr(record, name) for name in asdict(task.run)} == asdict(task.run)
    assert set(record.metrics) == {"acc", "nmi", "ari", "f1", "J", "modularity", "conductance"}
    assert [report.done for report in reports] == [1, 2, 3, 4, 5]
    assert record.seconds["wall"] == pytest.approx(sum(stage["wall_seconds"] for stage in record.stages))
    assert record.memory["growth_mb"] > 0  # more than garbage that is freed meanwhile
    held[0].close()
    assert record.device.startswith("cpu, ")
    assert record.versions["torch"].startswith("2.")
    assert Record.from_line(record.to_line()) == record


def test_all_that_a_method_reads_out_is_scored():
    small = {"hidden_channels": 16, "out_channels": 8, "epochs": 3}
    [task] = tasks("gcool", params={"gcool": small})
    record = execute(task, lambda report: None)
    names = {"acc", "nmi", "ari", "f1", "J", "modularity", "conductance"}
    assert set(record.metrics) == names | {f"communities/{name}" for name in names}
    assert Record.from_line(record.to_line()) == record


def test_a_multiplex_graph_is_clustered_and_scored_on_all_its_relations():
    small = {"hidden_channels": 16, "out_channels": 8, "epochs": 3}
    sets = {"datasets": ["planted-multiplex"], "data": {"planted-multiplex": {"nodes": 60, "blocks": 3}}}
    [task] = tasks("gcool-multiplex", params={"gcool-multiplex": small}, **sets)
    metrics = execute(task, lambda report: None).metrics
    assert metrics["acc"] > 0.3
    graph = load("planted-multiplex", nodes=60, blocks=3).graph
    labels = GCooLMultiplex(seed=0, **task.run.params).fit(graph).labels_
    several = Data(x=graph.x, edge_index=graph.edge_index, edge_weight=torch.ones(graph.edge_index.size(1)))
    assert metrics["J"] == pytest.approx(agreement(several, labels)["J"])
    assert metrics["modularity"] == pytest.approx(modularity(graph.edge_index, labels))


def test_a_cached_pretraining_counts_with_what_it_took(tmp_path):
    [task] = tasks()
    first = execute(task, lambda report: None, tmp_path)
    again = execute(task, lambda report: None, tmp_path)
    assert [stage["name"] for stage in again.stages if stage["cached"]] == ["pretrain"]
    cost = {stage["name"]: stage["wall_seconds"] for stage in first.stages}
    assert {stage["name"]: stage["wall_seconds"] for stage in again.stages}["pretrain"] == cost["pretrain"]
    assert again.seconds["wall"] == pytest.approx(sum(stage["wall_seconds"] for stage in again.stages))
    assert again.metrics == first.metrics


def test_without_classes_only_the_structure_is_scored(tmp_path):
    ring = np.stack([np.arange(8), (np.arange(8) + 1) % 8])
    np.savez(tmp_path / "ring.npz", x=np.eye(8), edge_index=ring)
    ring_file = str(tmp_path / "ring.npz")
    params = {"k-means": {"n_clusters": 2}}
    [task] = tasks("k-means", datasets=[ring_file], params=params)
    assert set(execute(task, lambda report: None).metrics) == {"J", "modularity", "conductance"}
    with pytest.raises(ValueError, match="set n_clusters"):
        tasks("k-means", datasets=[ring_file], params={})


def test_details_are_made_when_all_costs_are_known(monkeypatch):
    [task] = tasks()
    order = []
    monkeypatch.setattr(execution, "resident_peak_mb", lambda: order.append("memory") or 1e6)
    monkeypatch.setattr(Details, "of", lambda *_: order.append("details"))
    record = execute(task, lambda report: None, on_details=lambda details: None)
    assert order == ["memory", "details"]
    assert record.seconds["cpu"] == sum(stage["cpu_seconds"] for stage in record.stages)


def test_details_are_those_of_the_run():
    [task] = tasks()
    kept = []
    record = execute(task, lambda report: None, on_details=kept.append)
    [details] = kept
    assert details.stages.tolist() == ["pretrain", "cluster"]
    assert details.history[:, 1].tolist() == [1, 2, 1, 2, 3]
    table = details.contingency
    assert max(table.trace(), table[::-1].trace()) / 34 == pytest.approx(record.metrics["acc"])
    assert details.points.shape == (34, 2)


def test_data_that_changed_after_planning_is_refused():
    [task] = tasks()
    stale = Task(replace(task.run, checksum="0"), task.source)
    with pytest.raises(ValueError, match="has changed"):
        execute(stale, lambda report: None)


def test_a_task_survives_the_way_to_another_process():
    [task] = tasks()
    assert Task.from_dict(asdict(task)) == task
