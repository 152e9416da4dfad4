"""Self-supervised learning on graphs and deep graph clustering, on PyTorch and PyTorch Geometric."""

import os
import warnings
from typing import TYPE_CHECKING

# oneDNN keeps a kernel, of megabytes in bfloat16, for each of the last 1,024 shapes. Where all batches of graphs
# differ in size these were gigabytes; no step of a method has 64 shapes (benchmarks/speed/kernel_cache.py).
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")

# PyG's import says so of one of its own modules.
warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", DeprecationWarning)

__version__ = "0.1.0"

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
    "__version__",
    "best_of",
    "choose_k",
    "datasets",
    "evaluation",
    "load",
]

if TYPE_CHECKING:
    from graphcl import datasets, evaluation
    from graphcl.methods import (
        DGI,
        DSLA,
        GCA,
        GRACE,
        METHODS,
        PRETRAINERS,
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
        best_of,
        choose_k,
        load,
    )
else:

    def __getattr__(name):
        """Import torch and all the rest when a name is first asked for: `graphcl --help` needs none of it."""
        from importlib import import_module
        from importlib.util import find_spec

        if find_spec(f"graphcl.{name}"):
            return import_module(f"graphcl.{name}")
        if name in __all__:
            return getattr(import_module("graphcl.methods"), name)
        raise AttributeError(f"module 'graphcl' has no attribute {name!r}")

    def __dir__():
        return __all__
