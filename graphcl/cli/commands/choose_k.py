"""`graphcl choose-k`: scores without labels against the number of clusters, as a table and a plot."""

import json
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated

import typer

from graphcl.cli.names import check_names
from graphcl.cli.options import DatasetName, DataSettings, Overwrite, Root, Settings, console
from graphcl.cli.output import check_output

if TYPE_CHECKING:
    from graphcl.methods import Choice

BAR = 30
"""Characters of the longest bar."""

LIMITS = """\
The mark is at the most explained variance of the cluster indicators: the sum of p (1 - p) (R2 + r), with p the
share of nodes in a cluster. Trust it only if it stands out and stays the same with other seeds. J falls with the
number of clusters: it compares clusterings into the same number. None of this means much without homophily."""


def choose_k_command(
    dataset: DatasetName,
    numbers: Annotated[
        str, typer.Option("--range", metavar="LOW:HIGH", help="Numbers of clusters to try, both ends included.")
    ] = "2:12",
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw the scores by number of clusters into this file, .svg or .png."),
    ] = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON per number.")] = False,
    overwrite: Overwrite = False,
) -> None:
    """Cluster a dataset with two-view for several numbers of clusters, and compare them without labels.

    J is how well features predict the clusters (R2) plus how well edges respect them (r), both as means over the
    clusters; "explained" is the variance of the clusters' indicators that features and edges explain, and marks
    the best number. Known classes are not read.
    """
    check_names(None, dataset, root)
    from graphcl.bench.runs.progress import choose_progress
    from graphcl.cli.assignments import parse_assignments
    from graphcl.cli.choice_plot import check_plot, draw_choice
    from graphcl.datasets import load
    from graphcl.methods import choose_k

    low, high = _parse(numbers)
    if plot:
        check_plot(plot)
        check_output(plot, dataset, keep=not overwrite)
    loaded = load(dataset, root, **parse_assignments(data or []))
    if high > loaded.graph.num_nodes:
        raise ValueError(f"--range must end at the number of nodes; got {high} for {loaded.graph.num_nodes} nodes")
    overrides = parse_assignments(settings or [])
    for key in {"n_clusters", "seed"} & set(overrides):
        raise ValueError(f"{key} is no setting here; use --{'range' if key == 'n_clusters' else 'seed'}")
    with choose_progress(console(stderr=True)) as progress:
        choice = choose_k(loaded.graph, range(low, high + 1), seed=seed, callbacks=[progress.epoch], **overrides)
    if as_json:
        for k, score in choice.scores.items():
            sizes = choice.labels[k].bincount(minlength=k).tolist()
            row = {"n_clusters": k, "explained": choice.explained[k], **score, "sizes": sizes}
            typer.echo(json.dumps({**row, "best": k == choice.best}))
    else:
        _show(loaded.name, choice)
    if plot:
        draw_choice(choice, loaded.name, plot)


def _parse(numbers: str) -> tuple[int, int]:
    low, colon, high = numbers.partition(":")
    try:
        ends = int(low), int(high)
    except ValueError:
        ends = 0, 0
    if not colon or not 1 <= ends[0] <= ends[1]:
        raise ValueError(f"--range must read LOW:HIGH with 1 <= LOW <= HIGH, as 2:12; got {numbers!r}")
    return ends


def _show(name: str, choice: "Choice") -> None:
    from rich.table import Table

    table = Table(title=name, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("clusters", "J", "R2", "r", "smallest", "largest", "explained"):
        table.add_column(heading, justify="right")
    table.add_column("")
    top = max(choice.explained[choice.best], 1e-9)
    for k, score in choice.scores.items():
        sizes = choice.labels[k].bincount(minlength=k)
        bar = "#" * round(BAR * max(choice.explained[k], 0) / top)
        table.add_row(
            str(k),
            *(f"{number:.3f}" for number in (score["J"], fmean(score["R2"]), fmean(score["r"]))),
            str(int(sizes.min())),
            str(int(sizes.max())),
            f"{choice.explained[k]:.3f}",
            bar + (" <- best" if k == choice.best else ""),
        )
    console().print(table)
    typer.echo(LIMITS)
