"""Claim: checks and preparation of a fit on 100,000 nodes and a million edges take a third of what they took.

    python benchmarks/speed/fit_preparation.py --baseline CHECKOUT

CHECKOUT is another working tree of this repository, for instance of the commit before the step contract:
`git worktree add ../before 54def62`. Both sides run in processes of their own, by turns. The seconds are those of
a fit without any epoch, less those of embedding and clustering: what checks, copies and centralities cost.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from measure import report

NODES, EDGES, COLUMNS, ROUNDS = 100_000, 1_000_000, 64, 3

METHODS = {
    "gcool": {"hidden_channels": 8, "out_channels": 8, "epochs": 0},
    "gca": {"hidden_channels": 8, "out_channels": 8, "epochs": 0, "centrality": "pagerank"},
    "grace": {"hidden_channels": 8, "out_channels": 8, "epochs": 0},
    "dgi": {"hidden_channels": 8, "out_channels": 8, "epochs": 0},
}

CHILD = """
import json, sys, time, torch, graphcl
from torch_geometric.data import Data
name, settings, (nodes, edges, columns) = json.loads(sys.argv[1])
generator = torch.Generator().manual_seed(0)
graph = Data(x=torch.rand(nodes, columns, generator=generator),
             edge_index=torch.randint(nodes, (2, edges), generator=generator))
method = graphcl.METHODS[name](n_clusters=2, n_init=1, device="cpu", **settings)
def fit():
    cpu, wall = time.process_time(), time.perf_counter()
    method.fit(graph)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    after = [stage for stage in method.stages_ if stage["name"] in ("embed", "assign")]
    return [total - sum(stage[key] for stage in after) for total, key in
            zip(spent, ("cpu_seconds", "wall_seconds"))]
fit()
import resource
print(json.dumps([*fit(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3]))
"""


def run(checkout: Path, method: str) -> list[float]:
    """CPU seconds, seconds and peak memory in MB of one process with the code of a checkout."""
    order = json.dumps([method, METHODS[method], [NODES, EDGES, COLUMNS]])
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, order],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    figures: list[float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Measure both sides by turns and report the ratio of their medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--baseline", type=Path, required=True, help="a checkout to compare with")
    given = parser.parse_args()
    sides = {"baseline": given.baseline.resolve(), "this": Path(__file__).parents[2]}
    rows: list[dict[str, Any]] = []
    claims = {}
    for method in METHODS:
        found: dict[str, list[list[float]]] = {side: [] for side in sides}
        for _ in range(ROUNDS):
            for side, checkout in sides.items():
                found[side].append(run(checkout, method))
        median = {
            side: [statistics.median(column) for column in zip(*figures, strict=True)]
            for side, figures in found.items()
        }
        rows += [
            {"method": method, "side": side, "cpu_seconds": cpu, "wall_seconds": wall, "peak_mb": peak}
            for side, (cpu, wall, peak) in median.items()
        ]
        ratio, memory = (median["this"][i] / median["baseline"][i] for i in (0, 2))
        claims[f"{method}: CPU seconds, and peak memory, of the baseline's"] = f"{ratio:.2f}, {memory:.2f}"
    columns = {"method": "s", "side": "s", "cpu_seconds": ".2f", "wall_seconds": ".2f", "peak_mb": ".0f"}
    report("fit_preparation", claims, rows, columns)


if __name__ == "__main__":
    main()
