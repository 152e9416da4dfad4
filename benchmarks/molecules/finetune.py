"""Fine-tune the models that pretrain.py wrote, beside from-scratch, fingerprint and node-feature rows.

    GRAPHCL_DATA=... python benchmarks/molecules/finetune.py --folder /where/weights/are

Every run is a line of the file of results, and what it holds is not run again: give the same command to go on. The
defaults are a reduced schedule, 20 epochs and 3 seeds; the published one is --epochs 100 --seeds 10.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch

import graphcl
from graphcl.bench.tables.grid import markdown
from graphcl.bench.transfer.rows import Transfer, baseline_rows, model_rows, untrained_rows
from graphcl.bench.transfer.table import transfer_grid, transfer_notes
from graphcl.datasets import load
from graphcl.evaluation import FineTuning, TransferRun, TransferScores

DATASETS = ("bbbp", "clintox", "esol")


def main() -> None:
    """Run what is missing, and write the tables."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="of the weights; every .pt in it is a model")
    parser.add_argument("--datasets", nargs="+", default=DATASETS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--split", default="scaffold", choices=["scaffold", "scaffold-balanced", "random"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--results", type=Path, default=here / "finetune.jsonl")
    parser.add_argument("--table", type=Path, default=here.parent / "tables" / "finetune.md")
    options = parser.parse_args()
    models = {path.stem: path for path in sorted(options.folder.glob("*.pt"))}
    if not models:
        raise SystemExit(f"{options.folder} holds no model (.pt); run pretrain.py first")
    parts = []
    for name in options.datasets:
        rows = dataset_rows(name, models, options)
        title = f"{name}, {options.split} split, {options.seeds} seeds, {options.epochs} epochs of fine-tuning"
        parts += [markdown(transfer_grid(title, rows)), "  \n".join(transfer_notes(rows))]
    options.table.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def dataset_rows(name: str, models: dict[str, Path], options: argparse.Namespace) -> dict[str, TransferScores]:
    """All rows of a dataset, from the file of results where it has them; the from-scratch row is the first."""
    key = {"dataset": name, "split": options.split, "seeds": options.seeds, "epochs": options.epochs}
    found = recorded(options.results, key)
    experiment = prepare(name, options)
    groups = {"from-scratch": lambda model: untrained_rows(experiment, model)}
    groups |= {model: lambda fitted: model_rows(experiment, fitted) for model in models}
    groups["baselines"] = lambda _: baseline_rows(experiment)
    rows: dict[str, TransferScores] = {}
    for group, make in groups.items():
        if not any(one == group for one, _ in found):
            model: Any = graphcl.load(models.get(group, next(iter(models.values()))))
            for row, scores in make(model.set_params(device=options.device)):
                found[group, row] = scores
                print(f"{name} {group} {row}: {scores}", flush=True)
            write(
                options.results, {**key, "group": group}, [(row, s) for (g, row), s in found.items() if g == group]
            )
        told = {
            row if group in ("from-scratch", "baselines") else f"{group}, {row}": scores
            for (one, row), scores in found.items()
            if one == group
        }
        rows |= told
    return rows


def prepare(name: str, options: argparse.Namespace) -> Transfer:
    """The dataset, with the split of every seed."""
    seeds = range(options.seeds)
    loaded: list[Any] = [load(name, split=options.split, split_seed=seed) for seed in seeds]
    settings = FineTuning(epochs=options.epochs, device=options.device)
    splits = [dataset.splits for dataset in loaded]
    return Transfer(dataset=loaded[0], seeds=seeds, splits=splits, settings=settings)


def recorded(path: Path, key: dict[str, Any]) -> dict[tuple[str, str], TransferScores]:
    """Scores by (group, row) in the file of results."""
    return {
        (line["group"], line["row"]): TransferScores(
            line["metric"], tuple(map(TransferRun.from_dict, line["runs"]))
        )
        for line in map(json.loads, path.read_text(encoding="utf-8").splitlines() if path.exists() else ())
        if key.items() <= line.items()
    }


def write(path: Path, key: dict[str, Any], rows: list[tuple[str, TransferScores]]) -> None:
    """Append the rows of a group, all at once, so that a group is there whole or not at all."""
    versions = {"torch": torch.__version__, "graphcl": graphcl.__version__}
    lines = [
        {
            **key,
            "row": row,
            "metric": scores.metric,
            "versions": versions,
            "runs": [run.to_dict() for run in scores.runs],
        }
        for row, scores in rows
    ]
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(line, allow_nan=False) + "\n" for line in lines))


if __name__ == "__main__":
    main()
