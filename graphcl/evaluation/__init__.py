"""Evaluation of clusterings, of embeddings (probes), and of pre-trained encoders (fine-tuning, its baselines)."""

from graphcl.agreement import Agreement, consensus, pairwise_nmi
from graphcl.evaluation.agreement import agreement
from graphcl.evaluation.clustering import clustering_scores, contingency
from graphcl.evaluation.graph_level.colours import label_histogram, subtree_features
from graphcl.evaluation.graph_level.folds import graph_folds, warn_of_equal_graphs
from graphcl.evaluation.graph_level.nested_cv import nested_cross_validation
from graphcl.evaluation.graph_probe import GRAPH_PROBES, graph_scores
from graphcl.evaluation.knn_probe import knn_probe
from graphcl.evaluation.linear_probe import linear_probe
from graphcl.evaluation.link_prediction import heuristic_prediction, link_prediction
from graphcl.evaluation.links.authors import authors_candidates, mean_batch_ap
from graphcl.evaluation.links.baselines import adamic_adar, common_neighbours, random_projection_rows
from graphcl.evaluation.links.decoders import fit_decoder
from graphcl.evaluation.links.hard_negatives import HardNegatives, hard_negatives
from graphcl.evaluation.links.negatives import uniform_negatives
from graphcl.evaluation.links.scores import link_scores, ranked_link_scores
from graphcl.evaluation.links.split import LinkSplit, leaky_links, split_links
from graphcl.evaluation.ogb.links import OGB_DECODERS, ogb_links
from graphcl.evaluation.ogb.official import ogb_link_score, ogb_metric, ogb_score, ogb_version
from graphcl.evaluation.ogb.probe import OGB_PROBES, ogb_probe
from graphcl.evaluation.ogb.result import OgbResult
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
from graphcl.ops.graph_codes import graph_codes

__all__ = [
    "GRAPH_PROBES",
    "OGB_DECODERS",
    "OGB_PROBES",
    "PROBES",
    "Agreement",
    "FineTuning",
    "HardNegatives",
    "LinkSplit",
    "OgbResult",
    "ProbeResult",
    "Split",
    "TransferRun",
    "TransferScores",
    "adamic_adar",
    "agreement",
    "authors_candidates",
    "classification_scores",
    "clustering_scores",
    "common_neighbours",
    "conductance",
    "consensus",
    "contingency",
    "finetune",
    "fit_decoder",
    "graph_codes",
    "graph_folds",
    "graph_scores",
    "hard_negatives",
    "heuristic_prediction",
    "kmeans_probe",
    "knn_probe",
    "label_histogram",
    "leaky_links",
    "linear_probe",
    "link_prediction",
    "link_scores",
    "masked_bce",
    "masked_mse",
    "mean_batch_ap",
    "mean_node_features",
    "mean_score",
    "modularity",
    "nested_cross_validation",
    "node_splits",
    "ogb_link_score",
    "ogb_links",
    "ogb_metric",
    "ogb_probe",
    "ogb_score",
    "ogb_version",
    "overlap_scores",
    "pairwise_nmi",
    "predict_tasks",
    "probe_scores",
    "random_projection_rows",
    "ranked_link_scores",
    "split_digest",
    "split_links",
    "splitting_of",
    "structure_scores",
    "subtree_features",
    "task_scores",
    "uniform_negatives",
    "warn_of_equal_graphs",
]
