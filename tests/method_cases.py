"""Every method in a small setting, and what is true of it: the rows of the checklist in test_every_method.py."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl import (
    AFGRL,
    BGRL,
    CCASSG,
    DAEGC,
    DFCN,
    DGI,
    DSLA,
    GBT,
    GCA,
    GGD,
    GRACE,
    JOAO,
    MAGI,
    MS2CAG,
    MVGRL,
    NS4GC,
    S3GC,
    SAGSC,
    SCGC,
    SDCN,
    SSGC,
    AttrMasking,
    AutoencoderKMeans,
    ContextPred,
    DGCluster,
    DinkNet,
    DMoN,
    EdgePred,
    FeatureKMeans,
    GCooL,
    GCooLMultiplex,
    GraphCL,
    GraphMAE,
    GraphMAE2,
    GraphMAEGraphs,
    InfoGraph,
    Infomax,
    Leiden,
    MinCut,
    MVGRLGraphs,
    Neuromap,
    Prototypes,
    RandomGNN,
    SCGCStar,
    SimGRACE,
    SmoothKMeans,
    TwoView,
    VICReg,
)
from graphcl.training import GraphEstimator
from tests.easy import many, planted, several
from tests.tiny import TinyCandidates, TinyNeighbours, TinyPrototypes

GNN = {"n_clusters": 3, "hidden_channels": 32, "out_channels": 16}
VIEWS = {**GNN, "epochs": 30, "lr": 1e-2}
SHORT = {**GNN, "epochs": 15, "lr": 1e-2}
ONE = {"n_clusters": 3, "out_channels": 16, "epochs": 15, "lr": 1e-2}
SMALL = {"hidden_channels": (32,), "out_channels": 8, "pretrain_epochs": 20, "pretrain_lr": 5e-3}
ATTENTIVE = {"hidden_channels": 32, "epochs": 10, "n_init": 5}
"""With the published weight, 10, of a divergence whose target moves with each step, the loss need not fall."""
FUSED = {
    "hidden_channels": (32, 32),
    "graph_hidden_channels": (32,),
    "out_channels": 8,
    "pretrain_epochs": 5,
    "joint_epochs": 5,
    "epochs": 10,
    "n_init": 5,
}
NARROW = {"channels": 8, "epochs": 3, "batch_size": 8}
FREE = {"n_clusters": 3, "out_channels": 16, "epochs": 15, "lr": 5e-2, "batch_size": None}
NEAR = {**NARROW, "radius": 1, "context_size": 2}
PARTS = {"n_clusters": 3, "out_channels": 16, "epochs": 25, "lr": 2e-2}
SAMPLED = {"batch_size": 64, "fanouts": (10, 10)}
DEEP = {"batch_size": 64, "fanouts": (10, 10, 10)}
ONE_HOP = {"batch_size": 64, "fanouts": (10,)}
DISCRIMINATION = {"n_clusters": 3, "out_channels": 16, "epochs": 20, "lr": 1e-2}
MASKED = {**GNN, "heads": 2, "dropout": 0.0, "attention_dropout": 0.0, "epochs": 20, "lr": 1e-2}
ROWS = {"batch_size": 64}
"""Of methods whose embedding reads no edges; their positives are drawn by walks."""


@dataclass(frozen=True)
class Case:
    """A method in a small setting, and what is true of it."""

    make: Callable[[int], GraphEstimator]
    random: bool = True  # another seed, another embedding
    reads_edges: bool = True  # in the embedding
    other_graphs: bool = True  # can be embedded after fit
    needs: str = ""  # an optional package
    kind: str = "numbers"  # of x, for methods that take many graphs
    one_node: bool = True  # learns, if nothing, from graphs of one node each
    sampled: dict[str, Any] = field(default_factory=dict)  # what has it train on samples with a fan-out of 10

    @property
    def takes(self) -> str:
        return self.make(0).takes

    @property
    def clusters(self) -> bool:
        return self.make(0).n_clusters is not None


CASES = {
    "scgc-star": Case(
        lambda s: SCGCStar(n_clusters=3, epochs=30, seed=s, **SMALL), reads_edges=False, sampled=ROWS
    ),
    "scgc": Case(lambda s: SCGC(n_clusters=3, epochs=30, seed=s, **SMALL), reads_edges=False, sampled=ROWS),
    "scgc/star-with-decoder": Case(
        lambda s: SCGC(n_clusters=3, epochs=30, influence="cumulative", seed=s, **SMALL), reads_edges=False
    ),
    "autoencoder-k-means": Case(
        lambda s: AutoencoderKMeans(n_clusters=3, seed=s, **SMALL),
        reads_edges=False,
        sampled={"pretrain_batch_size": 32},
    ),
    "sdcn": Case(lambda s: SDCN(n_clusters=3, epochs=40, lr=1e-2, n_init=5, seed=s, **SMALL), reads_edges=False),
    "daegc": Case(lambda s: DAEGC(n_clusters=3, divergence_weight=1.0, seed=s, **ATTENTIVE)),
    "dfcn": Case(lambda s: DFCN(n_clusters=3, seed=s, **FUSED)),
    "gcool": Case(lambda s: GCooL(stride=100, seed=s, **VIEWS), sampled=SAMPLED),
    "gcool/rbf": Case(
        lambda s: GCooL(similarity="rbf", form="null_model", symmetric=True, seed=s, **VIEWS), sampled=SAMPLED
    ),
    "gcool-multiplex": Case(lambda s: GCooLMultiplex(seed=s, **VIEWS), sampled=SAMPLED),
    "gcool-multiplex/concat": Case(lambda s: GCooLMultiplex(fusion="concat", stride=100, seed=s, **VIEWS)),
    "gcool-multiplex/attention": Case(
        lambda s: GCooLMultiplex(
            fusion="attention", shared_encoder=False, edge_rate=0.2, feature_rate=0.1, seed=s, **VIEWS
        )
    ),
    "gca": Case(lambda s: GCA(seed=s, **VIEWS), sampled=SAMPLED),
    "grace": Case(lambda s: GRACE(seed=s, **VIEWS), sampled=SAMPLED),
    "prototypes": Case(lambda s: Prototypes(n_init=2, seed=s, **VIEWS | {"epochs": 20}), sampled=SAMPLED),
    "dgi": Case(lambda s: DGI(seed=s, **VIEWS), sampled=ONE_HOP),
    "cca-ssg": Case(lambda s: CCASSG(seed=s, **VIEWS), sampled=SAMPLED),
    "g-bt": Case(lambda s: GBT(seed=s, **VIEWS), sampled=SAMPLED),
    "vicreg": Case(lambda s: VICReg(seed=s, **SHORT), sampled=SAMPLED),
    "bgrl": Case(lambda s: BGRL(predictor_channels=32, seed=s, **VIEWS), sampled=SAMPLED),
    "dmon": Case(lambda s: DMoN(seed=s, **PARTS), sampled=ONE_HOP),
    "mincut": Case(lambda s: MinCut(seed=s, **PARTS), sampled=ONE_HOP),
    "neuromap": Case(lambda s: Neuromap(seed=s, **PARTS), sampled=SAMPLED),
    "dgcluster": Case(lambda s: DGCluster(hidden_channels=16, seed=s, **PARTS), sampled=DEEP),
    "ns4gc": Case(lambda s: NS4GC(seed=s, **SHORT), sampled=SAMPLED),
    "magi": Case(lambda s: MAGI(seed=s, **ONE), sampled=ONE_HOP),
    "magi/k-means": Case(
        lambda s: MAGI(encoder="sage", num_layers=2, min_max=False, read_out="k-means", seed=s, **SHORT),
        sampled=SAMPLED,
    ),
    "ggd": Case(lambda s: GGD(seed=s, **DISCRIMINATION), sampled=ONE_HOP),
    "dink-net": Case(lambda s: DinkNet(seed=s, **DISCRIMINATION), sampled=ONE_HOP),
    "dink-net/refined": Case(
        lambda s: DinkNet(seed=s, refine_epochs=2, refine_lr=1e-3, **DISCRIMINATION), sampled=ONE_HOP
    ),
    "graph-mae": Case(lambda s: GraphMAE(seed=s, **MASKED), sampled=DEEP),
    "graph-mae2": Case(lambda s: GraphMAE2(seed=s, **MASKED), sampled=DEEP),
    "graph-mae2/random": Case(
        lambda s: GraphMAE2(seed=s, remask="random", momentum=0.9, decoupled=True, remask_views=2, **MASKED)
    ),
    "afgrl": Case(lambda s: AFGRL(seed=s, clusters=10, runs=2, **DISCRIMINATION), sampled=ONE_HOP),
    "mvgrl": Case(lambda s: MVGRL(seed=s, top_k=16, **DISCRIMINATION), sampled=ONE_HOP),
    "mvgrl/deep": Case(lambda s: MVGRL(seed=s, num_layers=2, loop_weight=2.0, **SHORT), sampled=SAMPLED),
    "random-gnn": Case(lambda s: RandomGNN(seed=s, **GNN), sampled=SAMPLED),
    "two-view": Case(lambda s: TwoView(n_clusters=3, seed=s), random=False),
    "two-view/reduced": Case(lambda s: TwoView(n_clusters=3, components=16, rounds=1, starts=1, seed=s)),
    "smooth-k-means": Case(lambda s: SmoothKMeans(n_clusters=3, seed=s), random=False),
    "smooth-k-means/reduced": Case(lambda s: SmoothKMeans(n_clusters=3, components=16, axes=8, seed=s)),
    "ssgc": Case(lambda s: SSGC(n_clusters=3, seed=s), random=False),
    "ssgc/reduced": Case(lambda s: SSGC(n_clusters=3, components=16, row_normalize=False, seed=s)),
    "sagsc": Case(lambda s: SAGSC(n_clusters=3, seed=s), random=False),
    "sagsc/reduced": Case(lambda s: SAGSC(n_clusters=3, components=16, seed=s)),
    "ms2cag": Case(lambda s: MS2CAG(n_clusters=3, seed=s), random=False),
    "ms2cag/reduced": Case(
        lambda s: MS2CAG(n_clusters=3, components=16, alpha=1.5, normalise="degree", gamma=0.9, seed=s)
    ),
    "ms2cag/rounding": Case(
        lambda s: MS2CAG(n_clusters=3, read_out="rounding", series="as_released", seed=s), random=False
    ),
    "s3gc": Case(lambda s: S3GC(walks=5, seed=s, **FREE), other_graphs=False, sampled=ROWS),
    "s3gc/big": Case(
        lambda s: S3GC(size="big", diffusion="heat", walks=3, seed=s, **FREE),
        other_graphs=False,
    ),
    "s3gc/inductive": Case(lambda s: S3GC(walks=5, free_rows=False, seed=s, **FREE), sampled=ROWS),
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
    "simgrace": Case(lambda s: SimGRACE(seed=s, **NARROW), kind="molecule"),
    "simgrace/protein": Case(lambda s: SimGRACE(seed=s, domain="protein", **NARROW), kind="protein"),
    "simgrace/social": Case(
        lambda s: SimGRACE(seed=s, domain="social", eta=1.0, anchors="perturbed", **NARROW), kind="social"
    ),
    "infograph": Case(lambda s: InfoGraph(seed=s, **NARROW), kind="molecule"),
    "infograph/protein": Case(lambda s: InfoGraph(seed=s, domain="protein", **NARROW), kind="protein"),
    "infograph/social": Case(lambda s: InfoGraph(seed=s, domain="social", **NARROW), kind="social"),
    "infomax": Case(lambda s: Infomax(seed=s, **NARROW), kind="molecule"),
    "infomax/protein": Case(lambda s: Infomax(seed=s, domain="protein", **NARROW), kind="protein"),
    "infomax/social": Case(lambda s: Infomax(seed=s, domain="social", **NARROW), kind="social"),
    "graph-mae-graphs": Case(lambda s: GraphMAEGraphs(seed=s, **NARROW), kind="molecule"),
    "graph-mae-graphs/social": Case(lambda s: GraphMAEGraphs(seed=s, domain="social", **NARROW), kind="social"),
    "joao": Case(lambda s: JOAO(seed=s, **NARROW), kind="molecule"),
    "joao/protein": Case(lambda s: JOAO(seed=s, domain="protein", **NARROW), kind="protein"),
    "context-pred": Case(lambda s: ContextPred(seed=s, **NEAR), kind="molecule", one_node=False),
    "context-pred/protein": Case(
        lambda s: ContextPred(seed=s, domain="protein", **NEAR), kind="protein", one_node=False
    ),
    "context-pred/social": Case(
        lambda s: ContextPred(seed=s, domain="social", **NEAR), kind="social", one_node=False
    ),
    "mvgrl-graphs": Case(lambda s: MVGRLGraphs(seed=s, **NARROW), kind="molecule"),
    "mvgrl-graphs/protein": Case(lambda s: MVGRLGraphs(seed=s, domain="protein", **NARROW), kind="protein"),
    "mvgrl-graphs/social": Case(
        lambda s: MVGRLGraphs(seed=s, domain="social", train_encoders=False, **NARROW), kind="social"
    ),
    "joao/social": Case(lambda s: JOAO(seed=s, domain="social", **NARROW), kind="social"),
}
UNTRAINED = ("k-means", "smooth", "ssgc", "sagsc", "ms2cag", "two", "leiden", "random")


def each(cases: dict[str, Case]) -> pytest.MarkDecorator:
    """Run a test for each case, or skip it where its package is missing."""
    missing = {name: bool(case.needs) and find_spec(case.needs) is None for name, case in cases.items()}
    skip = {name: pytest.mark.skipif(missing[name], reason=f"needs {case.needs}") for name, case in cases.items()}
    params = [pytest.param(case, id=name, marks=skip[name]) for name, case in cases.items()]
    return pytest.mark.parametrize("case", params)


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


def fitted_once(case: Case) -> GraphEstimator:
    """A copy of what the first call fitted, to `data_for(case)` with seed 0: for tests that look at one fit."""
    if id(case) not in _FITTED:
        _FITTED[id(case)] = fitted(case, data_for(case))
    return deepcopy(_FITTED[id(case)])


_FITTED: dict[int, GraphEstimator] = {}


def brief(case: Case, seed: int = 0) -> GraphEstimator:
    """The method with two epochs and two starts at most, for what does not depend on the length of a training."""
    method = case.make(seed)
    settings = method.get_params()
    lengths = {name: value for name, value in settings.items() if name.endswith("epochs") or name == "n_init"}
    short = {name: min(value, 2) for name, value in lengths.items() if value is not None}
    return method.set_params(**short, **({"starts": 1} if "starts" in settings else {}))


def tensors(data: Data | list[Data]) -> list[Tensor]:
    graphs = [data] if isinstance(data, Data) else data
    return [value for graph in graphs for _, value in sorted(graph.to_dict().items()) if torch.is_tensor(value)]
