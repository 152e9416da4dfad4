"""Self-supervised learning on graphs and deep graph clustering, on PyTorch and PyTorch Geometric."""

import warnings

with warnings.catch_warnings():  # PyG's import says that one of its own modules is deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import torch_geometric  # noqa: F401

from graphcl import datasets, evaluation
from graphcl.methods import (
    DGI,
    GCA,
    GRACE,
    METHODS,
    SCGC,
    AutoencoderKMeans,
    FeatureKMeans,
    GCooL,
    GCooLMultiplex,
    Leiden,
    RandomGNN,
    SCGCStar,
    SmoothKMeans,
    TwoView,
    best_of,
    choose_k,
    load,
)

__version__ = "0.1.0"

__all__ = [
    "DGI",
    "GCA",
    "GRACE",
    "METHODS",
    "SCGC",
    "AutoencoderKMeans",
    "FeatureKMeans",
    "GCooL",
    "GCooLMultiplex",
    "Leiden",
    "RandomGNN",
    "SCGCStar",
    "SmoothKMeans",
    "TwoView",
    "__version__",
    "best_of",
    "choose_k",
    "datasets",
    "evaluation",
    "load",
]
