"""`torchrun ... -m graphcl`: one model, one voice, one error, one record."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

import graphcl
from graphcl.ops.machine.launching import LostProcessError, Place, process_group, read_place
from graphcl.training import Checkpoint
from tests.ddp.commands import SMALL, call, error_of

TRAIN = ("train", "grace", "planted-partition", *SMALL, "--set")


def test_train_writes_once_and_one_rank_speaks(pool, tmp_path):
    model, losses, labels = (str(tmp_path / name) for name in ("model.pt", "losses.csv", "labels.npy"))
    files = ("--out", model, "--history", losses, "--labels", labels, "--rows", "--set", "n_clusters=3")
    (status, _, err), other = pool.run(call, "train", *TRAIN, "epochs=2", *files)
    assert (status, other) == (0, (0, "", ""))
    assert f"saved {model}" in err
    written = ["labels.npy", "losses.csv", "model.card.md", "model.pt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == written
    assert len(Path(losses).read_text().splitlines()) == 3
    assert graphcl.load(model).embedding_.shape == (60, 4)
    (status, _, err), other = pool.run(call, "again", *TRAIN, "epochs=2", *files, "--resume")
    assert (status, other) == (0, (0, "", ""))
    assert "nothing is left to train" in err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("train", "grace", "planted-partition"), "stage 'contrast' takes all 500 seeds at once"),
        (("train", "grace", "nowhere"), "nowhere"),
        (("train", "k-means", "karate"), "k-means is not trained by steps"),
        (("train", "grace", "karate", "--seed", "x"), "invalid value for '--seed'"),
        (("bench", "run", "suite.toml"), "graphcl bench is run by one process; got WORLD_SIZE=2"),
    ],
)
def test_an_error_is_said_once(pool, tmp_path, arguments, expected):
    out = ("--out", str(tmp_path / "model.pt")) if arguments[0] == "train" else ()
    (status, _, err), other = pool.run(call, f"error {expected}", *arguments, *out)
    assert status == 2
    assert err.startswith("error: ")
    assert expected in err
    assert other == (2, "", "")


def test_an_error_of_another_rank_is_said_by_it(pool):
    """Where the first has none, the other waits a little and speaks; an error of both is the first's to say."""
    assert pool.run(error_of, "own", [1]) == ["", "OtherRankError: on rank 1: no such file"]
    assert pool.run(error_of, "both", [0, 1]) == ["ValueError: no such file", "Exit: 2"]
    lost = "another process ended, or does not answer; start all again"
    assert pool.run(error_of, "lost", [0], lost=True)[0] == f"LostProcessError: {lost}"


def test_records_are_written_once(pool, tmp_path):
    out = tmp_path / "runs.jsonl"
    arguments = ("evaluate", "probe", "dgi", "planted-partition", "--epochs", "1", *SMALL, "--out", str(out))
    (status, text, _), other = pool.run(call, "probe", *arguments, "--probe", "knn")
    assert (status, other) == (0, (0, "", ""))
    assert "k-NN probe" in text
    [record] = map(json.loads, out.read_text().splitlines())
    assert 0 <= record["metrics"]["knn/accuracy"] <= 1
    (status, again, _), other = pool.run(call, "recorded", *arguments, "--probe", "knn")
    assert (status, again, other) == (0, text, (0, "", ""))
    assert len(out.read_text().splitlines()) == 1
    (status, text, _), other = pool.run(
        call, "cluster", "cluster", "grace", "planted-partition", *SMALL, "--set", "epochs=1", "--json"
    )
    assert (status, other) == (0, (0, "", ""))
    assert json.loads(text)["metrics"]["nmi"] >= 0


@pytest.fixture
def environment(monkeypatch):
    """Sets torchrun's variables."""

    def place(**values):
        given = {
            "RANK": 0,
            "WORLD_SIZE": 2,
            "LOCAL_RANK": 0,
            "MASTER_ADDR": "localhost",
            "MASTER_PORT": free_port(),
        }
        for name, value in (given | values).items():
            if value is not None:
                monkeypatch.setenv(name, str(value))

    return place


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("localhost", 0))
        port: int = server.getsockname()[1]
        return port


def test_the_place_is_read_from_the_environment(environment, monkeypatch):
    assert read_place() == Place()
    environment(RANK=3, WORLD_SIZE=4, LOCAL_RANK=1, LOCAL_WORLD_SIZE=2)
    assert read_place() == Place(3, 4, 1, 2)
    monkeypatch.setenv("RANK", "4")
    with pytest.raises(ValueError, match="must be numbers from 0 below WORLD_SIZE; got RANK=4"):
        read_place()
    monkeypatch.setenv("RANK", "one")
    with pytest.raises(ValueError, match="got RANK=one, WORLD_SIZE=4, LOCAL_RANK=1; start by torchrun"):
        read_place()
    monkeypatch.delenv("MASTER_PORT")
    with pytest.raises(ValueError, match="RANK and WORLD_SIZE are set, but not MASTER_PORT; start by torchrun"):
        read_place()


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.filterwarnings("ignore")  # torch's own, about the address that does not answer
def test_a_process_that_nobody_joins_says_so(environment, rank):
    environment(RANK=rank)
    begun = time.monotonic()
    with (
        pytest.raises(
            LostProcessError, match=r"not all of 2 processes met at localhost:\d+ within 1 s; start every"
        ),
        process_group(arrival=timedelta(seconds=1)),
    ):
        raise AssertionError("it was joined")
    assert time.monotonic() - begun < 60


def torchrun(out: Path) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "-m",
        "graphcl",
        *TRAIN,
        "epochs=100000",
    ]
    command += ["--out", str(out), "--every", "0.2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


def ranks_of(process: subprocess.Popen) -> dict[int, int]:
    """Process numbers by rank."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            environment = (folder / "environ").read_text().split("\0")
        except OSError:
            continue
        ranks = [entry[5:] for entry in environment if entry.startswith("RANK=")]
        if parent == process.pid and ranks:
            found[int(ranks[0])] = int(folder.name)
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds the ranks in /proc")
@pytest.mark.parametrize("blow", ["kill rank 0", "kill rank 1", "stop torchrun"])
def test_a_lost_rank_ends_the_others_and_the_state_is_kept(blow, tmp_path):
    model, state = tmp_path / "model.pt", tmp_path / "model.pt.checkpoint"
    with torchrun(model) as process:
        try:
            end = time.monotonic() + 120
            while not state.exists() and process.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
            struck = time.monotonic()
            if blow == "stop torchrun":
                process.send_signal(signal.SIGTERM)
            else:
                os.kill(ranks_of(process)[int(blow[-1])], signal.SIGKILL)
            _, err = process.communicate(timeout=120)
        finally:
            process.kill()
    assert time.monotonic() - struck < 60
    assert process.returncode
    said = [
        line for line in err.splitlines() if f"the state is in {state}: run the same command with --resume" in line
    ]
    assert len(said) == 1
    expected = {
        "kill rank 0": "error: on rank 1: another process ended, or does not answer",
        "kill rank 1": "error: another process ended, or does not answer",
        "stop torchrun": "[1/1] interrupted",
    }
    assert said[0].startswith(expected[blow])
    assert not model.exists()
    kept = Checkpoint(state).load()
    assert kept is not None
    assert kept["stage"]["index"] > 0 or kept["stage"]["rows"]
