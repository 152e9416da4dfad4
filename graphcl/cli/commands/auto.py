"""`graphcl cluster auto`: several methods on one dataset, and the one whose clusters agree best with the graph."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from graphcl.cli.options import console

if TYPE_CHECKING:
    from graphcl.datasets import GraphDataset
    from graphcl.methods import Contest

METHODS_TRIED = ("two-view", "smooth-k-means", "scgc-star", "k-means")
"""Of different kinds: refined candidates, smoothing alone, a trained network, features alone."""

LIMITS = (
    "J = how well features predict the clusters (R2) + how well edges respect them (r); labels are not read. "
    "It is meant for homophilous graphs."
)


def cluster_auto(
    dataset: str,
    *,
    seeds: int,
    recipe: str | None,
    settings: dict[str, Any],
    data: dict[str, Any],
    root: Path | None,
    as_json: bool,
    labels: Path | None = None,
) -> None:
    """Run METHODS_TRIED with each seed, print J of each run, best first, and write the clusters of the first.

    Raises:
        ValueError: an unknown recipe or setting, or a dataset that is not one graph.
    """
    from graphcl.bench.runs.label_files import write_labels
    from graphcl.datasets import load_graph
    from graphcl.methods import METHODS, best_of
    from graphcl.recipes import check_recipe

    if recipe is not None:
        check_recipe(recipe, METHODS_TRIED)
    if "seed" in settings:
        raise ValueError("auto: the seed is no parameter here; use --seeds")
    loaded = load_graph(dataset, root, **data)
    if loaded.num_classes is not None:
        settings = {"n_clusters": loaded.num_classes, **settings}
    elif "n_clusters" not in settings:
        raise ValueError(
            f"{loaded.name} has no classes to take the number of clusters from; give it by --set n_clusters=K, "
            "or look for it with graphcl choose-k"
        )
    estimators = [
        METHODS[name].from_recipe(recipe or "default", **{**settings, "seed": seed})
        for name in METHODS_TRIED
        for seed in range(seeds)
    ]
    screen = console(stderr=True)
    contest = best_of(
        loaded.graph,
        estimators,
        started=lambda estimator: screen.print(f"{estimator.name}, seed {estimator.seed} ...", highlight=False),
    )
    if labels is not None:
        write_labels(labels, loaded, contest.estimators[contest.best].labels_)
    rows = _rows(loaded, contest)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row))
    else:
        _show(loaded.name, rows)


def _rows(dataset: "GraphDataset", contest: "Contest") -> list[dict[str, Any]]:
    """A row for each run, best first; classes are read here, after the choice."""
    from graphcl.evaluation import clustering_scores

    rows = []
    for i, (estimator, score) in enumerate(zip(contest.estimators, contest.scores, strict=True)):
        k = len(score["R2"])
        known = dataset.num_classes is not None
        rows.append(
            {
                "method": estimator.name,
                "seed": estimator.seed,
                "J": score["J"],
                "consensus": score["consensus"],
                "R2": sum(score["R2"]) / k,
                "r": sum(score["r"]) / k,
                "seconds": sum(stage["wall_seconds"] for stage in estimator.stages_),
                "chosen": i == contest.best,
                **(clustering_scores(dataset.graph.y, estimator.labels_) if known else {}),
            }
        )
    return sorted(rows, key=lambda row: (not row["chosen"], -row["J"]))


def _show(name: str, rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    classes = ["acc", "nmi", "ari", "f1"] if "acc" in rows[0] else []
    table = Table(title=name, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    headings = ("method", "seed", "J", "R2", "r", "consensus")
    for heading in (*headings, *(f"{score.upper()} %" for score in classes), "seconds", ""):
        table.add_column(heading, justify="left" if heading in ("method", "") else "right")
    for row in rows:
        table.add_row(
            row["method"],
            str(row["seed"]),
            *(f"{row[part]:.3f}" for part in ("J", "R2", "r", "consensus")),
            *(f"{100 * row[score]:.1f}" for score in classes),
            f"{row['seconds']:.1f}",
            "<- chosen" if row["chosen"] else "",
        )
    console().print(table)
    typer.echo(LIMITS)
    if classes:
        typer.echo("ACC, NMI, ARI and F1 compare with known classes; they were read after the choice.")
