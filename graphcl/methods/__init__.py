"""One file a method; `METHODS` and `PRETRAINERS` name them for the command line, the suites and the recipes."""

from pathlib import Path

from graphcl.methods.attr_masking import AttrMasking
from graphcl.methods.autoencoder_kmeans import AutoencoderKMeans
from graphcl.methods.best_of import Contest, best_of
from graphcl.methods.choose_k import Choice, choose_k
from graphcl.methods.dgi import DGI
from graphcl.methods.dsla import DSLA
from graphcl.methods.edge_pred import EdgePred
from graphcl.methods.feature_kmeans import FeatureKMeans
from graphcl.methods.gca import GCA
from graphcl.methods.gcool import GCooL
from graphcl.methods.gcool_multiplex import GCooLMultiplex
from graphcl.methods.grace import GRACE
from graphcl.methods.graph_cl import GraphCL
from graphcl.methods.leiden import Leiden
from graphcl.methods.random_gnn import RandomGNN
from graphcl.methods.scgc import SCGC, SCGCStar
from graphcl.methods.smooth_kmeans import SmoothKMeans
from graphcl.methods.two_view import TwoView
from graphcl.training.clusterer import GraphClusterer
from graphcl.training.estimator import GraphEstimator
from graphcl.training.saved import read_saved

METHODS: dict[str, type[GraphClusterer]] = {
    "two-view": TwoView,
    "smooth-k-means": SmoothKMeans,
    "scgc": SCGC,
    "scgc-star": SCGCStar,
    "gcool": GCooL,
    "gcool-multiplex": GCooLMultiplex,
    "gca": GCA,
    "grace": GRACE,
    "dgi": DGI,
    "random-gnn": RandomGNN,
    "autoencoder-k-means": AutoencoderKMeans,
    "k-means": FeatureKMeans,
    "leiden": Leiden,
}
"""What finds clusters of nodes in a graph."""

PRETRAINERS: dict[str, type[GraphEstimator]] = {
    "dsla": DSLA,
    "attr-masking": AttrMasking,
    "edge-pred": EdgePred,
    "graph-cl": GraphCL,
}
"""What learns an encoder of whole graphs from many of them, and no clusters."""

__all__ = [
    "DGI",
    "DSLA",
    "GCA",
    "GRACE",
    "METHODS",
    "PRETRAINERS",
    "SCGC",
    "AttrMasking",
    "AutoencoderKMeans",
    "Choice",
    "Contest",
    "EdgePred",
    "FeatureKMeans",
    "GCooL",
    "GCooLMultiplex",
    "GraphCL",
    "Leiden",
    "RandomGNN",
    "SCGCStar",
    "SmoothKMeans",
    "TwoView",
    "best_of",
    "choose_k",
    "load",
]


def load(path: str | Path) -> GraphEstimator:
    """Read a fitted estimator of any class that its `save` wrote.

    Raises:
        FileNotFoundError: no such file.
        ValueError: another kind of file, a broken one, or one of a method that this version does not have.
    """
    method = read_saved(Path(path))["method"]
    known: dict[str, type[GraphEstimator]] = {**METHODS, **PRETRAINERS}
    if method not in known:
        raise ValueError(f"{path} holds the method {method!r}; this graphcl has {', '.join(known)}")
    return known[method].load(path)
