"""`graphcl evaluate links`: link prediction from frozen embeddings, evaluated edges hidden."""

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

BASELINES = ("common-neighbours", "adamic-adar", "random-projection")
HEADINGS = {
    "ap": "AP %",
    "auc": "AUC %",
    "mrr": "MRR %",
    "hits@10": "Hits@10 %",
    "hits@50": "Hits@50 %",
    "hits@100": "Hits@100 %",
}
ROWS = {"dot": "dot product", "mlp": "MLP", "heuristic": "heuristic"}


def evaluate_links_command(
    method: Annotated[
        str, typer.Argument(help=f"A name that `graphcl methods` lists, module:Class, or {', '.join(BASELINES)}.")
    ],
    dataset: DatasetName,
    seeds: Seeds = 1,
    decoder: Annotated[
        list[str] | None, typer.Option(metavar="dot|mlp", help="May be repeated. Default: both.")
    ] = None,
    *,
    leaky: Annotated[
        bool, typer.Option("--leaky", help="Leave the evaluated edges visible, as published by D-SLA's authors.")
    ] = False,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    out: Results = None,
    json_lines: JsonLines = False,
) -> None:
    """Hide edges from a method, train it, and predict the hidden edges from its frozen embeddings.

    5 % of the edges are for validation, 10 % for test; both are removed in both directions, degrees are computed
    without them. Negatives: as many uniform pairs without an edge, and for each test edge 500 hard ones by common
    neighbours and personalised PageRank.
    """
    check_names(None if method in BASELINES else method, dataset, root)
    from graphcl.bench.evaluations.links import evaluate_links
    from graphcl.cli.assignments import parse_assignments

    decoders = decoder or ["dot", "mlp"]
    _check_decoders(decoders)
    records = frozen_records(
        lambda seed, done: evaluate_links(
            method,
            dataset,
            seed=seed,
            leaky=leaky,
            decoders=decoders,
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
    if not json_lines:
        before = "leaky/" if leaky else ""
        kinds = {"": "uniform", "/hard": "hard"}
        rows = {
            f"{before}{key}{end}": f"{name}, {kind}" for end, kind in kinds.items() for key, name in ROWS.items()
        }
        show_scores(records, rows, HEADINGS)


def _check_decoders(decoders: list[str]) -> None:
    from graphcl.evaluation.link_prediction import LINK_DECODERS

    if unknown := [name for name in decoders if name not in LINK_DECODERS]:
        raise ValueError(f"no decoder is named {unknown[0]!r}; choose among {', '.join(LINK_DECODERS)}")
