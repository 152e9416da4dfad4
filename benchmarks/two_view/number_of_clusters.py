"""How often `choose_k` finds the number of classes: on the eight sets of the suite, and on five others.

    GRAPHCL_DATA=... python benchmarks/two_view/number_of_clusters.py [--range 2:15] [--datasets cora ...]

Writes one line of JSON per data set, and prints the table as Markdown. What is on file is not run again. The
classes are read after the fact.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from graphcl import choose_k
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores

DATASETS = (
    *("cora", "citeseer", "pubmed", "acm", "amazon-photo", "amazon-computers", "coauthor-physics", "usps"),
    *("digits", "cora-ml", "citationfull-citeseer", "facebook-pagepage", "blogcatalog"),
)


def main() -> None:
    """Run what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--range", default="2:15", dest="numbers")
    parser.add_argument("--datasets", nargs="+", default=DATASETS)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".jsonl"))
    arguments = parser.parse_args()
    low, high = map(int, arguments.numbers.split(":"))
    lines = arguments.out.read_text(encoding="utf-8").splitlines() if arguments.out.exists() else []
    rows = {row["dataset"]: row for row in map(json.loads, lines)}
    for name in arguments.datasets:
        if name not in rows:
            rows[name] = run(name, range(low, high + 1))
            with arguments.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(rows[name]) + "\n")
    print(table([rows[name] for name in arguments.datasets]))


def run(name: str, numbers: range) -> dict[str, Any]:
    """Each number's scores without labels, and with them."""
    dataset = load(name)
    choice = choose_k(dataset.graph, numbers)
    return {
        "dataset": name,
        "classes": dataset.num_classes,
        "best": choice.best,
        "numbers": list(numbers),
        "explained": [round(value, 4) for value in choice.explained.values()],
        "J": [round(score["J"], 4) for score in choice.scores.values()],
        "nmi": [round(clustering_scores(dataset.graph.y, labels)["nmi"], 4) for labels in choice.labels.values()],
        "ari": [round(clustering_scores(dataset.graph.y, labels)["ari"], 4) for labels in choice.labels.values()],
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Found beside known numbers, and what the difference costs."""
    lines = [
        "| set | classes | most explained | within 1 % | highest J | highest NMI | NMI found | NMI at classes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        numbers, explained, nmi = row["numbers"], row["explained"], row["nmi"]
        near = [k for k, value in zip(numbers, explained, strict=True) if value >= 0.99 * max(explained)]
        known = f"{100 * nmi[numbers.index(row['classes'])]:.1f}" if row["classes"] in numbers else "-"
        cells = [
            row["dataset"],
            str(row["classes"]),
            str(row["best"]),
            ", ".join(map(str, near)),
            str(numbers[row["J"].index(max(row["J"]))]),
            str(numbers[nmi.index(max(nmi))]),
            f"{100 * nmi[numbers.index(row['best'])]:.1f}",
            known,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
