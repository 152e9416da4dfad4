"""A transfer table as text: scores over seeds, and paired differences from its first row."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from graphcl.bench.comparison.over_seeds import SeedComparison, compare_over_seeds
from graphcl.bench.tables.columns import summarise
from graphcl.bench.tables.grid import Grid
from graphcl.evaluation import TransferRun, TransferScores
from graphcl.evaluation.transfer.metrics import Metric

FEWEST = 6
"""Seeds below which no sign-flip test can give p < 0.05."""


def transfer_grid(title: str, rows: Mapping[str, TransferScores]) -> Grid:
    """The table; ROC-AUC in percent, RMSE in the units of the targets.

    Args:
        title: what stands above it.
        rows: by name; the others are compared with the first.

    Example:
        >>> import torch
        >>> run = TransferRun(0, 0.8, 0.7, {"a": 0.7}, {}, {"epoch": 3}, 1.0, torch.zeros(1, 1), 0.75, 0.65)
        >>> grid = transfer_grid("toy", {"finetuned": TransferScores("roc-auc", (run,))})
        >>> grid.headings[1], grid.rows[0][1:4]
        ('test ROC-AUC %', ['70.0', '70.0', '65.0'])
    """
    first = next(iter(rows))
    metric = rows[first].metric
    differences = {
        found.method: found
        for found in compare_over_seeds({title: {name: scores.by_seed for name, scores in rows.items()}}, first)
    }
    headings = [
        "",
        f"test {score_title(metric)}",
        "by seed",
        "last epoch",
        "validation",
        f"minus {first}",
        "CPU s",
    ]
    return Grid(
        title,
        headings,
        [
            [name, *_cells(scores), _difference(differences.get(name), metric), _cost(scores)]
            for name, scores in rows.items()
        ],
    )


def transfer_notes(rows: Mapping[str, TransferScores]) -> list[str]:
    """What a reader of the table has to know: how scores were selected, and which tasks are left out of them."""
    first = next(iter(rows.values()))
    notes = ["test: at the epoch, or the C, of the best validation score; test labels selected nothing"]
    if len(first.runs) < FEWEST:
        notes.append(f"differences: mean over seeds ± standard error; below {FEWEST} seeds p cannot be below 0.05")
    if any(len(scores.runs) > 1 and not scores.std for scores in rows.values()):
        notes.append("± 0: a linear model on fixed rows draws nothing, and the split is the same for all seeds")
    for part in ("train", "val", "test"):
        names = sorted({task for run in first.runs for task in run.unscored.get(part, ())})
        if names:
            told = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            verb = "learned from one class alone" if part == "train" else f"left out of the {part} score"
            notes.append(f"{verb}, for lack of both classes in some seed's split: {told}")
    return notes


def _cells(scores: TransferScores) -> list[str]:
    """Test, by seed, last epoch and validation."""
    last = [run.last_test for run in scores.runs if run.last_test is not None]
    return [
        score_cell(scores),
        _each(scores.runs, scores),
        _told(last, scores),
        _told([run.val for run in scores.runs], scores),
    ]


def score_title(metric: Metric) -> str:
    """Heading of scores as `score_cell` shows them.

    Example:
        >>> score_title("roc-auc")
        'ROC-AUC %'
    """
    return {"roc-auc": "ROC-AUC %", "ap": "AP %", "rmse": "RMSE"}[metric]


def score_cell(scores: TransferScores) -> str:
    """Mean ± standard deviation of the test scores: ROC-AUC and AP in percent, RMSE in the units of the targets.

    Example:
        >>> import torch
        >>> runs = (
        ...     TransferRun(seed, score, score, {}, {}, {}, 1.0, torch.zeros(1, 1))
        ...     for seed, score in enumerate([0.7, 0.8])
        ... )
        >>> score_cell(TransferScores("roc-auc", tuple(runs)))
        '75.0 ± 7.1'
    """
    return _told([run.test for run in scores.runs], scores)


def _told(values: Sequence[float], scores: TransferScores) -> str:
    factor, decimals = _scale(scores.metric)
    return summarise([factor * value for value in values], decimals)


def _each(runs: Sequence[TransferRun], scores: TransferScores) -> str:
    factor, decimals = _scale(scores.metric)
    return " ".join(f"{factor * run.test:.{decimals}f}" for run in runs)


def _difference(found: SeedComparison | None, metric: str) -> str:
    if found is None or found.difference is None:
        return ""
    factor, decimals = _scale(metric)
    text = f"{factor * found.difference:+.{decimals}f}"
    if found.standard_error is None or found.p is None:
        return text
    return f"{text} ± {factor * found.standard_error:.{decimals}f} (p {found.p:.2f})"


def _cost(scores: TransferScores) -> str:
    return f"{fmean(run.cpu_seconds for run in scores.runs):.1f}"


def _scale(metric: str) -> tuple[float, int]:
    """Factor and decimals of a metric."""
    return (1.0, 3) if metric == "rmse" else (100.0, 1)
