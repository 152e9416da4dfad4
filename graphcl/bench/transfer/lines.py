"""Results of fine-tuning on file: a JSON line for each row and seed, as `evaluate finetune --json` prints them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import get_args

from graphcl.bench.runs.text import read_text
from graphcl.bench.transfer.rows import ALONE, FROM_SCRATCH
from graphcl.evaluation import TransferRun, TransferScores
from graphcl.evaluation.transfer.metrics import Metric


@dataclass(frozen=True)
class TransferSetting:
    """What rows have to share to stand in one table.

    Args:
        dataset: its name.
        split: "scaffold", "scaffold-balanced", "random" or the name of a file.
        epochs: of fine-tuning.
    """

    dataset: str
    split: str
    epochs: int


Table = dict[str, TransferScores]
"""Scores by the name of the row."""


def row_name(model: str, row: str, contrast_weight: float = 0.0) -> str:
    """The name of a row among those of other models.

    Args:
        model: its name.
        row: as `graphcl.bench.transfer.rows` names it; those without a pre-trained model stand for themselves.
        contrast_weight: of Core-tuning.

    Example:
        >>> row_name("dsla", "finetuned"), row_name("dsla", "finetuned", 0.1), row_name("dsla", "from-scratch")
        ('dsla, finetuned', 'dsla, finetuned, contrast 0.1', 'from-scratch')
    """
    name = row if row in ALONE else f"{model}, {row}"
    return f"{name}, contrast {contrast_weight:g}" if contrast_weight else name


def transfer_lines(
    setting: TransferSetting, model: str, row: str, scores: TransferScores, contrast_weight: float = 0.0
) -> list[str]:
    """The lines of a row, without line ends.

    Args:
        setting: of the table.
        model: name of the model.
        row: name of the row.
        scores: by seed.
        contrast_weight: of Core-tuning.
    """
    known = {**asdict(setting), "model": model, "row": row, "contrast_weight": contrast_weight}
    return [
        json.dumps({**known, "metric": scores.metric, **run.to_dict()}, allow_nan=False) for run in scores.runs
    ]


def read_transfer(files: Iterable[Path]) -> dict[TransferSetting, Table]:
    """Tables of the lines in some files: from-scratch, by which rows are judged, then the others in their order.

    Of lines with the same row and seed the last counts.

    Args:
        files: of lines as `transfer_lines` makes them.

    Raises:
        OSError: a file that cannot be read.
        ValueError: a line that is no such result; the message names file and line.
    """
    found: dict[TransferSetting, dict[str, dict[int, tuple[str, TransferRun]]]] = {}
    for file in files:
        for number, line in enumerate(read_text(file).splitlines(), start=1):
            try:
                setting, name, metric, run = _parsed(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError):
                remedy = "give files of graphcl evaluate finetune --json"
                raise ValueError(f"{file}: line {number} is no result of fine-tuning; {remedy}") from None
            found.setdefault(setting, {}).setdefault(name, {})[run.seed] = metric, run
    return {setting: _table(rows) for setting, rows in found.items()}


def _table(rows: dict[str, dict[int, tuple[str, TransferRun]]]) -> Table:
    names = sorted(rows, key=lambda name: name != FROM_SCRATCH)
    return {name: _scores(rows[name].values()) for name in names}


def _parsed(line: dict[str, object]) -> tuple[TransferSetting, str, str, TransferRun]:
    setting = TransferSetting(**{field.name: line[field.name] for field in fields(TransferSetting)})  # type: ignore[arg-type]
    name = row_name(str(line["model"]), str(line["row"]), float(line.get("contrast_weight", 0)))  # type: ignore[arg-type]
    if line["metric"] not in get_args(Metric):
        raise ValueError("an unknown metric")
    own = {field.name for field in fields(TransferRun)}
    return setting, name, str(line["metric"]), TransferRun.from_dict({k: v for k, v in line.items() if k in own})


def _scores(runs: Iterable[tuple[str, TransferRun]]) -> TransferScores:
    metrics, found = zip(*runs, strict=True)
    ordered: Sequence[TransferRun] = sorted(found, key=lambda run: run.seed)
    return TransferScores(metrics[0], tuple(ordered))
