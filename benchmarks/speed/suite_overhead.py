"""Claim: 30 short runs take at most a third of the time they took; what a run costs besides its method.

    python benchmarks/speed/suite_overhead.py --baseline CHECKOUT

CHECKOUT is another working tree of this repository, for instance of the commit before runs were forked:
`git worktree add ../before 09d20ad`. Both sides run the same suites from the shell by turns. CPU seconds are those
of the command and of all its processes. The overhead of a run is what the command takes beyond the seconds in the
records, by the number of runs: start, imports, data, scores, and the picture of the embedding that a report shows.
`--suite FILE` compares a further suite, such as that of `make run`, which takes long.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measure import report

HERE = Path(__file__).parents[2]

SHORT = """
name = "short"
seeds = 2
methods = ["k-means", "smooth-k-means", "leiden", "two-view", "random-gnn"]
datasets = ["digits", "karate", "planted-partition"]
"""

ALIKE = ("this", "this, --jobs 2")
"""The sides whose scores have to be the baseline's."""

ANSWERS = {
    "graphcl --help": ["--help"],
    "graphcl bench --help": ["bench", "--help"],
    "a mistyped command": ["nosuch"],
    "a mistyped method": ["cluster", "nosuch-method", "cora"],
    "a mistyped dataset": ["cluster", "k-means", "nosuch-dataset"],
}


def call(checkout: Path, *arguments: str) -> dict[str, float]:
    """CPU seconds and seconds of one command with the code of a checkout, on one thread."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "graphcl", *arguments]
    cpu, wall = children_seconds(), time.perf_counter()
    subprocess.run(command, env=environment, cwd=checkout, capture_output=True, check=False)
    return {"cpu_seconds": children_seconds() - cpu, "wall_seconds": time.perf_counter() - wall}


def children_seconds() -> float:
    """CPU seconds of all processes that have ended below this one."""
    times = os.times()
    return times.children_user + times.children_system


def run(checkout: Path, suite: Path, jobs: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The cost of a suite, and the scores of its runs by key."""
    with TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        several = ["--jobs", str(jobs)] if jobs > 1 else []
        cost = call(checkout, "bench", "run", str(suite), "--out", str(results), *several)
        records = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    methods = {clock: sum(record["seconds"][clock] for record in records) for clock in ("cpu", "wall")}
    row = {
        "runs": len(records),
        **cost,
        **{f"methods_{clock}": seconds for clock, seconds in methods.items()},
        **{f"overhead_{clock}": (cost[f"{clock}_seconds"] - methods[clock]) / len(records) for clock in methods},
    }
    return row, {record["key"]: record["metrics"] for record in records}


def compare(
    name: str, suite: Path, sides: dict[str, Path], rounds: int
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Rows and claims of one suite."""
    found: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    scores: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        for side, checkout in sides.items():
            row, scores[side] = run(checkout, suite, jobs=1)
            found[side].append(row)
    row, scores["this, --jobs 2"] = run(sides["this"], suite, jobs=2)
    found["this, --jobs 2"] = [row]
    rows = [
        {"suite": name, "side": side, **{key: statistics.median(one[key] for one in costs) for key in costs[0]}}
        for side, costs in found.items()
    ]
    before, after = rows[:2]
    old = scores["baseline"]
    same = [
        sum(old.get(key) == metrics for key, metrics in scores[side].items()) for side in found if side in ALIKE
    ]
    known = sum(key in old for key in scores["this"])
    ratio = [after[f"{clock}_seconds"] / before[f"{clock}_seconds"] for clock in ("wall", "cpu")]
    overhead = [f"{one['overhead_wall']:.2f} s, {one['overhead_cpu']:.2f} CPU s" for one in (after, before)]
    claims = {
        f"{name}: seconds, and CPU seconds, of the baseline's": f"{ratio[0]:.2f}, {ratio[1]:.2f}",
        f"{name}: overhead of a run, and of the baseline's": "; ".join(overhead),
        f"{name}: runs of methods of the baseline's revisions": f"{known} of {after['runs']:.0f}",
        f"{name}: of these with the baseline's scores, one and two at a time": str(same)[1:-1],
    }
    return rows, claims


def main() -> None:
    """Measure both sides by turns and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--baseline", type=Path, required=True, help="a checkout to compare with")
    parser.add_argument("--suite", type=Path, action="append", default=[], help="a further suite to compare")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    sides = {"baseline": given.baseline.resolve(), "this": HERE}
    with TemporaryDirectory() as folder:
        short = Path(folder) / "short.toml"
        short.write_text(SHORT, encoding="utf-8")
        rows, claims = compare("30 short runs", short, sides, given.rounds)
    for suite in given.suite:
        more, further = compare(suite.stem, suite.resolve(), sides, given.rounds)
        rows, claims = rows + more, claims | further
    write(rows, claims, sides)


def write(rows: list[dict[str, Any]], claims: dict[str, str], sides: dict[str, Path]) -> None:
    """Measure how fast the command line answers, and report all."""
    answers = []
    for answer, arguments in ANSWERS.items():
        for side, checkout in sides.items():
            costs = [call(checkout, *arguments) for _ in range(3)]
            least = {key: min(one[key] for one in costs) for key in costs[0]}
            answers.append({"suite": answer, "side": side, **least})
    slowest = max(row["wall_seconds"] for row in answers if row["side"] == "this")
    most = max(row["cpu_seconds"] for row in answers if row["side"] == "this")
    claims["slowest answer to --help or a mistyped name"] = f"{slowest:.2f} s, {most:.2f} CPU s"
    numbers = ("wall_seconds", "cpu_seconds", "methods_wall", "methods_cpu", "overhead_wall", "overhead_cpu")
    columns = {"suite": "s", "side": "s", "runs": ".0f", **dict.fromkeys(numbers, ".2f")}
    report("suite_overhead", claims, rows + answers, columns)


if __name__ == "__main__":
    main()
