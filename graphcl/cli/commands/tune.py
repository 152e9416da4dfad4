"""`graphcl tune`: search a method's hyper-parameters, by a criterion that reads no labels unless asked to."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphcl.cli.options import DatasetName, DataSettings, MethodName, Recipe, Root, Seeds, Settings, console
from graphcl.cli.signals import on_stop

if TYPE_CHECKING:
    from graphcl.search import Trial

LABELS = "They were chosen with labels: on this dataset, scores with them are not those of an unsupervised method."


def tune_command(
    method: MethodName,
    dataset: DatasetName,
    trials: Annotated[int, typer.Option(min=1, max=10000, help="Number of trials, with those on file.")] = 20,
    seeds: Seeds = 1,
    *,
    criterion: Annotated[
        str, typer.Option(metavar="J|J+consensus|modularity|loss|validation-labels", help="What a trial is worth.")
    ] = "J",
    ranges: Annotated[
        list[str] | None,
        typer.Option(
            "--range",
            metavar="KEY=LOW:HIGH[:log] or KEY=A,B,...",
            help="What to search, in place of the documented ranges; may be repeated.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the search.")] = 0,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    out: Annotated[
        Path | None, typer.Option(help="Append the trials to this file (.jsonl), and go on with those in it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON per trial.")] = False,
) -> None:
    """Search the settings of a method on a dataset with Optuna; a setting given by --set is not searched.

    Without --range the ranges are those of the method's recipe, as graphcl/recipes/grace.toml has them. The first
    trial has the recipe's own settings. A trial that fails is recorded, and the others go on.

    J and modularity judge clusters, without labels; J+consensus adds how alike the clusters of a trial's seeds
    are, and needs --seeds 2 or more. loss compares trials whose settings leave the loss itself
    alone, as lr does. validation-labels is the accuracy of a linear probe on validation nodes, and the only
    criterion that reads labels; test nodes are never read. Each trial's record names its criterion.

    After Ctrl-C, SIGTERM or a crash, the same command goes on with the trials in --out.
    """
    from graphcl.cli.assignments import parse_assignments
    from graphcl.cli.ranges import parse_ranges
    from graphcl.search import Tuning, tune

    done: list[Trial] = []

    def show(trial: "Trial") -> None:
        done.append(trial)
        worth = f"{criterion} {trial.value:.4f}" if trial.value is not None else f"failed: {trial.error}"
        line = f"[{len(done)}/{max(trials, len(done))}] {_assigned(trial.params)}: {worth}; {trial.seconds:.1f} s"
        console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)
        if as_json:
            typer.echo(json.dumps(asdict(trial)))

    searched = parse_ranges(ranges or [])
    fixed, parameters = parse_assignments(settings or []), parse_assignments(data or [])
    status = 0
    with on_stop() as received:
        try:
            tune(
                method,
                dataset,
                trials=trials,
                seeds=seeds,
                criterion=criterion,
                ranges=searched,
                settings=fixed,
                recipe=recipe,
                data=parameters,
                root=root,
                seed=seed,
                out=out,
                on_trial=show,
            )
        except KeyboardInterrupt:
            kept = (
                f"what is done is in {out}; run the same command to go on" if out else "nothing was kept on file"
            )
            typer.echo(f"interrupted; {kept}", err=True)
            status = received.status
    if done:
        found = Tuning(done[0].study, done, maximise=criterion != "loss")
        if not status:
            found.best  # noqa: B018  (an error in one line where every trial failed)
        if not as_json and any(trial.value is not None for trial in done):
            _show(found, method, dataset)
    if status:
        raise typer.Exit(status)


def _show(found: Any, method: str, dataset: str) -> None:
    """The trials, best first, and how to train with the best settings."""
    from rich.table import Table
    from rich.text import Text

    study, best = found.study, found.best
    title = f"{method} on {dataset}, by {study.criterion}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("trial", study.criterion, *study.ranges, "seconds", ""):
        table.add_column(heading, justify="left" if heading == "" else "right")
    sign = -1 if found.maximise else 1
    for trial in sorted(found.trials, key=lambda t: (t.value is None, sign * (t.value or 0.0))):
        cells = [_short(trial.params[name]) for name in study.ranges]
        value = "failed" if trial.value is None else f"{trial.value:.4f}"
        mark = "<- best" if trial is best else (trial.error or "")
        table.add_row(*map(Text, (str(trial.trial), value, *cells, f"{trial.seconds:.1f}", mark)))
    console().print(table)
    typer.echo(f"Best: {' '.join(f'--set {_quoted(name, value)}' for name, value in best.params.items())}")
    if best.labels_read:
        typer.echo(LABELS)


def _assigned(params: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in params.items())


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace(" ", "")


def _quoted(name: str, value: Any) -> str:
    text = f"{name}={value if isinstance(value, str) else json.dumps(value)}"
    return f"'{text}'" if set(text) & set(" []\"'") else text
