"""How often `choose_k` finds the number of classes: on planted partitions and on thirteen real sets.

    GRAPHCL_DATA=... python benchmarks/two_view/number_of_clusters.py [--range 2:15] [--sets cora ...]

Writes one line of JSON per set beside this file, the table to benchmarks/tables and the curves to docs/figures.
What is on file is not run again. The classes are read after the fact.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from graphcl import TwoView, choose_k
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores

ROOT = Path(__file__).parents[2]
KINDS = {"clear": {"degree_out": 3.0, "signal": 1.0}, "faint": {"degree_out": 6.0, "signal": 0.5}}
PLANTED: dict[str, dict[str, Any]] = {
    f"{blocks} blocks, {kind}": {"nodes": 200 * blocks, "blocks": blocks, **how}
    for kind, how in KINDS.items()
    for blocks in (3, 5, 8, 12)
}
SETS: dict[str, tuple[str, dict[str, Any]]] = {
    **{title: ("planted-partition", parameters) for title, parameters in PLANTED.items()},
    **{
        name: (name, {})
        for name in (
            *("cora", "citeseer", "pubmed", "acm", "amazon-photo", "amazon-computers", "coauthor-physics", "usps"),
            *("digits", "cora-ml", "citationfull-citeseer", "facebook-pagepage", "blogcatalog"),
        )
    },
}
NOTE = """\
Number of clusters by `choose_k`, seed 0, looked for from 2 to 15. "Most explained" is what it chooses, "within
1 %" all numbers nearly as good, "NMI found" the NMI in percent at what it chooses. Classes are read after the
fact. Blocks are planted partitions of 200 nodes a block, each node with 8 neighbours in its block and 3 outside
(clear, signal 1) or 6 outside (faint, signal 0.5). A star marks what an earlier revision of TwoView found.
"""


def main() -> None:
    """Run what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--range", default="2:15", dest="numbers")
    parser.add_argument("--sets", nargs="+", default=tuple(SETS), choices=tuple(SETS), metavar="SET")
    arguments = parser.parse_args()
    low, high = map(int, arguments.numbers.split(":"))
    records = Path(__file__).with_suffix(".jsonl")
    lines = records.read_text(encoding="utf-8").splitlines() if records.exists() else []
    rows = {row["set"]: row for row in map(json.loads, lines)}
    for title in arguments.sets:
        if title not in rows:
            rows[title] = run(title, range(low, high + 1))
            with records.open("a", encoding="utf-8") as file:
                file.write(json.dumps(rows[title]) + "\n")
    known = [rows[title] for title in SETS if title in rows]
    page = f"{NOTE}\n{table(known)}\n"
    (ROOT / "benchmarks" / "tables" / "number-of-clusters.md").write_text(page, encoding="utf-8")
    draw(known, ROOT / "docs" / "figures" / "number-of-clusters.svg")
    print(page)


def run(title: str, numbers: range) -> dict[str, Any]:
    """Each number's scores without labels, and with them."""
    name, parameters = SETS[title]
    dataset = load(name, **parameters)
    choice = choose_k(dataset.graph, numbers)
    return {
        "set": title,
        "revision": TwoView.revision,
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
            row["set"] + (" *" if row["revision"] < TwoView.revision else ""),
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


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """One panel per set: what `choose_k` looks at and J, each over its highest, and NMI; a line at the classes."""
    columns = 4
    figure = Figure(figsize=(11, 2.1 * -(-len(rows) // columns)), layout="constrained")
    panels = figure.subplots(-(-len(rows) // columns), columns, sharex=True, sharey=True).ravel()
    for row, axes in zip(rows, panels, strict=False):
        for name, title, style in (("explained", "explained", "C2o-"), ("J", "J", "k--"), ("nmi", "NMI", "C0-")):
            highest = max(row[name]) if name != "nmi" else 1
            values = [value / highest for value in row[name]]
            axes.plot(row["numbers"], values, style, markersize=3, label=title)
        axes.axvline(row["classes"], color="grey", linewidth=0.8, label="classes")
        axes.set_title(f"{row['set']}: {row['best']} of {row['classes']}", fontsize=9)
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    panels[0].set(ylim=(0, 1.05), xticks=(2, 5, 10, 15))
    figure.supxlabel("number of clusters")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "graphcl"}):
        figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
