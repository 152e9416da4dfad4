"""One checklist for every method: the published ones and the three tiny ones that prove the protocol."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import islice

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from torch import Tensor
from torch_geometric.data import Data

from graphcl import (
    DGI,
    DSLA,
    GCA,
    GRACE,
    METHODS,
    SCGC,
    AttrMasking,
    AutoencoderKMeans,
    EdgePred,
    FeatureKMeans,
    GCooL,
    GCooLMultiplex,
    GraphCL,
    Leiden,
    RandomGNN,
    SCGCStar,
    SmoothKMeans,
    TwoView,
)
from graphcl.datasets import GraphCollection, load
from graphcl.evaluation import clustering_scores
from graphcl.methods import of_kind
from graphcl.training import GraphEstimator, Runtime, Stage, Step, adam
from tests.easy import many, planted, several
from tests.tiny import TinyCandidates, TinyNeighbours, TinyPrototypes

GNN = {"n_clusters": 3, "hidden_channels": 32, "out_channels": 16}
VIEWS = {**GNN, "epochs": 30, "lr": 1e-2}
SMALL = {"hidden_channels": (32,), "out_channels": 8, "pretrain_epochs": 20, "pretrain_lr": 5e-3}
NARROW = {"channels": 8, "epochs": 3, "batch_size": 8}


@dataclass(frozen=True)
class Case:
    """A method in a small setting, and what is true of it."""

    make: Callable[[int], GraphEstimator]
    random: bool = True  # another seed, another embedding
    reads_edges: bool = True  # in the embedding
    other_graphs: bool = True  # can be embedded after fit
    needs: str = ""  # an optional package
    kind: str = "numbers"  # of x, for methods that take many graphs

    @property
    def takes(self) -> str:
        return self.make(0).takes

    @property
    def clusters(self) -> bool:
        return self.make(0).n_clusters is not None


CASES = {
    "scgc-star": Case(lambda s: SCGCStar(n_clusters=3, epochs=30, seed=s, **SMALL), reads_edges=False),
    "scgc": Case(lambda s: SCGC(n_clusters=3, epochs=30, seed=s, **SMALL), reads_edges=False),
    "scgc/star-with-decoder": Case(
        lambda s: SCGC(n_clusters=3, epochs=30, influence="cumulative", seed=s, **SMALL), reads_edges=False
    ),
    "autoencoder-k-means": Case(lambda s: AutoencoderKMeans(n_clusters=3, seed=s, **SMALL), reads_edges=False),
    "gcool": Case(lambda s: GCooL(stride=100, seed=s, **VIEWS)),
    "gcool/rbf": Case(lambda s: GCooL(similarity="rbf", form="null_model", symmetric=True, seed=s, **VIEWS)),
    "gcool-multiplex": Case(lambda s: GCooLMultiplex(seed=s, **VIEWS)),
    "gcool-multiplex/concat": Case(lambda s: GCooLMultiplex(fusion="concat", stride=100, seed=s, **VIEWS)),
    "gcool-multiplex/attention": Case(
        lambda s: GCooLMultiplex(
            fusion="attention", shared_encoder=False, edge_rate=0.2, feature_rate=0.1, seed=s, **VIEWS
        )
    ),
    "gca": Case(lambda s: GCA(seed=s, **VIEWS)),
    "grace": Case(lambda s: GRACE(seed=s, **VIEWS)),
    "dgi": Case(lambda s: DGI(seed=s, **VIEWS)),
    "random-gnn": Case(lambda s: RandomGNN(seed=s, **GNN)),
    "two-view": Case(lambda s: TwoView(n_clusters=3, seed=s), random=False),
    "two-view/reduced": Case(lambda s: TwoView(n_clusters=3, components=16, rounds=1, starts=1, seed=s)),
    "smooth-k-means": Case(lambda s: SmoothKMeans(n_clusters=3, seed=s), random=False),
    "smooth-k-means/reduced": Case(lambda s: SmoothKMeans(n_clusters=3, components=16, axes=8, seed=s)),
    "k-means": Case(lambda s: FeatureKMeans(n_clusters=3, seed=s), random=False, reads_edges=False),
    "leiden": Case(lambda s: Leiden(n_clusters=3, seed=s), random=False, other_graphs=False, needs="leidenalg"),
    "tiny-prototypes": Case(lambda s: TinyPrototypes(n_clusters=3, seed=s), reads_edges=False),
    "tiny-prototypes/rows": Case(lambda s: TinyPrototypes(n_clusters=3, batch_size=32, seed=s), reads_edges=False),
    "tiny-neighbours": Case(lambda s: TinyNeighbours(seed=s)),
    "tiny-neighbours/sampled": Case(lambda s: TinyNeighbours(batch_size=32, seed=s)),
    "tiny-candidates": Case(lambda s: TinyCandidates(seed=s)),
    "dsla": Case(lambda s: DSLA(seed=s, **NARROW), kind="molecule"),
    "dsla/reference": Case(lambda s: DSLA(seed=s, mode="reference", **NARROW), kind="molecule"),
    "dsla/protein": Case(lambda s: DSLA(seed=s, domain="protein", **NARROW), kind="protein"),
    "dsla/social": Case(lambda s: DSLA(seed=s, domain="social", **NARROW), kind="social"),
    "edge-pred": Case(lambda s: EdgePred(seed=s, **NARROW), kind="molecule"),
    "edge-pred/protein": Case(lambda s: EdgePred(seed=s, domain="protein", **NARROW), kind="protein"),
    "attr-masking": Case(lambda s: AttrMasking(seed=s, **NARROW), kind="molecule"),
    "attr-masking/social": Case(lambda s: AttrMasking(seed=s, domain="social", **NARROW), kind="social"),
    "graph-cl": Case(lambda s: GraphCL(seed=s, **NARROW), kind="molecule"),
    "graph-cl/protein": Case(lambda s: GraphCL(seed=s, domain="protein", **NARROW), kind="protein"),
    "graph-cl/social": Case(lambda s: GraphCL(seed=s, domain="social", **NARROW), kind="social"),
}
UNTRAINED = ("k-means", "smooth", "two", "leiden", "random")


def each(cases: dict[str, Case]) -> pytest.MarkDecorator:
    """Run a test for each case, or skip it where its package is missing."""
    missing = {name: bool(case.needs) and find_spec(case.needs) is None for name, case in cases.items()}
    skip = {name: pytest.mark.skipif(missing[name], reason=f"needs {case.needs}") for name, case in cases.items()}
    params = [pytest.param(case, id=name, marks=skip[name]) for name, case in cases.items()]
    return pytest.mark.parametrize("case", params)


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


def data_for(case: Case) -> Data | list[Data]:
    return {"graph": planted, "multiplex": several, "graphs": partial(many, case.kind)}[case.takes]()


def rebuilt(data: Data, x: Tensor, edge_index: Tensor, kept: Tensor | slice = slice(None)) -> Data:
    """A graph with other features and edges, and the relations of those edges that are kept."""
    made = Data(x=x, edge_index=edge_index[:, kept])
    if data.get("edge_type") is not None:
        made.edge_type = data.edge_type[kept]
    return made


def fitted(case: Case, data: Data | list[Data], seed: int = 0) -> GraphEstimator:
    return case.make(seed).fit(data)


def tensors(data: Data | list[Data]) -> list[Tensor]:
    graphs = [data] if isinstance(data, Data) else data
    return [value for graph in graphs for _, value in sorted(graph.to_dict().items()) if torch.is_tensor(value)]


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
    }
    of_one_graph = {name: METHODS[name] for name in of_kind("embedder", "clusterer")}
    flags = {name: (cls.takes, cls.accepts_edge_weight, cls.revision) for name, cls in of_one_graph.items()}
    assert flags == {
        "gcool": ("graph", False, 1),
        "gcool-multiplex": ("multiplex", False, 1),
        "gca": ("graph", False, 1),
        "grace": ("graph", False, 1),
        "dgi": ("graph", False, 2),
        "random-gnn": ("graph", False, 1),
        "two-view": ("graph", True, 1),
        "smooth-k-means": ("graph", True, 2),
        "scgc": ("graph", True, 2),
        "scgc-star": ("graph", True, 2),
        "autoencoder-k-means": ("graph", True, 1),
        "k-means": ("graph", True, 1),
        "leiden": ("graph", True, 1),
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
    fitted(case, data)
    assert all(torch.equal(a, b) for a, b in zip(before, tensors(data), strict=True))
    assert torch.equal(state, torch.get_rng_state())


@every
def test_embedding_and_history(case):
    data = data_for(case)
    method = fitted(case, data)
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
    first, again, other = fitted(case, data), fitted(case, data), fitted(case, data, seed=1)
    assert torch.equal(first.embedding_, again.embedding_)
    assert torch.equal(first.embedding_, other.embedding_) is not case.random
    if case.clusters:
        assert torch.equal(first.labels_, again.labels_)


@every
def test_labels_are_not_read(case):
    data = data_for(case)
    scrambled = data_for(case)
    for graph in [scrambled] if isinstance(scrambled, Data) else scrambled:
        graph.y = graph.y.flip(0) + 5
    first, second = fitted(case, data), case.make(0).fit(scrambled, y=torch.zeros(7))
    assert torch.equal(first.embedding_, second.embedding_)


@every
def test_save_and_load(case, tmp_path):
    data = data_for(case)
    method = fitted(case, data)
    method.save(tmp_path / "model.pt")
    loaded = type(method).load(tmp_path / "model.pt")
    assert loaded.get_params() == method.get_params()
    assert torch.equal(loaded.embedding_, method.embedding_)
    assert torch.equal(loaded.transform(data), method.embedding_)
    if case.clusters:
        assert torch.equal(loaded.labels_, method.labels_)
        if hasattr(method, "predict"):
            assert torch.equal(loaded.predict(data), method.predict(data))


@every_for_other_graphs
def test_embedding_follows_a_renumbering_of_the_nodes(case):
    data = data_for(case)
    method = fitted(case, data)
    order = torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(0))
    place = torch.argsort(order)
    renumbered = rebuilt(data, data.x[order], place[data.edge_index])
    torch.testing.assert_close(method.transform(renumbered), method.embedding_[order], atol=1e-4, rtol=1e-4)


@every_for_other_graphs
def test_embedding_reads_the_edges_or_does_not(case):
    data = data_for(case)
    method = fitted(case, data)
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
    labels = case.make(0).fit_predict(data)
    assert labels.dtype == torch.long
    assert clustering_scores(data.y, labels)["acc"] > 0.95


@every_of_graph
def test_isolated_nodes_and_no_edges(case):
    data = data_for(case)
    isolated = rebuilt(data, data.x, data.edge_index, (data.edge_index > 5).all(0))
    assert torch.isfinite(fitted(case, isolated).embedding_).all()
    none = rebuilt(data, data.x, data.edge_index, slice(0))
    if case.takes == "multiplex":
        with pytest.raises(ValueError, match="edge_type must name at least two relations; got 0"):
            fitted(case, none)
    else:
        assert torch.isfinite(fitted(case, none).embedding_).all()


@every_of_graph
def test_one_node(case):
    data = Data(x=torch.ones(1, 3), edge_index=torch.empty(2, 0, dtype=torch.long))
    if case.takes == "multiplex":
        data = Data(x=data.x, edge_index=torch.zeros(2, 2, dtype=torch.long), edge_type=torch.arange(2))
    if case.clusters:
        with pytest.raises(ValueError, match="n_clusters must be at most the number of nodes; got 3 for 1 nodes"):
            fitted(case, data)
    else:
        assert torch.isfinite(fitted(case, data).embedding_).all()


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
            fitted(case, data).transform(rebuilt(data, data.x[:, 1:], data.edge_index))
    else:
        with pytest.raises(ValueError, match="takes a sequence of graphs; got Data"):
            fitted(case, planted())
        with pytest.raises(ValueError, match=r"takes a sequence of graphs; got GraphDataset; give a list of some"):
            fitted(case, load("karate"))


@every
@pytest.mark.filterwarnings("ignore:precision='bf16' is slow on this")  # true on some machines, and no matter here
def test_bfloat16_layers(case):
    method = case.make(0).set_params(precision="bf16").fit(data_for(case))
    assert torch.isfinite(method.embedding_).all()


@every_of_graphs
def test_a_collection_is_its_graphs(case):
    graphs = many(case.kind)
    method, flat = fitted(case, graphs), fitted(case, GraphCollection.of(graphs))
    assert torch.equal(method.embedding_, flat.embedding_)
    assert torch.equal(flat.transform(GraphCollection.of(graphs)[:3]), flat.embedding_[:3])
