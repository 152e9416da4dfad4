"""Tables and a figure from labelings.jsonl: J as an early stop of SCGC*, and how each score ranks labelings.

    python benchmarks/agreement/tables.py

Writes benchmarks/tables/early-stop.md, benchmarks/tables/ranking.md and docs/figures/ranking.svg.
"""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from scipy.stats import spearmanr

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCORES = {"J": 1, "modularity": 1, "silhouette": 1, "conductance": -1}
"""Scores without labels, and whether more or less of them is better."""

Row = dict[str, Any]


def read() -> list[Row]:
    """All labelings on file."""
    return [json.loads(line) for line in (HERE / "labelings.jsonl").read_text().splitlines()]


def epoch(row: Row) -> int:
    """Of a labeling of SCGC or SCGC*."""
    return int(row["labeling"].split()[1])


def early_stop(rows: list[Row]) -> str:
    """SCGC* in its last state and in that with the best J, beside the best by label, which would be peeking."""
    lines = [
        "| dataset | seeds | last epoch: ACC | NMI | best J: ACC | NMI | its epoch | peeking at labels: NMI |",
        "|:---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for dataset in dict.fromkeys(row["dataset"] for row in rows):
        runs = _group([r for r in rows if (r["dataset"], r["method"]) == (dataset, "scgc-star")], "seed")
        last, chosen = [max(run, key=epoch) for run in runs], [max(run, key=lambda r: r["J"]) for run in runs]
        peeking = [max(run, key=lambda r: r["nmi"]) for run in runs]
        cells = [
            dataset,
            str(len(runs)),
            *(_spread([r[metric] for r in state]) for state in (last, chosen) for metric in ("acc", "nmi")),
            f"{min(map(epoch, chosen))} to {max(map(epoch, chosen))}",
            _spread([r["nmi"] for r in peeking]),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def ranking(rows: list[Row]) -> str:
    """Spearman's correlation of each score with NMI over all labelings of a dataset, and the NMI of its best."""
    datasets = _group(rows, "dataset")
    head = f"| dataset | labelings | {' | '.join(SCORES)} |"
    rule = "|:---" + "|---:" * (len(SCORES) + 1) + "|"
    ranks, best = [head, rule], [f"{head} best of all |", f"{rule}---:|"]
    for own in datasets:
        name = f"| {own[0]['dataset']} | {len(own)} |"
        ranks.append(f"{name} {' | '.join(f'{correlation(own, score):.2f}' for score in SCORES)} |")
        chosen = [max(own, key=_better(score))["nmi"] for score in SCORES]
        best.append(f"{name} {' | '.join(f'{100 * nmi:.1f}' for nmi in (*chosen, max(r['nmi'] for r in own)))} |")
    means = [fmean(correlation(own, score) for own in datasets) for score in SCORES]
    ranks.append(f"| mean | | {' | '.join(f'{mean:.2f}' for mean in means)} |")
    return "\n".join(
        [
            "Rank correlation (Spearman) of a score with NMI:",
            "",
            *ranks,
            "",
            "NMI of the labeling with the best score:",
            "",
            *best,
            "",
        ]
    )


def correlation(rows: list[Row], score: str) -> float:
    """Spearman's, of a score with NMI; positive where better scores go with better labelings."""
    return float(spearmanr([SCORES[score] * row[score] for row in rows], [row["nmi"] for row in rows])[0])


def figure(rows: list[Row]) -> str:
    """NMI against each score, one panel for each dataset and score, as SVG."""
    size, gap, left, top = 150, 26, 56, 30
    datasets = _group(rows, "dataset")
    methods = list(dict.fromkeys(row["method"] for row in rows))
    colours = dict(zip(methods, ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#666666"), strict=False))
    width, height = left + len(SCORES) * (size + gap), top + len(datasets) * (size + gap) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">',
        "<style>text { font: 11px sans-serif }</style>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for i, own in enumerate(datasets):
        y0 = top + i * (size + gap)
        middle = y0 + size / 2
        title = f"NMI on {own[0]['dataset']}"
        parts.append(f'<text transform="translate(14,{middle}) rotate(-90)" text-anchor="middle">{title}</text>')
        highest = max(row["nmi"] for row in own)
        for tick in (0.0, highest):
            y = y0 + size * (1 - tick / highest)
            parts.append(f'<text x="{left - 5}" y="{y + 4}" text-anchor="end">{tick:.1f}</text>')
        for j, score in enumerate(SCORES):
            x0 = left + j * (size + gap)
            values = [SCORES[score] * row[score] for row in own]
            low, high = min(values), max(values)
            parts.append(f'<rect x="{x0}" y="{y0}" width="{size}" height="{size}" fill="none" stroke="#bbb"/>')
            for row, value in zip(own, values, strict=True):
                x = x0 + size * (value - low) / (high - low)
                y = y0 + size * (1 - row["nmi"] / highest)
                parts.append(
                    f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{colours[row["method"]]}" opacity="0.5"/>'
                )
            name = score if SCORES[score] > 0 else f"- {score}"
            rank = f"{name}, rank correlation {correlation(own, score):.2f}"
            parts.append(f'<text x="{x0 + 2}" y="{y0 - 5}">{rank}</text>')
    for j, method in enumerate(methods):
        x = left + j * 130
        parts.append(f'<circle cx="{x}" cy="{height - 16}" r="4" fill="{colours[method]}"/>')
        parts.append(f'<text x="{x + 8}" y="{height - 12}">{method}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _better(score: str) -> Callable[[Row], float]:
    return lambda row: SCORES[score] * row[score]


def _group(rows: list[Row], key: str) -> list[list[Row]]:
    return [[row for row in rows if row[key] == value] for value in dict.fromkeys(row[key] for row in rows)]


def _spread(values: list[float]) -> str:
    deviation = f" ± {100 * stdev(values):.1f}" if len(values) > 1 else ""
    return f"{100 * fmean(values):.1f}{deviation}"


def main() -> None:
    """Write all three."""
    rows = read()
    pages = {
        "benchmarks/tables/early-stop.md": early_stop(rows),
        "benchmarks/tables/ranking.md": ranking(rows),
        "docs/figures/ranking.svg": figure(rows),
    }
    for name, text in pages.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"{path.relative_to(ROOT)}\n{text if name.endswith('.md') else ''}")


if __name__ == "__main__":
    main()
