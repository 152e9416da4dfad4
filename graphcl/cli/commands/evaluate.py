"""`graphcl evaluate`: probes of embeddings, linear, k-NN or k-means, against unseen classes; and fine-tuning."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphcl.cli.commands import finetune
from graphcl.cli.commands.graphs import evaluate_graphs_command
from graphcl.cli.commands.links import evaluate_links_command
from graphcl.cli.names import check_names
from graphcl.cli.options import (
    DatasetName,
    DataSettings,
    JsonLines,
    MethodName,
    Recipe,
    Results,
    Root,
    Seeds,
    Settings,
    console,
)
from graphcl.cli.ranks import in_group
from graphcl.cli.running import run_method

if TYPE_CHECKING:
    from graphcl.bench import Record

app = typer.Typer(
    help="Score what a method has learned without labels: by probes, links, whole graphs, or by fine-tuning.",
    no_args_is_help=True,
)
app.command("links")(evaluate_links_command)
app.command("graphs")(evaluate_graphs_command)

HEADINGS = {
    "accuracy": "ACC %",
    "micro_f1": "micro-F1 %",
    "macro_f1": "macro-F1 %",
    "acc": "ACC %",
    "nmi": "NMI %",
    "ari": "ARI %",
    "f1": "F1 %",
}
NAMES = {"probe": "linear probe", "knn": "k-NN probe", "kmeans": "k-means"}


@app.callback()
def _evaluate() -> None:
    pass


app.command("finetune")(finetune.evaluate_finetune)


@app.command("probe")
@in_group
def evaluate_probe(
    method: MethodName,
    dataset: DatasetName,
    seeds: Seeds = 1,
    probe: Annotated[
        list[str] | None,
        typer.Option(metavar="linear|knn|k-means", help="May be repeated. Default: linear."),
    ] = None,
    split: Annotated[
        str,
        typer.Option(
            metavar="auto|own|random",
            help="The dataset's own splits, or 10/10/80 drawn anew for each seed; auto: its own if it has any.",
        ),
    ] = "auto",
    epochs: Annotated[int | None, typer.Option(help="Short for --set epochs=N.")] = None,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    out: Results = None,
    json_lines: JsonLines = False,
) -> None:
    """Train a method without labels, then predict the classes from its embeddings.

    linear: logistic regression on training nodes; knn: the majority of the nearest training nodes; their settings
    are chosen on validation nodes, never on test nodes. k-means: clusters against classes.

    Scores are in percent: mean ± standard deviation over the seeds, each the mean over the splits.
    """
    check_names(method, dataset, root)
    given = [*(settings or []), *([] if epochs is None else [f"epochs={epochs}"])]
    records = run_method(
        method,
        dataset,
        seeds,
        recipe=recipe,
        settings=given,
        data=data,
        root=root,
        out=out,
        echo=json_lines,
        probes=probe or ["linear"],
        split=split,
    )
    if not json_lines:
        _show(records)


def _show(records: list["Record"]) -> None:
    """One table for each kind of scores."""
    from rich.table import Table

    from graphcl.bench.tables.columns import summarise

    first = records[0]
    runs = f"{len(records)} run{'s' if len(records) > 1 else ''}"
    typer.echo(f"{first.method} on {first.dataset}, {runs}; {first.protocol}")
    for kinds in (("probe", "knn"), ("kmeans",)):
        rows = {kind: _scores(records, kind) for kind in kinds}
        rows = {kind: scores for kind, scores in rows.items() if scores}
        if not rows:
            continue
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        names = list(next(iter(rows.values())))
        for heading in ("", *(HEADINGS[name] for name in names)):
            table.add_column(heading, justify="right" if heading else "left")
        for kind, scores in rows.items():
            table.add_row(NAMES[kind], *(summarise([100 * v for v in scores[name]], 1) for name in names))
        console().print(table)


def _scores(records: list["Record"], kind: str) -> dict[str, Any]:
    """By score, its values in the records."""
    names = [key.removeprefix(f"{kind}/") for key in records[0].metrics if key.startswith(f"{kind}/")]
    return {name: [record.metrics[f"{kind}/{name}"] for record in records] for name in names}
