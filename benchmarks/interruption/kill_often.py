"""Kill a suite and a training again and again with SIGKILL, at random moments, and start them again each time.

Both have to end as if nothing had happened: no record lost, doubled or different, no bit of the trained model
different, no process left. A job that ends before its next kill is compared with the uninterrupted one, and begun
anew. The suite has 30 runs, and every other start executes two at a time; what is killed is the command, the
process from which runs are forked, or a run, by chance. A run that is killed is the only one that its command
lacks. The kills are what happened, printed one by one; any difference makes the exit status 1. Linux only:

    python benchmarks/interruption/kill_often.py
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

import graphcl
from graphcl.bench import Record, load_records
from graphcl.bench.runs.details import read_details
from graphcl.ops.files.tensor_files import read_tensors

GRAPHCL = [sys.executable, "-m", "graphcl"]
SUITE = """
name = "thirty"
seeds = 2
methods = ["k-means", "smooth-k-means", "leiden", "two-view", "random-gnn"]
datasets = ["digits", "karate", "planted-partition"]
"""
TRAINING = ["train", "scgc-star", "planted-partition", "--data", "nodes=300"]
TRAINING += ["--set", "hidden_channels=[32]", "--set", "epochs=6000", "--every", "0.2", "--rows"]


class SuiteJob:
    """`graphcl bench run`: every run that has ended is on record, once, and stays there."""

    title = "suite"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.suite, self.results = folder / "thirty.toml", folder / "thirty.jsonl"
        self.suite.write_text(SUITE, encoding="utf-8")
        self.before: list[Record] = []
        self.starts = 0

    def command(self) -> list[str]:
        """What starts it, and starts it again: one run at a time, or two."""
        self.starts += 1
        jobs = str(1 + self.starts % 2)
        return [*GRAPHCL, "bench", "run", str(self.suite), "--out", str(self.results), "--jobs", jobs]

    def done(self) -> bool:
        """Never for a killed one: started again it finds what is on record, and ends."""
        return False

    def victims(self, command: int) -> dict[str, list[int]]:
        """The processes that may be killed, by what they are."""
        below = children(command)
        scratch = [pid for pid in below if b"run-one" in command_line(pid)]  # after two kills in a row
        prepared = [pid for pid in below if pid not in scratch]
        forked = [pid for one in prepared for pid in children(one)]
        found = {"command": [command], "prepared": prepared, "run": scratch + forked}
        return {kind: pids for kind, pids in found.items() if pids}

    def kept(self) -> str:
        """What is on disk; what was there before has to be."""
        records = load_records(self.results) if self.results.exists() else []
        if records[: len(self.before)] != self.before:
            raise ValueError("a record was lost")
        self.before = records
        return f"{len(records)} records"

    def differences(self, whole: "SuiteJob") -> list[str]:
        """What is not as in the uninterrupted job."""
        mine, theirs = ([*load_records(job.results)] for job in (self, whole))
        keys = [record.key for record in mine]
        metrics, expected = ({record.key: record.metrics for record in records} for records in (mine, theirs))
        found = {
            "records lost": len(expected.keys() - metrics.keys()),
            "records doubled": len(keys) - len(set(keys)),
            "records too many": len(metrics.keys() - expected.keys()),
            "records without details": sum(read_details(self.results, key) is None for key in keys),
            "metrics different": sum(metrics[key] != expected[key] for key in metrics.keys() & expected.keys()),
        }
        return [f"{number} {name}" for name, number in found.items() if number]


class TrainingJob:
    """`graphcl train`, its state written every fifth of a second: the model is the same to the last bit."""

    title = "training"

    def __init__(self, folder: Path) -> None:
        self.model, self.state = folder / "model.pt", folder / "model.pt.checkpoint"
        self.before = 0

    def command(self) -> list[str]:
        """What starts it, and what goes on where there is a state."""
        resume = ["--resume"] if self.state.exists() else []
        return [*GRAPHCL, *TRAINING, "--out", str(self.model), *resume]

    def done(self) -> bool:
        """Whether a killed process had no more to do than to exit."""
        return self.model.exists() and not self.state.exists()

    def kept(self) -> str:
        """How far the state on disk is; it cannot have gone back."""
        epochs = self.before
        if self.state.exists():
            state = read_tensors(self.state)["state"]
            epochs = len(state["training"]["history"]) + len(state["stage"]["rows"])
        if epochs < self.before:
            raise ValueError("the state went back")
        self.before = epochs
        return f"{epochs} epochs"

    def victims(self, command: int) -> dict[str, list[int]]:
        """The process that may be killed."""
        return {"command": [command]}

    def differences(self, whole: "TrainingJob") -> list[str]:
        """What is not as in the uninterrupted job."""
        mine, theirs = graphcl.load(self.model), graphcl.load(whole.model)
        equal = {
            "embedding": torch.equal(mine.embedding_, theirs.embedding_),
            "labels": torch.equal(mine.labels_, theirs.labels_),
            "history": mine.history_ == theirs.history_,
            "files left": sorted(path.name for path in self.model.parent.iterdir()) == [self.model.name],
        }
        return [name for name, same in equal.items() if not same]


Job = SuiteJob | TrainingJob
MARK = f"KILL_OFTEN={os.getpid()}"
"""In the environment of all processes of the jobs."""


def start(job: Job) -> subprocess.Popen[bytes]:
    """Start a job or go on with it, on one thread."""
    name, _, value = MARK.partition("=")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", name: value}
    return subprocess.Popen(job.command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are there; none where it has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_line(pid: int) -> bytes:
    """What a process was started by; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def finish(process: subprocess.Popen[bytes], job: Job, killed: int = 0) -> bool:
    """Let a job come to its end; True if it has done all, False if it lacks runs that were killed."""
    _, errors = process.communicate()
    lost = errors.decode().count("error: ")
    if process.returncode not in (0, 1) or (process.returncode == 1) != (0 < lost <= killed):
        raise ValueError(f"{killed} runs killed, ended with status {process.returncode}: {errors.decode()}")
    job.kept()
    return not lost


def processes_left(seconds: float = 30) -> int:
    """How many processes of the jobs are there after so many seconds; Linux only."""
    deadline = time.monotonic() + seconds
    while True:
        found = 0
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                found += MARK.encode() in environment.read_bytes().split(b"\0")
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def compare(job: Job, whole: Job) -> bool:
    """Say whether a job that has ended is as the uninterrupted one."""
    found = job.differences(whole)
    print(f"  ended: {'equal to the uninterrupted one' if not found else 'NOT EQUAL: ' + ', '.join(found)}")
    return not found


def torment(kind: type[Job], folder: Path, kills: int, draw: random.Random) -> bool:
    """Kill a job so often, each time after up to a quarter of its duration; True if it always ends equal."""
    whole, began = kind(folder / "whole"), time.monotonic()
    finish(start(whole), whole)
    seconds = time.monotonic() - began
    print(f"{kind.title}: {seconds:.0f} s without interruption", flush=True)
    job, number, starts, equal = kind(folder / "1"), 1, 0, list[bool]()
    delivered: Counter[str] = Counter()
    process, runs_killed = None, 0
    while delivered.total() < kills or process:
        if process is None:
            process, runs_killed, starts = start(job), 0, starts + 1
        life = draw.uniform(0, seconds / 4)
        try:
            process.wait(life if delivered.total() < kills else None)
        except subprocess.TimeoutExpired:
            victims = job.victims(process.pid)
            victim = draw.choice(list(victims))
            with suppress(ProcessLookupError):
                os.kill(draw.choice(victims[victim]), signal.SIGKILL)
                delivered[victim] += 1
            runs_killed += victim == "run"
            if victim == "command":
                process.communicate()
                process = None
            print(f"  kill {delivered.total()}, {victim}, after {life:.1f} s: {job.kept()} kept", flush=True)
            ended = process is None and job.done()
        else:
            ended = finish(process, job, runs_killed)
            process = None
        if ended:
            equal.append(compare(job, whole))
            number += 1
            job = kind(folder / str(number))
    while not finish(start(job), job):
        starts += 1
    equal.append(compare(job, whole))
    left = processes_left()
    verdict = "yes" if all(equal) else "NO"
    what = ", ".join(f"{number} of the {victim}" for victim, number in delivered.items())
    print(f"{kind.title}: {kills} kills ({what}), {starts + 1} starts, {len(equal)} ended, all equal: {verdict}")
    print(f"{kind.title}: {left} processes left", flush=True)
    return all(equal) and not left


def main() -> None:
    """Torment both."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200, help="of the suite")
    parser.add_argument("--training-kills", type=int, default=20, help="of the training")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args()
    draw = random.Random(options.seed)  # noqa: S311  (moments are no secrets)
    with TemporaryDirectory() as folder:
        kills = {SuiteJob: options.kills, TrainingJob: options.training_kills}
        equal = [torment(kind, Path(folder) / kind.title, number, draw) for kind, number in kills.items()]
    sys.exit(0 if all(equal) else 1)


if __name__ == "__main__":
    main()
