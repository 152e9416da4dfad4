"""The comparison with PyAGC: ratios pair by pair, what is missing is said, and a process is measured as it is."""

import json
import sys
from pathlib import Path

import pytest

from graphcl.methods import get
from graphcl.recipes import check_recipe

SPEED = Path(__file__).parents[2] / "benchmarks" / "speed"


@pytest.fixture
def peers(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(SPEED), *sys.path])
    import peers

    return peers


def test_ratios_are_taken_pair_by_pair_after_a_run_that_does_not_count(peers, monkeypatch):
    seconds = iter([9.0, 9.0, 1.0, 4.0, 3.0, 4.0, 2.0, 10.0])
    commands = []

    def run(command, path):
        commands.append((list(command), path))
        return peers.Cost(next(seconds), 500.0, {"acc": 0.5, "nmi": 0.25})

    monkeypatch.setattr(peers, "run", run)
    row = peers.pair("dink-net", Path("peer"), Path("root"), pairs=3, share=0.1)
    assert (row["least_ratio"], row["ratio"], row["greatest_ratio"]) == (0.2, 0.25, 0.75)
    assert (row["graphcl_cpu_seconds"], row["pyagc_cpu_seconds"]) == (2.0, 4.0)
    assert (row["epochs"], row["graphcl_acc"], row["pyagc_nmi"]) == ("20 + 5", 50.0, 25.0)
    assert [path == [Path("peer")] for _, path in commands] == [False, True] * 4
    assert [command[1] for command, _ in commands[:2]] == ["dink-net", "DinkNet"]
    assert all(command[-2:] == ["--epochs=1", "--refine-epochs=0"] for command, _ in commands[:2])
    assert commands[2][0][2:] == ["--epochs=20", "--refine-epochs=5", "--seed=0"]
    assert commands[7][0][-1] == "--seed=2"


def test_what_is_not_here_is_said(peers, monkeypatch, tmp_path, capsys):
    def broken(*_):
        raise RuntimeError("no module named torch_frame")

    monkeypatch.setitem(peers.PAIRS, "no-such-method", "Nothing")
    monkeypatch.setattr(peers, "pair", broken)
    rows = peers.measured(["no-such-method", "dgi"], tmp_path, tmp_path, 1, 1.0)
    notes = [row["note"] for row in rows]
    assert notes == ["not here: no such method in the registry", "a side failed: no module named torch_frame"]
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["peers.py", "--peer", str(tmp_path)])
    peers.main()
    assert capsys.readouterr().out.startswith("skipped: there is no PyAGC 1.1.2 in the folder of --peer")
    (tmp_path / "pyagc-1.1.2.dist-info").mkdir()
    monkeypatch.setattr(peers, "run", broken)
    assert peers.missing(tmp_path, install=False) == "PyAGC cannot be imported: no module named torch_frame"


def test_a_process_is_measured(peers):
    work = "x = bytearray(80_000_000); sum(range(3_000_000)); print('talk'); print('{\"acc\": 1}')"
    cost = peers.run(["-c", work], [SPEED])
    assert cost.result == {"acc": 1}
    assert cost.peak_mb > 80
    assert cost.cpu_seconds > 0.01
    with pytest.raises(RuntimeError, match="ValueError: no"):
        peers.run(["-c", "raise ValueError('no')"], [SPEED])


def test_our_side_has_the_settings_of_theirs(peers, monkeypatch, capsys):
    import graphcl_side
    from pyagc_side import CONFIGS

    for name, theirs in peers.PAIRS.items():
        config, settings = CONFIGS[theirs], graphcl_side.SETTINGS[name]
        if name in ("ns4gc", "dmon"):
            continue
        check_recipe("default", [name])
        model = get(name).from_recipe("default", n_clusters=7, **settings)
        ours = (model.out_channels, model.num_layers, model.lr, model.activation, model.activate_last)
        expected = (config.hidden_channels, config.num_layers, config.lr, config.act, config.act_last)
        assert (*ours, model.weight_decay) == (*expected, config.wd)
    assert (model.refine_lr, model.alpha) == (config.refine_lr, config.own["alpha"])
    karate = graphcl_side.load("karate")
    monkeypatch.setattr(graphcl_side, "load", lambda _: karate)
    monkeypatch.setattr(graphcl_side.torch, "set_num_threads", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["graphcl_side.py", "dgi", "--epochs", "1"])
    graphcl_side.main()
    assert 0 < json.loads(capsys.readouterr().out)["acc"] <= 1
