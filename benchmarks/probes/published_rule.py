"""How much of a published probe score is the rule that reads it: one embedding, several rules, the same splits.

    GRAPHCL_DATA=... python benchmarks/probes/published_rule.py --folder /where/weights/go

The code of gCooL trains a linear classifier for 5,001 steps, scores the test nodes at every fifth, and reports the
maximum of each score. Here that rule reads gCooL's last state on Amazon-Photo, after all 2,901 steps of the
authors' setting, and the same network untrained; beside it the step that validation nodes choose, and our own
probe. What the rule adds to either is a score that nobody gets who has not seen the test labels.

The weights go into the folder, which is no part of the repository; a training that was interrupted goes on when
the same command is given again. The record is written beside this file, the table among the tables.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor, nn

import graphcl
from graphcl.datasets import load
from graphcl.evaluation import classification_scores, linear_probe, node_splits
from graphcl.evaluation.splits import Split

DATASET, SEED = "amazon-photo", 1
STEPS, STRIDE = 5001, 5
METRICS = ("micro_f1", "macro_f1")
RULES = {
    "ours": "logistic regression, C chosen on validation",
    "validation": "the authors' classifier, step chosen on validation",
    "oracle": "the authors' classifier, maximum over steps on test, for each score by itself",
}


def main() -> None:
    """Train unless the weights are there, read them under every rule, and write the record and the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="of the weights, outside the repository")
    parser.add_argument("--splits", type=int, default=10, help="how many random ones, 10/10/80")
    options = parser.parse_args()
    trained = graphcl.load(weights(options.folder))
    data = load(DATASET)
    untrained = graphcl.RandomGNN(
        n_clusters=trained.n_clusters,
        hidden_channels=trained.hidden_channels,
        out_channels=trained.out_channels,
        activation=trained.activation,
        seed=SEED,
    ).fit(data.graph)
    embeddings = {"gcool": trained.transform(data.graph), "untrained": untrained.transform(data.graph)}
    rows = list(read(embeddings, data.graph.y, options.splits))
    Path(__file__).with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    text = table(rows)
    (Path(__file__).parents[1] / "tables" / "published-rule.md").write_text(text, encoding="utf-8")
    print(text)


def weights(folder: Path) -> Path:
    """The file of the trained model; trains it, or goes on with it, where it is not there."""
    model = folder / f"gcool-{DATASET}-{SEED}.pt"
    if not model.exists():
        command = ["train", "gcool", DATASET, "--seed", str(SEED), "--out", str(model), "--resume"]
        subprocess.run([sys.executable, "-m", "graphcl", *command], check=True)
    return model


def read(embeddings: dict[str, Tensor], y: Tensor, splits: int) -> Iterator[dict[str, Any]]:
    """The scores of each embedding on each split, under each rule."""
    for seed in range(splits):
        [split] = node_splits(y, {}, split="random", seed=seed)
        for name, z in embeddings.items():
            ours = linear_probe(z, y, split).scores
            chosen, oracle = authors_probe(z, y, split, generator=torch.Generator().manual_seed(seed))
            for rule, scores in zip(RULES, (ours, chosen, oracle), strict=True):
                yield {"embedding": name, "split": seed, "rule": rule, **{m: scores[m] for m in METRICS}}


def authors_probe(
    z: Tensor, y: Tensor, split: Split, *, generator: torch.Generator, steps: int = STEPS
) -> tuple[dict[str, float], dict[str, float]]:
    """The authors' classifier: test scores at the step that is best on validation, and the maxima over steps.

    A linear layer, Xavier weights, zero bias; all training nodes in each step of Adam with learning rate 0.01 and
    weight decay 1e-5; sheet gcool, section 8.1.
    """
    classifier = nn.Linear(z.size(1), int(y.max()) + 1)
    nn.init.xavier_uniform_(classifier.weight, generator=generator)
    nn.init.zeros_(classifier.bias)
    optimiser = torch.optim.Adam(classifier.parameters(), lr=0.01, weight_decay=1e-5)
    best, chosen, oracle = -1.0, dict.fromkeys(METRICS, 0.0), dict.fromkeys(METRICS, 0.0)
    for step in range(steps):
        optimiser.zero_grad()
        nn.functional.cross_entropy(classifier(z[split.train]), y[split.train]).backward()
        optimiser.step()
        if step % STRIDE == 0:
            with torch.no_grad():
                predicted = classifier(z).argmax(dim=1)
            on_val = float((predicted == y)[split.val].double().mean())
            scores = classification_scores(y[split.test], predicted[split.test])
            on_test = {metric: scores[metric] for metric in METRICS}
            oracle = {metric: max(oracle[metric], on_test[metric]) for metric in METRICS}
            if on_val > best:
                best, chosen = on_val, on_test
    return chosen, oracle


def table(rows: list[dict[str, Any]]) -> str:
    """Mean and standard deviation over the splits, and the best split under the authors' rule."""
    splits = len({row["split"] for row in rows})
    lines = [
        f"Linear probes of one embedding of {DATASET}, seed {SEED}, {splits} random splits 10/10/80, %.",
        "Rows of the third rule use the test labels; they are here to be compared with what is published by it.",
        "",
        "| embedding | rule | micro F1 | macro F1 | highest micro F1 of a split |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row["embedding"] for row in rows):
        for rule, meaning in RULES.items():
            chosen = [row for row in rows if row["embedding"] == name and row["rule"] == rule]
            cells = [spread([row[metric] for row in chosen]) for metric in METRICS]
            highest = 100 * max(row["micro_f1"] for row in chosen)
            lines.append(f"| {name} | {meaning} | {cells[0]} | {cells[1]} | {highest:.1f} |")
    return "\n".join(lines) + "\n"


def spread(values: list[float]) -> str:
    """Mean and standard deviation in per cent."""
    deviation = f" ± {100 * stdev(values):.2f}" if len(values) > 1 else ""
    return f"{100 * fmean(values):.2f}{deviation}"


if __name__ == "__main__":
    main()
