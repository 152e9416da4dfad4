"""How TwoView's cost grows with the graph: planted partitions of 10 thousand, 100 thousand and a million nodes.

    python benchmarks/speed/two_view_scale.py [--nodes 10000 100000 1000000] [--threads 2] [--out FILE.json]

Each size runs in a process of its own: 10 blocks, 10 edges per node, 128 features. Counted is `fit` alone: its CPU
seconds, its seconds on the clock, and the growth of the resident memory from before it to its peak.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

DATA = {"blocks": 10, "degree_in": 16.0, "degree_out": 4.0, "features": 128, "signal": 2.0}


def main() -> None:
    """Measure each size, print the table, and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    environment = {**os.environ, "OMP_NUM_THREADS": str(arguments.threads)}
    rows = []
    for nodes in arguments.nodes:
        command = [sys.executable, __file__, "--one", str(nodes)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        rows.append(json.loads(done.stdout))
        print(f"{nodes:,} nodes: {rows[-1]['wall_seconds']:.1f} s", file=sys.stderr)
    record = {
        "data": DATA,
        "threads": arguments.threads,
        "rows": rows,
        "slopes": {key: slope(rows, key) for key in ("cpu_seconds", "wall_seconds", "growth_mb")},
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    print(table(record))
    if arguments.out:
        arguments.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def measure(nodes: int) -> dict[str, Any]:
    """Make the graph, fit once, and say what it took."""
    import sklearn.cluster  # noqa: F401  (imported before memory is read)
    import torch

    from graphcl import TwoView
    from graphcl.bench.runs.provenance import git_state
    from graphcl.datasets import load
    from graphcl.evaluation import clustering_scores
    from graphcl.ops.machine.meter import Meter, resident_mb, resident_peak_mb
    from graphcl.ops.machine.versions import versions

    data = load("planted-partition", nodes=nodes, **DATA)
    load_before = os.getloadavg()[0]
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here on
    before, meter = resident_mb(), Meter()
    model = TwoView(n_clusters=DATA["blocks"], seed=0).fit(data.graph)
    seconds, peak = meter.seconds(), resident_peak_mb()
    return {
        "nodes": nodes,
        "edges": data.graph.edge_index.size(1) // 2,
        **{key: round(value, 2) for key, value in seconds.items()},
        "growth_mb": round(peak - before),
        "peak_mb": round(peak),
        "nmi": round(clustering_scores(data.graph.y, model.labels_)["nmi"], 4),
        "stages": model.stages_,
        "load_before_and_after": [load_before, os.getloadavg()[0]],
        "torch_threads": torch.get_num_threads(),
        "versions": versions(),
        "git": git_state(),
    }


def slope(rows: list[dict[str, Any]], key: str) -> float | None:
    """Of log cost over log nodes; 1 is linear."""
    if len(rows) < 2:
        return None
    nodes, cost = ([np.log(row[name]) for row in rows] for name in ("nodes", key))
    return round(float(np.polyfit(nodes, cost, 1)[0]), 3)


def table(record: dict[str, Any]) -> str:
    """The record as Markdown."""
    lines = [
        "| nodes | edges | CPU s | s | memory growth MB | peak MB | NMI | load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in record["rows"]:
        cells = [
            f"{row['nodes']:,}",
            f"{row['edges']:,}",
            f"{row['cpu_seconds']:.1f}",
            f"{row['wall_seconds']:.1f}",
        ]
        cells += [f"{row['growth_mb']:,}", f"{row['peak_mb']:,}", f"{row['nmi']:.3f}"]
        cells.append(" to ".join(f"{value:.1f}" for value in row["load_before_and_after"]))
        lines.append(f"| {' | '.join(cells)} |")
    slopes = ", ".join(f"{key} {value}" for key, value in record["slopes"].items())
    return "\n".join([*lines, "", f"Slope of the logarithms: {slopes}; {record['threads']} threads."])


if __name__ == "__main__":
    main()
