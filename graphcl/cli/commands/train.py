"""`graphcl train`: a model in a file, from a training that can be interrupted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphcl.cli.names import check_names
from graphcl.cli.options import (
    DatasetName,
    DataSettings,
    MethodName,
    Overwrite,
    Recipe,
    Root,
    Settings,
    console,
)
from graphcl.cli.output import check_card, check_output, files_in
from graphcl.cli.ranks import in_group, is_first
from graphcl.cli.signals import on_stop

if TYPE_CHECKING:
    from graphcl.bench import PlannedTraining
    from graphcl.datasets.sources.source import Dataset
    from graphcl.training import Checkpoint, GraphEstimator


@in_group
def train_command(
    method: MethodName,
    dataset: DatasetName,
    out: Annotated[Path, typer.Option(help="File to write the model to, as model.pt; or model.safetensors.")],
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted training, if any.")] = False,
    overwrite: Overwrite = False,
    every: Annotated[float, typer.Option(min=0, help="Seconds between two writes of the state.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    rows: Annotated[
        bool, typer.Option("--rows", help="Keep the embedding and clusters of the data in the model's file too.")
    ] = False,
    history: Annotated[
        Path | None, typer.Option(help="Write the losses of every epoch here, as losses.csv.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(help="Write the cluster of each node, or graph, here: labels.csv with ids, or labels.npy."),
    ] = None,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
) -> None:
    """Train a method on a dataset and write the model to a file; known classes are not read.

    Most methods take one graph. Those that learn an encoder of whole graphs, such as dsla, take a dataset of many,
    as zinc-moses or a .smi file; --data first=50000 takes so many molecules of a file. Where the dataset has no
    classes, a method that needs no number of clusters learns an embedding only; --set n_clusters=K adds clusters.

    While it runs, its state is kept beside the model. After Ctrl-C, SIGTERM or a crash, run the same command with
    --resume: on the CPU the result is bitwise the same. If --resume is given from the first run on, the same
    command starts, continues, and does nothing more once the model is written.

    The card model.card.md beside model.pt says what the model is, on what data it was trained, and how.

    Several processes train one model: torchrun --nproc-per-node 8 -m graphcl train ... --set batch_size=8192; the
    batch is that of all of them together.
    """
    check_names(method, dataset, root)
    from graphcl.bench import plan_training
    from graphcl.cli.assignments import parse_assignments
    from graphcl.ops.machine.rank_zero import first_of_machine, from_rank_zero
    from graphcl.training import Checkpoint
    from graphcl.training.estimators.model_card import card_path

    params, parameters = parse_assignments(settings or []), parse_assignments(data or [])
    places = [path for path in (out, history, labels) if path]
    if len({path.resolve() for path in places}) < len(places):
        raise ValueError(f"--out, --history and --labels must be files of their own; got {out} twice")

    def check() -> Path:
        for path in places:
            check_output(
                path, dataset, *files_in(data), keep=not (overwrite or resume), remedy="--overwrite, or --resume"
            )
        check_card(card_path(out), dataset, *files_in(data))
        state = out.with_name(out.name + ".checkpoint")
        _check_places(places, state, labels, resume=resume)
        return state

    checkpoint = Checkpoint(from_rank_zero(check), every)
    task = first_of_machine(
        lambda: plan_training(method, dataset, seed=seed, recipe=recipe, params=params, data=parameters, root=root)
    )
    if labels:
        _check_labels(task.estimator)
    if from_rank_zero(lambda: resume and out.exists() and not (overwrite or checkpoint.path.exists())):
        if is_first():
            _write_again(out, task, history, labels, rows=rows)
            typer.echo(f"{out} is there, and nothing is left to train; --overwrite trains it again", err=True)
        return
    _train(task, checkpoint, out, history, labels, rows=rows)


def _train(
    task: "PlannedTraining",
    checkpoint: "Checkpoint",
    out: Path,
    history: Path | None,
    labels: Path | None,
    *,
    rows: bool,
) -> None:
    """Fit and save; the first Ctrl-C or SIGTERM ends the training after its current step, its state written."""
    from graphcl.bench.runs.progress import choose_progress
    from graphcl.ops.machine.launching import LostProcessError, is_lost
    from graphcl.training import Interrupted

    def stop() -> None:
        checkpoint.stop = True
        if not checkpoint.active:  # no step would look
            raise Interrupted

    def state() -> str:
        kept = f"the state is in {checkpoint.path}: run the same command with --resume"
        return kept if checkpoint.path.exists() else "no state was kept yet: run the same command again"

    estimator = task.estimator
    with choose_progress(console(stderr=True)) as progress, on_stop(stop) as received:
        progress.begin(1, recorded=0)
        progress.start(task.run)
        try:
            estimator.fit(task.data, callbacks=[progress.epoch], checkpoint=checkpoint)
            if not is_first():
                return
            _write_beside(estimator, task.dataset, history, labels)  # first: a model that is there is all done
            estimator.save(out, rows=rows, about=task.about)
        except KeyboardInterrupt:
            progress.end(f"interrupted; {state()}")
            raise typer.Exit(received.status) from None
        except RuntimeError as error:
            if not is_lost(error):
                raise
            raise LostProcessError(f"another process ended, or does not answer; {state()}") from error
        checkpoint.remove()
        seconds = sum(stage["wall_seconds"] for stage in estimator.stages_)
        progress.end(f"{task.run}: saved {out}; {seconds:.1f} s")


def _check_places(places: list[Path], state: Path, labels: Path | None, *, resume: bool) -> None:
    """Refuse, before anything has run, places that cannot be written to, and a state that would be lost."""
    from graphcl.bench.runs.label_files import check_label_file
    from graphcl.ops.files.tensor_files import check_writable
    from graphcl.training.estimators.saved import check_saveable

    check_saveable(places[0])
    if labels:
        check_label_file(labels)
    if state.exists() and not resume:
        raise ValueError(f"{state} holds an interrupted training; go on with --resume, or remove it to start anew")
    for path in places:
        check_writable(path)


def _write_beside(
    estimator: "GraphEstimator", dataset: "Dataset", history: Path | None, labels: Path | None
) -> None:
    from graphcl.bench.runs.estimators import labels_of
    from graphcl.bench.runs.label_files import write_labels
    from graphcl.training import write_history

    if history:
        write_history(estimator.history_, history)
    if labels and (clusters := labels_of(estimator)) is not None:
        write_labels(labels, dataset, clusters)


def _write_again(
    out: Path, task: "PlannedTraining", history: Path | None, labels: Path | None, *, rows: bool
) -> None:
    """What lies beside a model that is there: clusters can be written again where its file holds them."""
    from graphcl.training.estimators.left_out import left_out
    from graphcl.training.estimators.model_card import write_card
    from graphcl.training.estimators.saved import saved_content

    estimator = _finished(out, task.estimator)
    gone = left_out(estimator)
    if gone and (rows or (labels and not labels.exists())):
        option = "--rows" if rows else "--labels"
        raise ValueError(
            f"{out} is there, without the {' and '.join(gone)} of its data, which {option} asks for; "
            "train it again with --overwrite"
        )
    _write_beside(estimator, task.dataset, history, None if gone else labels)
    write_card(out, saved_content(estimator, rows=not gone, about=task.about))


def _check_labels(estimator: "GraphEstimator") -> None:
    """Refuse --labels before a training that will not have any."""
    from graphcl.bench.runs.estimators import check_clusters, clusters_asked

    check_clusters(type(estimator))
    if clusters_asked(estimator) is None:
        raise ValueError("--labels needs a number of clusters, and the dataset has no classes; --set n_clusters=K")


def _finished(out: Path, estimator: "GraphEstimator") -> "GraphEstimator":
    """The model in a file, unless it is of another method or has other settings than those that are asked for."""
    from graphcl.methods import load as load_model
    from graphcl.training.checkpoint import differences
    from graphcl.validation import check_parameters

    there = load_model(out)
    known = {"method": there.name, "params": there.params_}
    asked = {"method": estimator.name, "params": check_parameters(estimator)}
    if known != asked:
        details = differences(known, asked)
        raise ValueError(
            f"{out} holds another model: {details}; give another file, or train it anew by --overwrite"
        )
    return there
