"""Scores without labels against the number of clusters, drawn with matplotlib where it is installed."""

from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

from graphcl.methods import Choice
from graphcl.ops.files.tensor_files import whole_file

FORMATS = (".svg", ".png")


def check_plot(path: Path) -> None:
    """Refuse what `draw_choice` could not write, before anything is computed.

    Raises:
        ValueError: another format than FORMATS, or no matplotlib.
    """
    if path.suffix not in FORMATS:
        raise ValueError(f"a plot must end in {' or '.join(FORMATS)}; got {path.name}")
    if find_spec("matplotlib") is None:
        raise ValueError("a plot needs matplotlib; pip install 'graphcl[plot]', or leave --plot out")


def draw_choice(choice: Choice, name: str, path: Path) -> None:
    """Draw J, its two parts and the explained variance against the number of clusters.

    Args:
        choice: from `graphcl.choose_k`.
        name: of the dataset, for the title.
        path: ends in .svg or .png.

    Raises:
        ValueError: as for `check_plot`.
        OSError: the file cannot be written.
    """
    check_plot(path)
    from matplotlib.figure import Figure

    numbers = list(choice.scores)
    curves = {
        "J": [score["J"] for score in choice.scores.values()],
        "R2, features": [fmean(score["R2"]) for score in choice.scores.values()],
        "r, edges": [fmean(score["r"]) for score in choice.scores.values()],
        "explained": list(choice.explained.values()),
    }
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for (title, values), style in zip(curves.items(), ("k--", "C0--", "C1--", "C2o-"), strict=True):
        axes.plot(numbers, values, style, label=title)
    axes.axvline(choice.best, color="grey", linewidth=0.8)
    axes.set(title=f"{name}: most explained at {choice.best}", xlabel="number of clusters", ylabel="score")
    axes.set_xticks(numbers)
    axes.legend()
    with whole_file(path) as file:
        figure.savefig(file, format=path.suffix[1:])
