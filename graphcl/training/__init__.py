"""Training: the loop, its batches and checkpoints, and the base classes of methods and estimators; no labels."""

from graphcl.ops.machine.launching import process_group
from graphcl.ops.machine.runtime import Runtime
from graphcl.training.batching.batches import Batches
from graphcl.training.batching.graph_batches import GraphBatches
from graphcl.training.batching.node_batches import NodeBatches
from graphcl.training.batching.sampler import NeighborSampler
from graphcl.training.checkpoint import Checkpoint, Interrupted
from graphcl.training.early_stopping import EarlyStopping
from graphcl.training.estimators.about import About
from graphcl.training.estimators.clusterer import GraphClusterer
from graphcl.training.estimators.embedder import GraphEmbedder
from graphcl.training.estimators.estimator import GraphEstimator
from graphcl.training.history import read_history, write_history
from graphcl.training.inference import embed_all
from graphcl.training.loop import Report, Training, train
from graphcl.training.method import Method
from graphcl.training.optimizers import adam, adamw
from graphcl.training.schedules import warmup_cosine
from graphcl.training.stage import Selection, Stage
from graphcl.training.step import Step
from graphcl.training.stopping import StopStage, StopTraining

__all__ = [
    "About",
    "Batches",
    "Checkpoint",
    "EarlyStopping",
    "GraphBatches",
    "GraphClusterer",
    "GraphEmbedder",
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
    "StopStage",
    "StopTraining",
    "Training",
    "adam",
    "adamw",
    "embed_all",
    "process_group",
    "read_history",
    "train",
    "warmup_cosine",
    "write_history",
]
