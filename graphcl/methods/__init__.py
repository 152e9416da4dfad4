"""One file a method; `METHODS` names them for the command line, the suites and the recipes."""

from pathlib import Path

from graphcl.methods.autoencoder_kmeans import AutoencoderKMeans
from graphcl.methods.best_of import Contest, best_of
from graphcl.methods.choose_k import Choice, choose_k
from graphcl.methods.feature_kmeans import FeatureKMeans
from graphcl.methods.leiden import Leiden
from graphcl.methods.scgc import SCGC, SCGCStar
from graphcl.methods.smooth_kmeans import SmoothKMeans
from graphcl.methods.two_view import TwoView
from graphcl.training.clusterer import GraphClusterer
from graphcl.training.saved import read_saved

METHODS: dict[str, type[GraphClusterer]] = {
    "two-view": TwoView,
    "smooth-k-means": SmoothKMeans,
    "scgc": SCGC,
    "scgc-star": SCGCStar,
    "autoencoder-k-means": AutoencoderKMeans,
    "k-means": FeatureKMeans,
    "leiden": Leiden,
}

__all__ = [
    "METHODS",
    "SCGC",
    "AutoencoderKMeans",
    "Choice",
    "Contest",
    "FeatureKMeans",
    "Leiden",
    "SCGCStar",
    "SmoothKMeans",
    "TwoView",
    "best_of",
    "choose_k",
    "load",
]


def load(path: str | Path) -> GraphClusterer:
    """Read a fitted estimator of any class that its `save` wrote.

    Raises:
        FileNotFoundError: no such file.
        ValueError: another kind of file, a broken one, or one of a method that this version does not have.
    """
    method = read_saved(Path(path))["method"]
    if method not in METHODS:
        raise ValueError(f"{path} holds the method {method!r}; this graphcl has {', '.join(METHODS)}")
    return METHODS[method].load(path)
