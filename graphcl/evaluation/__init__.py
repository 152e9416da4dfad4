"""Evaluation of clusterings, of embeddings (probes), and of pre-trained encoders (fine-tuning, its baselines)."""

from graphcl.agreement import Agreement, consensus, pairwise_nmi
from graphcl.evaluation.agreement import agreement
from graphcl.evaluation.clustering import clustering_scores, contingency
from graphcl.evaluation.knn_probe import knn_probe
from graphcl.evaluation.linear_probe import linear_probe
from graphcl.evaluation.overlap import overlap_scores
from graphcl.evaluation.probes import PROBES, kmeans_probe, probe_scores
from graphcl.evaluation.probing import ProbeResult, classification_scores
from graphcl.evaluation.splits import Split, node_splits, split_digest, splitting_of
from graphcl.evaluation.structure import conductance, modularity, structure_scores
from graphcl.evaluation.transfer.category_means import mean_node_features
from graphcl.evaluation.transfer.finetune import FineTuning, finetune
from graphcl.evaluation.transfer.metrics import masked_bce, masked_mse, mean_score, task_scores
from graphcl.evaluation.transfer.results import TransferRun, TransferScores
from graphcl.evaluation.transfer.rows import predict_tasks

__all__ = [
    "PROBES",
    "Agreement",
    "FineTuning",
    "ProbeResult",
    "Split",
    "TransferRun",
    "TransferScores",
    "agreement",
    "classification_scores",
    "clustering_scores",
    "conductance",
    "consensus",
    "contingency",
    "finetune",
    "kmeans_probe",
    "knn_probe",
    "linear_probe",
    "masked_bce",
    "masked_mse",
    "mean_node_features",
    "mean_score",
    "modularity",
    "node_splits",
    "overlap_scores",
    "pairwise_nmi",
    "predict_tasks",
    "probe_scores",
    "split_digest",
    "splitting_of",
    "structure_scores",
    "task_scores",
]
