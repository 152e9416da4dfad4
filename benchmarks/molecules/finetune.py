"""What pre-training bought: fine-tune the models of pretrain.py, beside from-scratch, fingerprints and atom means.

    GRAPHCL_DATA=... python benchmarks/molecules/finetune.py --folder /where/weights/are [--schedule published]

A reduced schedule is 20 epochs and 3 seeds (Tox21: one), the published one 100 epochs and 10 seeds; each has
tables of its own. On BBBP, which has one task, Core-tuning is tried too. Every row is written to finetune.jsonl as
soon as it is there, and rows on file are not run again: give the same command to go on. Tables are made of the
whole file.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import graphcl
from graphcl.bench.report.markup import counted
from graphcl.bench.tables.grid import markdown
from graphcl.bench.transfer.lines import TransferSetting, read_transfer, row_name, transfer_lines
from graphcl.bench.transfer.rows import Rows, Transfer, baseline_rows, model_rows, untrained_rows
from graphcl.bench.transfer.table import transfer_grid, transfer_notes
from graphcl.datasets import load
from graphcl.evaluation import FineTuning

DATASETS = ("bbbp", "esol", "clintox", "tox21")
SCHEDULES = {"reduced": (20, 3), "published": (100, 10)}
"""Epochs and seeds."""

ONE_SEED = "tox21"
"""In the reduced schedule."""

CORE_TUNED = {"bbbp": ("dsla-exact", (0.1, 10.0))}
"""By dataset, which run of pretrain.py is fine-tuned with a contrast too, and its weights."""

PREAMBLE = """Models are named by their pre-training: METHOD-MOLECULESxEPOCHS, of MOSES, see pretraining.md.
Published pre-training has two million molecules and 100 epochs."""

ROWS = {
    "from-scratch": ("from-scratch", "untrained-frozen"),
    "baselines": ("morgan+linear", "morgan+random-forest", "node-means+linear"),
}
"""What stands for itself; each model has the rows "finetuned" and "frozen"."""


def main() -> None:
    """Run what is missing, and write the tables."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="of the weights; every .pt in it is a model")
    parser.add_argument("--datasets", nargs="+", default=DATASETS, choices=DATASETS)
    parser.add_argument("--schedule", choices=list(SCHEDULES), default="reduced")
    parser.add_argument("--split", default="scaffold", choices=["scaffold", "scaffold-balanced", "random"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--results", type=Path, default=here / "finetune.jsonl")
    parser.add_argument("--table", type=Path, default=here.parent / "tables" / "finetune.md")
    options = parser.parse_args()
    models = {path.stem: path for path in sorted(options.folder.glob("*.pt"))}
    if not models:
        raise SystemExit(f"{options.folder} holds no model (.pt); run pretrain.py first")
    for dataset in options.datasets:
        run_missing(dataset, models, options)
    options.table.write_text(tables(options.results), encoding="utf-8")


def run_missing(dataset: str, models: dict[str, Path], options: argparse.Namespace) -> None:
    """Run the groups of rows that are not on file, and append them."""
    epochs, seeds = SCHEDULES[options.schedule]
    if options.schedule == "reduced" and dataset == ONE_SEED:
        seeds = 1
    setting = TransferSetting(dataset, options.split, epochs)
    done = read_transfer([options.results]).get(setting, {}) if options.results.exists() else {}
    for group, weight in groups(dataset, models):
        rows = ROWS.get(group, ("finetuned", "frozen") if not weight else ("finetuned",))
        last = row_name(group, rows[-1], weight)  # the rows of a group are written in their order
        if last in done and len(done[last].runs) >= seeds:
            continue
        experiment = prepare(setting, seeds, weight, options.device)
        for row, scores in made(group, experiment, models):
            if row in rows:
                with options.results.open("a", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in transfer_lines(setting, group, row, scores, weight))
                print(f"{dataset} {row_name(group, row, weight)}: {scores}", flush=True)


def groups(dataset: str, models: dict[str, Path]) -> Iterator[tuple[str, float]]:
    """Names of groups of rows, and the weight of their contrast: plain fine-tuning first."""
    yield from ((group, 0.0) for group in (*ROWS, *models))
    tuned, weights = CORE_TUNED.get(dataset, ("", ()))
    for name in models:
        if tuned and name.startswith(tuned):
            yield from ((name, weight) for weight in weights)


def prepare(setting: TransferSetting, seeds: int, contrast_weight: float, device: str) -> Transfer:
    """The dataset, with the split of every seed."""
    numbers = range(seeds)
    loaded: list[Any] = [load(setting.dataset, split=setting.split, split_seed=seed) for seed in numbers]
    settings = FineTuning(epochs=setting.epochs, contrast_weight=contrast_weight, device=device)
    splits = [dataset.splits for dataset in loaded]
    return Transfer(dataset=loaded[0], seeds=numbers, splits=splits, settings=settings)


def made(group: str, experiment: Transfer, models: dict[str, Path]) -> Rows:
    """The rows of a group."""
    if group == "baselines":
        return baseline_rows(experiment)
    path = models.get(group) or next(iter(models.values()))  # from scratch: whose architecture all share
    model: Any = graphcl.load(path).set_params(device=experiment.settings.device)
    return untrained_rows(experiment, model) if group == "from-scratch" else model_rows(experiment, model)


def tables(results: Path) -> str:
    """Every table that is on file, as Markdown."""
    parts = [PREAMBLE]
    for setting, rows in read_transfer([results]).items():
        seeds = max(len(scores.runs) for scores in rows.values())
        lengths = f"{counted(setting.epochs, 'epoch')} of fine-tuning, {counted(seeds, 'seed')}"
        title = f"{setting.dataset}, {setting.split} split, {lengths}"
        parts += [markdown(transfer_grid(title, rows)), "  \n".join(transfer_notes(rows))]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
