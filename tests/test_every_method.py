"""One checklist for every method: the published ones and the three tiny ones that prove the protocol."""

import json
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from torch import Tensor
from torch_geometric.data import Data

from graphcl import METHODS
from graphcl.datasets import GraphCollection, load
from graphcl.evaluation import clustering_scores
from graphcl.methods import of_kind
from graphcl.ops.files.tensor_files import read_tensors
from graphcl.training import Runtime, Stage, Step, adam
from graphcl.training.batching import node_batches
from tests.easy import many, planted
from tests.method_cases import CASES, UNTRAINED, brief, data_for, each, fitted, fitted_once, rebuilt, tensors

every = each(CASES)
every_of_graph = each({name: case for name, case in CASES.items() if case.takes != "graphs"})
every_of_graphs = each({name: case for name, case in CASES.items() if case.takes == "graphs"})
every_clusterer = each({name: case for name, case in CASES.items() if case.clusters})
every_clusterer_of_one_graph = each(
    {name: case for name, case in CASES.items() if case.clusters and case.takes == "graph"}
)
every_trained = each({name: case for name, case in CASES.items() if not name.startswith(UNTRAINED)})
every_for_other_graphs = each(
    {name: case for name, case in CASES.items() if case.takes != "graphs" and case.other_graphs}
)


every_sampled = each({name: case for name, case in CASES.items() if case.sampled})


def test_the_checklist_covers_every_method():
    assert set(METHODS) <= set(CASES)
    for name, cls in METHODS.items():
        assert cls.name == name
        assert type(CASES[name].make(0)) is cls
    assert {
        name: (cls.takes, cls.features, cls.revision) for name in of_kind("graphs") if (cls := METHODS[name])
    } == {
        "dsla": ("graphs", "categories", 2),
        "attr-masking": ("graphs", "categories", 1),
        "edge-pred": ("graphs", "categories", 1),
        "graph-cl": ("graphs", "categories", 1),
        "simgrace": ("graphs", "categories", 1),
        "infograph": ("graphs", "categories", 1),
        "infomax": ("graphs", "categories", 1),
        "graph-mae-graphs": ("graphs", "categories", 1),
        "joao": ("graphs", "categories", 1),
        "context-pred": ("graphs", "categories", 1),
        "mvgrl-graphs": ("graphs", "categories", 1),
    }
    of_one_graph = {name: METHODS[name] for name in of_kind("embedder", "clusterer")}
    flags = {name: (cls.takes, cls.accepts_edge_weight, cls.revision) for name, cls in of_one_graph.items()}
    assert flags == {
        "gcool": ("graph", False, 1),
        "gcool-multiplex": ("multiplex", False, 1),
        "gca": ("graph", False, 1),
        "grace": ("graph", False, 1),
        "prototypes": ("graph", False, 1),
        "dgi": ("graph", False, 2),
        "cca-ssg": ("graph", False, 1),
        "g-bt": ("graph", False, 1),
        "vicreg": ("graph", False, 1),
        "bgrl": ("graph", False, 1),
        "dmon": ("graph", False, 1),
        "mincut": ("graph", False, 1),
        "neuromap": ("graph", False, 1),
        "dgcluster": ("graph", False, 1),
        "ns4gc": ("graph", False, 1),
        "magi": ("graph", False, 1),
        "ggd": ("graph", False, 1),
        "dink-net": ("graph", False, 1),
        "graph-mae": ("graph", False, 1),
        "afgrl": ("graph", False, 1),
        "graph-mae2": ("graph", False, 1),
        "mvgrl": ("graph", False, 1),
        "random-gnn": ("graph", False, 1),
        "two-view": ("graph", True, 2),
        "smooth-k-means": ("graph", True, 2),
        "ssgc": ("graph", True, 1),
        "sagsc": ("graph", True, 1),
        "ms2cag": ("graph", True, 1),
        "s3gc": ("graph", False, 1),
        "sdcn": ("graph", True, 1),
        "daegc": ("graph", True, 1),
        "dfcn": ("graph", True, 1),
        "scgc": ("graph", True, 2),
        "scgc-star": ("graph", True, 2),
        "autoencoder-k-means": ("graph", True, 1),
        "k-means": ("graph", True, 1),
        "leiden": ("graph", True, 2),
    }


@every
def test_parameters_survive_clone_and_json(case):
    method = case.make(3)
    copy = clone(method)
    assert copy.get_params() == method.get_params()
    assert "embedding_" not in vars(copy)
    assert json.loads(json.dumps(method.get_params()))["seed"] == 3


@every
def test_construction_stores_and_fit_checks(case):
    method = case.make(0).set_params(seed=-1)
    with pytest.raises(ValueError, match=r"seed must be greater than or equal to 0; got -1"):
        method.fit(data_for(case))
    method.set_params(seed=True)
    with pytest.raises(ValueError, match=r"seed must be a valid integer; got True"):
        method.fit(data_for(case))
    method.set_params(seed=np.int64(1), device="no-such-device")
    with pytest.raises(ValueError, match=r"device must be auto or one of cpu.*; got 'no-such-device'"):
        method.fit(data_for(case))


@every
def test_before_fit(case):
    with pytest.raises(NotFittedError):
        case.make(0).transform(data_for(case))
    with pytest.raises(NotFittedError):
        case.make(0).save("nowhere.pt")


@every
def test_fit_leaves_input_and_global_state_alone(case):
    data = data_for(case)
    before = [value.clone() for value in tensors(data)]
    state = torch.get_rng_state()
    brief(case).fit(data)
    assert all(torch.equal(a, b) for a, b in zip(before, tensors(data), strict=True))
    assert torch.equal(state, torch.get_rng_state())


@every
def test_embedding_and_history(case):
    data = data_for(case)
    method = fitted_once(case)
    n = data.num_nodes if isinstance(data, Data) else len(data)
    assert method.embedding_.shape[0] == n
    assert method.embedding_.dtype == torch.float32
    assert torch.isfinite(method.embedding_).all()
    assert torch.equal(method.transform(data), method.embedding_)
    assert all({"name", "wall_seconds", "cpu_seconds", "peak_mb", "cached"} <= set(s) for s in method.stages_)
    assert all({"stage", "epoch", "loss"} <= set(row) for row in method.history_)


@every
def test_same_seed_same_result_and_other_seed_another(case):
    data = data_for(case)
    first, again, other = (brief(case, seed).fit(data) for seed in (0, 0, 1))
    assert torch.equal(first.embedding_, again.embedding_)
    assert torch.equal(first.embedding_, other.embedding_) is not case.random
    if case.clusters:
        assert torch.equal(first.labels_, again.labels_)


@every
def test_labels_are_not_read(case):
    data, scrambled = data_for(case), data_for(case)
    for graph in [scrambled] if isinstance(scrambled, Data) else scrambled:
        graph.y = graph.y.flip(0) + 5
    first, second = brief(case).fit(data), brief(case).fit(scrambled, y=torch.zeros(7))
    assert torch.equal(first.embedding_, second.embedding_)


@every
def test_save_and_load(case, tmp_path):
    data = data_for(case)
    method = fitted_once(case)
    method.save(tmp_path / "model.pt", rows=True)
    loaded = type(method).load(tmp_path / "model.pt")
    assert loaded.get_params() == method.get_params()
    assert torch.equal(loaded.embedding_, method.embedding_)
    assert torch.equal(loaded.transform(data), method.embedding_)
    if case.clusters:
        assert torch.equal(loaded.labels_, method.labels_)
        if hasattr(method, "predict"):
            assert torch.equal(loaded.predict(data), method.predict(data))


@every
def test_a_file_has_no_row_of_the_data_unless_asked(case, tmp_path):
    data = data_for(case)
    method = brief(case).fit(data)
    method.save(tmp_path / "model.pt")
    n = data.num_nodes if isinstance(data, Data) else len(data)
    fits = read_tensors(tmp_path / "model.pt")["fitted"]
    loaded = type(method).load(tmp_path / "model.pt")
    assert torch.equal(loaded.transform(data), method.embedding_)
    if not method.row_attributes:  # its clusters are all that it learns
        return
    assert not [name for name, value in fits.items() if isinstance(value, torch.Tensor) and len(value) == n]
    with pytest.raises(
        AttributeError, match=r"embedding_ is not in the file .*; transform\(data\) computes it, and"
    ):
        _ = loaded.embedding_
    if case.clusters:
        with pytest.raises(
            AttributeError, match=r"labels_ is not in the file .* save\(path, rows=True\) keeps them"
        ):
            _ = loaded.labels_
        if hasattr(method, "predict"):
            assert torch.equal(loaded.predict(data), method.predict(data))
    with pytest.raises(ValueError, match=r"embedding_ .*cannot be written: the file that .* was loaded from"):
        loaded.save(tmp_path / "again.pt", rows=True)
    loaded.save(tmp_path / "again.pt")
    assert torch.equal(type(method).load(tmp_path / "again.pt").transform(data), method.embedding_)
    assert torch.equal(loaded.fit(data).embedding_, method.embedding_)


@every_for_other_graphs
def test_embedding_follows_a_renumbering_of_the_nodes(case):
    data = data_for(case)
    method = fitted_once(case)
    order = torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(0))
    place = torch.argsort(order)
    renumbered = rebuilt(data, data.x[order], place[data.edge_index])
    torch.testing.assert_close(method.transform(renumbered), method.embedding_[order], atol=1e-4, rtol=1e-4)


@every_for_other_graphs
def test_embedding_reads_the_edges_or_does_not(case):
    data = data_for(case)
    method = fitted_once(case)
    fewer = rebuilt(data, data.x, data.edge_index, slice(None, None, 2))
    assert torch.equal(method.transform(fewer), method.embedding_) is not case.reads_edges


@every_trained
def test_loss_falls_with_everything_else_held_fixed(case):
    method, runtime = case.make(0), Runtime.launch("cpu")
    graphs = method._checked(data_for(case))
    method._infer(graphs)
    torch.manual_seed(0)
    module = method._build(graphs[0]).train()
    batches = method._batches(module, graphs, runtime)
    [batch] = islice(batches.epoch(Stage("whole", 1, adam(0.0)), torch.Generator()), 1)

    def embed_all(embed: Callable[[Data], Tensor] = module.embed) -> Tensor:
        return embed(batch).detach()

    for stage in method._stages():
        trained = {id(p) for o in stage.optimizers(module) for group in o.param_groups for p in group["params"]}
        parameters = [parameter for parameter in module.parameters() if id(parameter) in trained]
        optimiser = torch.optim.Adam(parameters, lr=1e-3)
        losses = []
        for index in range(21):
            step = Step(stage.name, 0, index, runtime.generator("fixed"))
            if index == 0:
                module.start(step, embed_all)
                module.refresh(step, embed_all)
            values = module(batch, step).items()
            loss = torch.stack([value for name, value in values if name not in module.figures]).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        assert losses[-1] < losses[0], stage.name


@every_clusterer
def test_planted_partition_is_recovered(case):
    data = data_for(case)
    labels = fitted_once(case).labels_
    assert labels.dtype == torch.long
    assert clustering_scores(data.y, labels)["acc"] > 0.95


@every_of_graph
def test_isolated_nodes_and_no_edges(case):
    data = data_for(case)
    isolated = rebuilt(data, data.x, data.edge_index, (data.edge_index > 5).all(0))
    assert torch.isfinite(brief(case).fit(isolated).embedding_).all()
    none = rebuilt(data, data.x, data.edge_index, slice(0))
    if case.takes == "multiplex":
        with pytest.raises(ValueError, match="edge_type must name at least two relations; got 0"):
            brief(case).fit(none)
    else:
        assert torch.isfinite(brief(case).fit(none).embedding_).all()


@every_of_graph
def test_one_node(case):
    data = Data(x=torch.ones(1, 3), edge_index=torch.empty(2, 0, dtype=torch.long))
    if case.takes == "multiplex":
        data = Data(x=data.x, edge_index=torch.zeros(2, 2, dtype=torch.long), edge_type=torch.arange(2))
    if case.clusters:
        with pytest.raises(ValueError, match="n_clusters must be at most the number of nodes; got 3 for 1 nodes"):
            brief(case).fit(data)
    else:
        assert torch.isfinite(brief(case).fit(data).embedding_).all()


@every
def test_nan_and_foreign_input_refused(case):
    data = data_for(case)
    bad = data_for(case)
    if case.kind == "numbers":
        (bad if isinstance(bad, Data) else bad[0]).x[0, 0] = torch.nan
        with pytest.raises(ValueError, match="x must be finite; got 1 NaN or infinite entries"):
            fitted(case, bad)
    else:
        bad[0].x[0, 0] = -1
        with pytest.raises(ValueError, match=r"x must hold categories of at least 0; got -1; number them 0, 1"):
            fitted(case, bad)
    if case.takes != "graphs":
        with pytest.raises(TypeError, match="data must be a torch_geometric Data; got Tensor"):
            fitted(case, data.x)
        with pytest.raises(ValueError, match=r"takes one graph; got GraphCollection\(24 graphs, .*; choose a m"):
            fitted(case, GraphCollection.of(many()))
        with pytest.raises(ValueError, match=r"x must have the 32 columns that fit saw; got 31"):
            fitted_once(case).transform(rebuilt(data, data.x[:, 1:], data.edge_index))
    else:
        with pytest.raises(ValueError, match="takes a sequence of graphs; got Data"):
            fitted(case, planted())
        with pytest.raises(ValueError, match=r"takes a sequence of graphs; got GraphDataset; give a list of some"):
            fitted(case, load("karate"))


@every
@pytest.mark.filterwarnings("ignore:precision='bf16' is slow on this")  # true on some machines, and no matter here
def test_bfloat16_layers(case):
    method = brief(case).set_params(precision="bf16").fit(data_for(case))
    assert torch.isfinite(method.embedding_).all()


@every_of_graphs
def test_a_collection_is_its_graphs(case):
    graphs = many(case.kind)
    method, flat = brief(case).fit(graphs), brief(case).fit(GraphCollection.of(graphs))
    assert torch.equal(method.embedding_, flat.embedding_)
    assert torch.equal(flat.transform(GraphCollection.of(graphs)[:3]), flat.embedding_[:3])


@every_sampled
def test_a_sample_with_all_neighbours_has_the_rows_of_the_full_graph(case, monkeypatch):
    """By blocks of seeds, one layer at a time where the method says its layers, else with all hops at once."""
    data = data_for(case)
    method = fitted_once(case).set_params(**case.sampled)
    monkeypatch.setattr(node_batches, "BLOCK", 37)
    torch.testing.assert_close(method.transform(data), method.embedding_, atol=1e-6, rtol=1e-5)
    monkeypatch.setattr(type(method.module_), "layers", None)
    torch.testing.assert_close(method.transform(data), method.embedding_, atol=1e-6, rtol=1e-5)


@every_sampled
def test_training_on_samples(case):
    data = data_for(case)
    first, again = (brief(case).set_params(**case.sampled).fit(data) for _ in range(2))
    assert torch.equal(first.embedding_, again.embedding_)
    whole = case.make(0).set_params(**case.sampled).fit(data)
    assert torch.isfinite(whole.embedding_).all()
    assert clustering_scores(data.y, whole.labels_)["acc"] > 0.95
    if whole.history_:
        assert not torch.equal(whole.embedding_, fitted_once(case).embedding_)


def test_every_method_of_one_graph_trains_on_samples_or_says_why_not():
    """The table in docs/architecture.md: what has no line below and no `sampled` setting fails here."""
    whole = {
        "sdcn": "the GCN reads five edges away; the pre-training takes batches",
        "daegc": "each step compares all pairs of nodes",
        "dfcn": "each step compares all pairs of nodes, and each node attends to all",
        "two-view": "nothing is trained",
        "smooth-k-means": "nothing is trained",
        "ssgc": "nothing is trained",
        "sagsc": "nothing is trained",
        "ms2cag": "nothing is trained",
        "k-means": "nothing is trained",
        "leiden": "nothing is trained",
    }
    sampled = {name for name in of_kind("embedder", "clusterer") if CASES[name].sampled}
    assert sampled | set(whole) == set(of_kind("embedder", "clusterer"))
    assert not sampled & set(whole)
