"""`graphcl train` and `graphcl embed`: a model in a file, from a training that can be interrupted, and its use."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from graphcl.cli.options import AnyDataset, DataSettings, MethodName, Recipe, Root, Settings, console
from graphcl.cli.output import check_output

if TYPE_CHECKING:
    from graphcl.training import Checkpoint


def train(
    method: MethodName,
    dataset: AnyDataset,
    out: Annotated[Path, typer.Option(help="File to write the trained model to, as model.pt.")],
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted training stopped.")] = False,
    every: Annotated[float, typer.Option(min=0, help="Keep the state every so many seconds.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    history: Annotated[
        Path | None, typer.Option(help="Write the losses of every epoch here, as losses.csv.")
    ] = None,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
) -> None:
    """Train a method on a dataset and write the model to a file; known classes are not read.

    Methods that find clusters take one graph. Those that learn an encoder of whole graphs, such as dsla, take a
    dataset of many, as zinc-moses or a .smi file; --data first=50000 takes so many molecules of a file.

    While it runs, its state is kept beside the model. After Ctrl-C, or anything worse, run the same command with
    --resume: on the CPU the result is the same to the last bit.
    """
    from graphcl.bench import plan_training
    from graphcl.bench.assignments import parse_assignments
    from graphcl.bench.progress import choose_progress
    from graphcl.training import Checkpoint, Interrupted, write_history

    params, parameters = parse_assignments(settings or []), parse_assignments(data or [])
    for path in filter(None, (out, history)):
        check_output(path, dataset)
    if history and history.resolve() == out.resolve():
        raise ValueError(f"--out and --history must be two files; got {out} twice")
    checkpoint = Checkpoint(out.with_name(out.name + ".checkpoint"), every)
    _check_place(out, history, checkpoint.path, resume=resume)
    task = plan_training(method, dataset, seed=seed, recipe=recipe, params=params, data=parameters, root=root)
    estimator = task.estimator
    with choose_progress(console(stderr=True)) as progress, _graceful_stop(checkpoint):
        progress.begin(1, recorded=0)
        progress.start(task.run)
        try:
            estimator.fit(task.data, callbacks=[progress.epoch], checkpoint=checkpoint)
        except Interrupted:
            progress.end(f"interrupted; the state is in {checkpoint.path}: run the same command with --resume")
            raise typer.Exit(130) from None
        estimator.save(out)
        if history:
            write_history(estimator.history_, history)
        checkpoint.remove()
        seconds = sum(stage["wall_seconds"] for stage in estimator.stages_)
        progress.end(f"{task.run}: saved {out}; {seconds:.1f} s")


def embed(
    model: Annotated[Path, typer.Argument(help="A file that `graphcl train` wrote.")],
    dataset: AnyDataset,
    out: Annotated[Path, typer.Option(help="NumPy file to write, one row per node or graph, as z.npy.")],
    data: DataSettings = None,
    root: Root = None,
) -> None:
    """Turn the nodes of a graph into vectors, or the graphs of a dataset of many, with a trained model.

    The dataset may be another than the one trained on, if it has the same features.
    """
    from numpy.lib import format as npy

    from graphcl.bench import load_for
    from graphcl.bench.assignments import parse_assignments
    from graphcl.methods import load as load_model
    from graphcl.training.tensors import whole_file

    check_output(out, model, dataset)
    estimator = load_model(model)
    given = load_for(estimator, dataset, root, parse_assignments(data or []))
    z = estimator.transform(given).contiguous().numpy()
    with whole_file(out) as file:
        npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(z))
        file.write(z.data)  # np.save does not notice a disk that is full


def _check_place(out: Path, history: Path | None, state: Path, *, resume: bool) -> None:
    """Refuse before anything has run what would fail or be lost at the end."""
    from graphcl.training.tensors import whole_file

    if state.exists() and not resume:
        raise ValueError(f"{state} holds an interrupted training; go on with --resume, or remove it to start anew")
    if resume and not state.exists():
        raise FileNotFoundError(f"{state} is not there, so there is nothing to resume; leave --resume out")
    for path in filter(None, (out, history)):
        trial = path.with_name(path.name + ".trial")
        try:
            with whole_file(trial) as file:
                file.write(b"")
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error
        trial.unlink()


@contextmanager
def _graceful_stop(checkpoint: "Checkpoint") -> Iterator[None]:
    """Ctrl-C lets the current step end and its state be written; a second one stops at once."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        checkpoint.stop = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
