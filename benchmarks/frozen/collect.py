"""What frozen embeddings are worth: link prediction with and without the leak, graph-level scores; ideas for them.

    GRAPHCL_DATA=... python benchmarks/frozen/collect.py [--seeds 3] [--only links|graphs|ideas] [--row NAME ...]

Appends one record per row, data set and seed to links.jsonl, graphs.jsonl and ideas.jsonl beside this file; what
is on file is not run again. Then writes benchmarks/tables/links.md, graphs.md and ideas-graphs.md. A reduced
schedule has 100 epochs for nodes, 20 for graphs, in place of the 300 and 100 of --schedule published, whose rows
stand beside them. Nothing is chosen by test labels but in the columns that say "oracle".
"""

import argparse
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from graphcl.bench import Journal, Record, load_records
from graphcl.bench.evaluations.graphs import GRAPH_BASELINES, evaluate_graphs
from graphcl.bench.evaluations.links import LINK_BASELINES, evaluate_links

HERE = Path(__file__).parent
TABLES = HERE.parent / "tables"

NODES: dict[str, dict[str, Any]] = {
    **{name: {} for name in LINK_BASELINES},
    "random-gnn": {},
    "dgi": {"epochs": 100},
    "grace": {"epochs": 100},
    "cca-ssg": {},
}
SOCIAL = {"domain": "social", "epochs": 20, "channels": 128}
PLAIN = {"loss": None, "negatives": None}
PRETRAINED: dict[str, dict[str, Any]] = {
    "edge-pred untrained": {**SOCIAL, "epochs": 0},
    "attr-masking": SOCIAL,
    "edge-pred": SOCIAL,
    "graph-cl": {**SOCIAL, **PLAIN},
    "dsla": {**SOCIAL, "negatives": None},
}
OTHERS: dict[str, dict[str, Any]] = {
    "simgrace": {**SOCIAL, "negatives": None},
    "joao": {**SOCIAL, "negatives": None},
    "infograph": SOCIAL,
    "infomax": SOCIAL,
    "graph-mae-graphs": SOCIAL,
    "mvgrl-graphs": SOCIAL,
}
"""Rows, by method or "METHOD note", with what differs from the recipe; epochs of the reduced schedule."""

STUDIED: dict[str, dict[str, Any]] = {
    "graph-cl": PRETRAINED["graph-cl"],
    "graph-cl coupled": {**SOCIAL, **PLAIN, "loss": "info-nce"},
    "graph-cl distinct": {**SOCIAL, **PLAIN, "negatives": "distinct"},
    "simgrace": OTHERS["simgrace"],
    "simgrace distinct": {**SOCIAL, "negatives": "distinct"},
}
"""An idea beside its base, which comes first: see docs/ideas.md, whose table pairs them by seed."""

PUBLISHED = {20: 100, 100: 300}
"""Epochs of the published schedule, by those of the reduced one."""

LINKS = {"cora": NODES, "imdb-binary": {**{name: {} for name in LINK_BASELINES}, **PRETRAINED}}
MORE_LINKS = {"citeseer": NODES, "pubmed": NODES}
GRAPHS = {
    name: {**{base: {} for base in GRAPH_BASELINES}, **PRETRAINED, **OTHERS}
    for name in ("mutag", "nci1", "imdb-binary")
}
IDEAS = dict.fromkeys(GRAPHS, STUDIED)
FILES = {"links": "links", "graphs": "graphs", "ideas": "ideas-graphs"}
"""Kinds of rows, and the names of their tables."""
CATEGORIES = {"mutag": {"features": "label"}, "nci1": {"features": "label"}}


def main() -> None:
    """Run what is not on file, and write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", choices=FILES)
    parser.add_argument("--row", action="append", help="only these rows; may be repeated")
    parser.add_argument("--dataset", action="append", help="only these data sets; may be repeated")
    parser.add_argument("--more", action="store_true", help="CiteSeer and PubMed as well")
    parser.add_argument("--schedule", choices=("reduced", "published"), default="reduced")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*have an equal one in the training folds")
    warnings.filterwarnings("ignore", message="lbfgs failed to converge")
    links = {**LINKS, **(MORE_LINKS if options.more else {})}
    suites = {"links": (links, link_records), "graphs": (GRAPHS, graph_records), "ideas": (IDEAS, graph_records)}
    done = {record.key: record for name in FILES for record in on_file(HERE / f"{name}.jsonl")}
    for kind, (suite, evaluate) in suites.items():
        if options.only not in (None, kind):
            continue
        with Journal(HERE / f"{kind}.jsonl") as journal:
            kept = {record.key for record in journal.records}
            for seed in range(options.seeds):
                for dataset, row, reduced in rows_of(suite, options.dataset, options.row):
                    params = published(reduced) if options.schedule == "published" else reduced
                    for record in evaluate(row.partition(" ")[0], dataset, seed, params, done):
                        if record.key not in kept:
                            journal.append(record)
                        kept.add(record.key)
                        done[record.key] = record
                        print(f"{record.dataset} {row} {seed}: {record.seconds['cpu']:.0f} CPU s", flush=True)
            (TABLES / f"{FILES[kind]}.md").write_text(table(kind, journal.records, suite), encoding="utf-8")


def on_file(path: Path) -> Sequence[Record]:
    """The records of a file, none where there is no file."""
    return load_records(path) if path.exists() else []


def rows_of(
    suite: dict[str, dict[str, dict[str, Any]]], datasets: Sequence[str] | None, rows: Sequence[str] | None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Data set, row and settings of all that is asked for."""
    for dataset, entries in suite.items():
        for row, params in entries.items():
            if (not datasets or dataset in datasets) and (not rows or row in rows):
                yield dataset, row, params


def published(params: dict[str, Any]) -> dict[str, Any]:
    """The settings of a row with the epochs of the published schedule."""
    epochs = {"epochs": PUBLISHED.get(params["epochs"], params["epochs"])} if "epochs" in params else {}
    return {**params, **epochs}


def link_records(
    method: str, dataset: str, seed: int, params: dict[str, Any], done: dict[str, Record]
) -> Iterator[Record]:
    """Without the leak, then with it."""
    for leaky in (False, True):
        yield evaluate_links(method, dataset, seed=seed, leaky=leaky, params=params, done=done)


def graph_records(
    method: str, dataset: str, seed: int, params: dict[str, Any], done: dict[str, Record]
) -> Iterator[Record]:
    """Classification and clustering."""
    data = CATEGORIES.get(dataset)
    yield evaluate_graphs(method, dataset, seed=seed, params=params, data=data, done=done)


COLUMNS: dict[str, dict[str, Callable[[dict[str, float]], float | None]]] = {
    "links": {
        f"{decoder} {title}": (lambda m, key=key, decoder=decoder: m.get(key.format(decoder)))
        for decoder in ("dot", "mlp")
        for title, key in {
            "AP": "{}/ap",
            "AP leaky": "leaky/{}/ap",
            "AUC": "{}/auc",
            "Hits@100": "{}/hits@100",
            "MRR hard": "{}/hard/mrr",
            "MRR hard leaky": "leaky/{}/hard/mrr",
        }.items()
    },
    "graphs": {
        title: (lambda m, key=key: m.get(key))
        for title, key in {
            "logistic": "logistic/accuracy",
            "SVM": "svm/accuracy",
            "SVM, unseen graphs": "unseen/svm/accuracy",
            "SVM, oracle C": "oracle/svm/accuracy",
            "k-means ACC": "kmeans/acc",
            "NMI": "kmeans/nmi",
            "ARI": "kmeans/ari",
            "duplicates": "duplicates/graphs",
        }.items()
    },
}
COLUMNS["ideas"] = COLUMNS["graphs"]
"""By kind, heading and how to read it from the metrics; heuristics stand in the columns of the dot product."""


def table(kind: str, records: Sequence[Record], suite: dict[str, dict[str, dict[str, Any]]]) -> str:
    """One Markdown table per data set: mean ± standard deviation over the seeds, in percent."""
    lines = []
    for dataset, entries in suite.items():
        if not any(record.dataset == dataset for record in records):
            continue
        lines += [f"## {dataset}", "", "| row | epochs | seeds | " + " | ".join(COLUMNS[kind]) + " |"]
        lines.append("|---|" + "---|" * (2 + len(COLUMNS[kind])))
        scheduled = [(row, given) for row, params in entries.items() for given in (params, published(params))]
        for place, (row, params) in enumerate(scheduled):
            method = row.partition(" ")[0]
            if (row, params) in scheduled[:place]:
                continue
            mine = [r for r in records if r.dataset == dataset and r.method == method and matches(r, params)]
            if mine:
                seeds = len({record.seed for record in mine})
                cells = [cell(mine, read) for read in COLUMNS[kind].values()]
                epochs = mine[0].params.get("epochs", "-")
                lines.append(f"| {row} | {epochs} | {seeds} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def matches(record: Record, params: dict[str, Any]) -> bool:
    """Whether a record has these settings."""
    return all(record.params.get(key) == value for key, value in params.items())


def cell(records: Sequence[Record], read: Callable[[dict[str, float]], float | None]) -> str:
    """Mean and standard deviation in percent, or a dash."""
    named = ({key.replace("heuristic/", "dot/"): value for key, value in r.metrics.items()} for r in records)
    values = [100 * value for value in map(read, named) if value is not None]
    if not values:
        return "-"
    return f"{fmean(values):.1f}" + (f" ± {stdev(values):.1f}" if len(values) > 1 else "")


if __name__ == "__main__":
    main()
