"""The one training loop and what it is made of; it knows no method and no label."""

from graphcl.ops.runtime import Runtime
from graphcl.training.batches import Batches, GraphBatches, NodeBatches
from graphcl.training.checkpoint import Checkpoint, Interrupted
from graphcl.training.clusterer import GraphClusterer
from graphcl.training.estimator import GraphEstimator
from graphcl.training.history import read_history, write_history
from graphcl.training.inference import embed_all
from graphcl.training.loop import Report, Training, train
from graphcl.training.method import Method, Selection, Stage, Step
from graphcl.training.sampler import NeighborSampler

__all__ = [
    "Batches",
    "Checkpoint",
    "GraphBatches",
    "GraphClusterer",
    "GraphEstimator",
    "Interrupted",
    "Method",
    "NeighborSampler",
    "NodeBatches",
    "Report",
    "Runtime",
    "Selection",
    "Stage",
    "Step",
    "Training",
    "embed_all",
    "read_history",
    "train",
    "write_history",
]
