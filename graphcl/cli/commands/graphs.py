"""`graphcl evaluate graphs`: graph classification and clustering from frozen embeddings."""

from typing import Annotated

import typer

from graphcl.cli.frozen import frozen_records, show_scores
from graphcl.cli.names import check_names
from graphcl.cli.options import (
    DatasetName,
    DataSettings,
    JsonLines,
    Recipe,
    Results,
    Root,
    Seeds,
    Settings,
)

BASELINES = ("label-histogram", "wl-subtree")
HEADINGS = {"accuracy": "ACC %", "fold_std": "over folds %", "acc": "ACC %", "nmi": "NMI %", "ari": "ARI %"}
SUPERVISED = {
    "logistic": "logistic regression",
    "svm": "SVM",
    "unseen/logistic": "logistic regression, graphs without an equal one in training",
    "unseen/svm": "SVM, graphs without an equal one in training",
}


def evaluate_graphs_command(
    method: Annotated[
        str, typer.Argument(help=f"A name that `graphcl methods` lists, module:Class, or {', '.join(BASELINES)}.")
    ],
    dataset: DatasetName,
    seeds: Seeds = 1,
    probe: Annotated[
        list[str] | None, typer.Option(metavar="logistic|svm|k-means", help="May be repeated. Default: all.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, max=100, help="Outer folds of the cross-validation.")] = 10,
    *,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    out: Results = None,
    json_lines: JsonLines = False,
) -> None:
    """Train a method on graphs without labels, then classify and cluster them from its frozen embeddings.

    Nested cross-validation: the regularisation is chosen inside the training folds. Graphs with an equal one in
    the training folds are counted and warned of. Scores are in percent: mean ± standard deviation over the seeds.
    """
    check_names(None if method in BASELINES else method, dataset, root)
    from graphcl.bench.evaluations.graphs import evaluate_graphs
    from graphcl.cli.assignments import parse_assignments

    probes = probe or ["logistic", "svm", "k-means"]
    _check_probes(probes)
    records = frozen_records(
        lambda seed, done: evaluate_graphs(
            method,
            dataset,
            seed=seed,
            probes=probes,
            folds=folds,
            recipe=recipe,
            params=parse_assignments(settings or []),
            data=parse_assignments(data or []),
            root=root,
            done=done,
        ),
        seeds,
        out,
        echo=json_lines,
    )
    if json_lines:
        return
    if any(name != "k-means" for name in probes):
        show_scores(records, SUPERVISED, {key: HEADINGS[key] for key in ("accuracy", "fold_std")})
    if "k-means" in probes:
        show_scores(records, {"kmeans": "k-means"}, {key: HEADINGS[key] for key in ("acc", "nmi", "ari")})


def _check_probes(probes: list[str]) -> None:
    from graphcl.evaluation import GRAPH_PROBES

    if unknown := [name for name in probes if name not in GRAPH_PROBES]:
        raise ValueError(f"no graph probe is named {unknown[0]!r}; choose among {', '.join(GRAPH_PROBES)}")
