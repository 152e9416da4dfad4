"""Claim: runs made again have the digits of their committed records, or the digits that the code before has here.

    python benchmarks/reproduction/compare.py --now FOLDER [--before FOLDER]

The folders hold records of the same suites, made on this machine by `graphcl bench run SUITE --out FOLDER`: with
this code, and with that of an earlier commit (`git worktree add ../before 54def62`, PYTHONPATH=../before). Every
run of --now that is on record in benchmarks/results is compared: the scores as tables print them, and, between the
two folders, all their digits. Costs are not compared. Written to reproduction.json and tables/reproduction.md.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graphcl.bench.runs.record import Record
from graphcl.ops.machine.versions import processor

HERE = Path(__file__).parent
COMMITTED = HERE.parent / "results"
PERCENT = ("acc", "nmi", "ari", "f1", "probe/micro_f1")
"""The scores that a table prints, in percent with one decimal."""

RENAMED = {"partition": "summation", "kind": "encoder"}
"""Parameters by their names at earlier commits."""


def read(paths: Iterable[Path]) -> dict[str, Record]:
    """Records by what was run: the suite, the method with its settings, the dataset and the seed."""
    found = {}
    for path in sorted(paths):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = Record.from_line(line)
            params = {RENAMED.get(name, name): value for name, value in record.params.items() if value is not None}
            run = [path.stem, record.method, record.revision, record.dataset, record.seed, params]
            found[json.dumps(run, sort_keys=True)] = record
    return found


def printed(record: Record) -> dict[str, str]:
    """The scores as tables print them."""
    return {name: f"{100 * record.metrics[name]:.1f}" for name in PERCENT if name in record.metrics}


def row(run: str, recorded: Record, now: Record, before: Record | None) -> dict[str, Any]:
    """One line of the table: what was run, the scores on record and of today, and which of them are equal."""
    suite, method, _, dataset, seed, _ = json.loads(run)
    old, new = printed(recorded), printed(now)
    shared = [name for name in old if name in new]
    return {
        "suite": suite,
        "method": method,
        "dataset": dataset,
        "seed": seed,
        "on record": {name: old[name] for name in shared},
        "now": {name: new[name] for name in shared},
        "as on record": all(old[name] == new[name] for name in shared),
        "as the code before, all digits": None
        if before is None
        else all(before.metrics[name] == value for name, value in now.metrics.items() if name in before.metrics),
    }


def table(rows: list[dict[str, Any]], commits: dict[str, str]) -> str:
    """Markdown: counts, then a line for each run; scores that differ show both."""
    same = sum(line["as on record"] for line in rows)
    compared = [line for line in rows if line["as the code before, all digits"] is not None]
    equal = sum(line["as the code before, all digits"] for line in compared)
    lines = [
        "# reproduction",
        "",
        f"- runs with the printed digits of their committed records: **{same} of {len(rows)}**",
        f"- runs with all digits of the code before, on this machine: **{equal} of {len(compared)}**",
        "",
        "| suite | method | dataset | seed | ACC % | NMI % | probe F1 % | as on record | as the code before |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    answer = {True: "yes", False: "no", None: "-"}
    for line in rows:
        cells = [str(line[name]) for name in ("suite", "method", "dataset", "seed")]
        for score in ("acc", "nmi", "probe/micro_f1"):
            old, new = (line[side].get(score, "-") for side in ("on record", "now"))
            cells.append(new if old == new else f"{new}, on record {old}")
        cells += [answer[line["as on record"]], answer[line["as the code before, all digits"]]]
        lines.append("| " + " | ".join(cells) + " |")
    made = ", ".join(f"{side}: {commit}" for side, commit in commits.items())
    return "\n".join([*lines, "", f"{processor()}; {made}"]) + "\n"


def main() -> None:
    """Compare, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--now", type=Path, required=True, help="folder of records made with this code")
    parser.add_argument("--before", type=Path, help="folder of records made with an earlier commit")
    given = parser.parse_args()
    recorded, now = read(COMMITTED.glob("*.jsonl")), read(given.now.glob("*.jsonl"))
    before = read(given.before.glob("*.jsonl")) if given.before else {}
    rows = [row(run, recorded[run], record, before.get(run)) for run, record in now.items() if run in recorded]
    sides = {"now": now, "before": before}
    commits = {
        side: ", ".join(sorted({str((record.git or {}).get("commit", "-"))[:8] for record in records.values()}))
        for side, records in sides.items()
        if records
    }
    text = table(rows, commits)
    print(text)
    content = {"rows": rows, "processor": processor(), "commits": commits}
    (HERE / "reproduction.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (HERE.parent / "tables" / "reproduction.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
