"""Self-supervised learning on graphs and deep graph clustering, on PyTorch and PyTorch Geometric."""

import os
import warnings
from typing import TYPE_CHECKING

# oneDNN keeps a kernel, of megabytes in bfloat16, for each of the last 1,024 shapes. Where all batches of graphs
# differ in size these were gigabytes; no step of a method has 64 shapes (benchmarks/speed/kernel_cache.py).
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")

# Importing PyG warns of one of its own modules.
warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", DeprecationWarning)

__version__ = "0.2.0"

if TYPE_CHECKING:
    from graphcl import agreement as agreement
    from graphcl import augment as augment
    from graphcl import bench as bench
    from graphcl import cli as cli
    from graphcl import datasets as datasets
    from graphcl import encoders as encoders
    from graphcl import evaluation as evaluation
    from graphcl import heads as heads
    from graphcl import methods as methods
    from graphcl import objectives as objectives
    from graphcl import ops as ops
    from graphcl import recipes as recipes
    from graphcl import search as search
    from graphcl import training as training
    from graphcl import validation as validation
    from graphcl.methods import *  # noqa: F403
else:
    from importlib import import_module

    from graphcl.methods.lookup.registry import METHODS as _METHODS

    _ROOMS = (
        *("agreement", "augment", "bench", "cli", "datasets", "encoders", "evaluation", "heads", "methods"),
        *("objectives", "ops", "recipes", "search", "training", "validation"),
    )
    _FROM_METHODS = ("METHODS", "best_of", "choose_k", "load", *_METHODS.classes())
    _NAMES = ("__version__", *_ROOMS, *_FROM_METHODS)
    __all__ = list(_NAMES)

    def __getattr__(name):
        """Import a room, a method and all that they need when they are first asked for."""
        if name in _ROOMS:
            return import_module(f"graphcl.{name}")
        if name in _FROM_METHODS:
            return getattr(import_module("graphcl.methods"), name)
        raise AttributeError(f"module 'graphcl' has no attribute {name!r}")

    def __dir__():
        return sorted(__all__)
