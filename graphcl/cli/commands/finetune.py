"""`graphcl evaluate finetune`: what a pre-trained model is worth on labelled graphs, beside its baselines."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphcl.cli.names import check_model, check_names
from graphcl.cli.options import DataSettings, JsonLines, Root, Settings, console
from graphcl.cli.ranks import check_command

if TYPE_CHECKING:
    from graphcl.bench.transfer.rows import Rows, Transfer
    from graphcl.training import GraphEstimator

FROM_SCRATCH = "from-scratch"
ARCHITECTURE = "attr-masking"
"""The method whose encoder "from-scratch" takes, without its training: that of the domain."""

ARCHITECTURES = {"protein": "edge-pred"}
"""The same for domains in which that method is none."""

SEEDED = ("random", "scaffold-balanced")
"""Splits that differ from seed to seed."""


def evaluate_finetune(
    model: Annotated[
        str,
        typer.Argument(
            metavar="METHOD|MODEL",
            help="A file that `graphcl train` wrote; weights that come with graphcl, as dsla-moses-50k; a method "
            "for many graphs, which is then pre-trained on the training graphs of DATASET; or from-scratch.",
        ),
    ],
    dataset: Annotated[
        str,
        typer.Argument(help="A dataset of labelled molecules, as bbbp, tox21 or esol, or a .csv file of yours."),
    ],
    *,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="Number of runs, with seeds 0, 1, ...")] = 3,
    split: Annotated[
        str,
        typer.Option(
            metavar="scaffold|scaffold-balanced|random|species|FILE.npz",
            help="scaffold: deterministic, of Hu et al.; the next two are drawn anew for each seed. Scores of "
            "different splits are not comparable.",
        ),
    ] = "scaffold",
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of fine-tuning.")] = 100,
    contrast_weight: Annotated[
        float, typer.Option(min=0.0, help="Of the contrast of Core-tuning; 0 is plain fine-tuning.")
    ] = 0.0,
    readout: Annotated[
        str,
        typer.Option(
            metavar="mean|mean+ego", help="Of each graph; mean+ego adds the row of node 0, for proteins (ppi-ego)."
        ),
    ] = "mean",
    metric: Annotated[
        str | None, typer.Option(metavar="roc-auc|ap|rmse", help="Default: what the labels are for.")
    ] = None,
    baselines: Annotated[
        bool, typer.Option(help="Also from-scratch, untrained, fingerprint and node-feature rows.")
    ] = True,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")] = "auto",
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    json_lines: JsonLines = False,
) -> None:
    """Fine-tune a pre-trained encoder on labelled graphs, and compare it with simple baselines.

    Binary tasks: mean ROC-AUC over the tasks with both classes; targets of regression: RMSE. The epoch is chosen
    on validation graphs, and test labels are read once; scores after the last epoch stand apart. Rows: the model
    fine-tuned, and frozen under a linear model; the same encoder from scratch, and untrained; Morgan fingerprints
    with a linear model and with a random forest; the mean node features with a linear model.

    Scores are mean ± standard deviation over the seeds, and differences from the first row are paired by seed.
    """
    check_command("evaluate finetune")
    trained = check_model(model, [FROM_SCRATCH])
    check_names(None, dataset, root)
    from graphcl.bench.transfer.lines import TransferSetting, transfer_lines
    from graphcl.evaluation import FineTuning

    tuning = FineTuning(epochs=epochs, contrast_weight=contrast_weight, device=device, readout=readout)
    estimator = _estimator(model, settings, device, trained=trained)
    experiment = _experiment(
        estimator, dataset, root, data, split=split, seeds=seeds, metric=metric, tuning=tuning
    )
    _say_what_is_known(experiment)
    rows = {}
    for name, scores in _rows(experiment, estimator, scratch=model == FROM_SCRATCH, baselines=baselines):
        rows[name] = scores
        if json_lines:
            setting = TransferSetting(experiment.dataset.name, split, epochs)
            for line in transfer_lines(setting, Path(model).stem, name, scores, contrast_weight):
                typer.echo(line)
        else:
            typer.echo(f"{name}: {scores.mean:.4f}", err=True)
    if not json_lines:
        _show(f"{model} on {dataset}, {split} split, {seeds} seed{'s' if seeds > 1 else ''}", rows)


def _say_what_is_known(experiment: "Transfer") -> None:
    """Say how many test graphs have an equal one in training, where there are any: they flatter every score."""
    from graphcl.evaluation import graph_codes
    from graphcl.evaluation.graph_level.folds import seen_in_training

    graphs, split = experiment.graphs, experiment.splits[0]
    whole = graphs.batch(range(len(graphs)))
    try:
        codes = graph_codes(whole.x, whole.edge_index, whole.batch, edge_attr=whole.get("edge_attr"))
    except ValueError:  # real numbers, by which no two graphs are equal
        return
    seen = seen_in_training(codes, (split["train"].cpu().numpy(), split["test"].cpu().numpy()))
    if seen.any():
        line = f"{int(seen.sum())} of {len(seen)} test graphs have an equal one in training (by colour refinement)"
        typer.echo(line, err=True)


def _estimator(model: str, settings: list[str] | None, device: str, *, trained: bool) -> "GraphEstimator":
    """The model of a file or name, or a method that is not fitted."""
    from graphcl.cli.assignments import parse_assignments
    from graphcl.methods import get
    from graphcl.methods import load as load_model

    params = parse_assignments(settings or [])
    if trained:
        if params:
            raise ValueError(f"{model} is trained, and --set is for methods that are trained here; leave it out")
        loaded: GraphEstimator = load_model(model).set_params(device=device)
        return loaded
    scratch = ARCHITECTURES.get(str(params.get("domain")), ARCHITECTURE)
    method = get(scratch if model == FROM_SCRATCH else model)
    if method.takes != "graphs":
        from graphcl.methods import METHODS

        fitting = ", ".join(METHODS.of_kind("graphs"))
        raise ValueError(
            f"{method.name} learns from one graph, and has no encoder of graphs; choose among {fitting}"
        )
    return method.from_recipe("default", **{"device": device, **params})


def _experiment(
    estimator: "GraphEstimator",
    source: str,
    root: Path | None,
    data: list[str] | None,
    *,
    split: str,
    seeds: int,
    metric: Any,
    tuning: Any,
) -> "Transfer":
    """The dataset, and the split of each seed; labels and splits are checked before anything is trained."""
    from graphcl.bench import load_for
    from graphcl.bench.transfer.rows import Transfer
    from graphcl.cli.assignments import parse_assignments
    from graphcl.evaluation.transfer.finetune import splits_of_seeds
    from graphcl.evaluation.transfer.labelled import task_labels

    given = parse_assignments(data or [])
    if taken := {"split", "split_seed"} & given.keys():
        raise ValueError(f"{min(taken)} is no parameter here; give --split, whose seeds are those of the runs")
    load_for(estimator, source, root, given)  # an error where it is one graph, which has no such split
    first: Any = load_for(estimator, source, root, given | {"split": split})
    labels = task_labels(first, metric)
    numbers = range(seeds)
    splits = [first.splits] * seeds
    if split in SEEDED:
        every: list[Any] = [
            load_for(estimator, source, root, given | {"split": split, "split_seed": seed}) for seed in numbers
        ]
        splits = [one.splits for one in every]
    splits_of_seeds(labels, numbers, splits)
    return Transfer(dataset=first, seeds=numbers, splits=splits, settings=tuning, metric=metric)


def _rows(
    experiment: "Transfer", estimator: "GraphEstimator", *, scratch: bool, baselines: bool
) -> Iterator[tuple[str, Any]]:
    """The rows asked for, the model's first."""
    from graphcl.bench.transfer.rows import baseline_rows, model_rows, untrained_rows

    sources: list[Rows] = [] if scratch else [model_rows(experiment, estimator)]
    if scratch or baselines:
        sources.append(untrained_rows(experiment, estimator))
    if baselines:
        sources.append(baseline_rows(experiment))
    for rows in sources:
        yield from rows


def _show(title: str, rows: dict[str, Any]) -> None:
    from graphcl.bench.tables.grid import rich_table
    from graphcl.bench.transfer.table import transfer_grid, transfer_notes

    screen = console()
    screen.print(rich_table(transfer_grid(title, rows)))
    for note in transfer_notes(rows):
        screen.print(note, style="dim", markup=False, highlight=False)
