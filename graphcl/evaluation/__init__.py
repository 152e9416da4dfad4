"""Evaluation of clusterings (external and internal scores) and of embeddings (linear, k-NN, k-means probes)."""

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

__all__ = [
    "PROBES",
    "Agreement",
    "ProbeResult",
    "Split",
    "agreement",
    "classification_scores",
    "clustering_scores",
    "conductance",
    "consensus",
    "contingency",
    "kmeans_probe",
    "knn_probe",
    "linear_probe",
    "modularity",
    "node_splits",
    "overlap_scores",
    "pairwise_nmi",
    "probe_scores",
    "split_digest",
    "splitting_of",
    "structure_scores",
]
