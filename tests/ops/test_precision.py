"""Detection of bfloat16 hardware, and the warning where there is none."""

import re
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import torch

from graphcl import SCGCStar
from graphcl.datasets import load
from graphcl.ops.machine.precision import computes_bfloat16
from graphcl.training import Runtime

CPU = torch.device("cpu")
WARNING = (
    r"precision='bf16' is slow on this CPU, up to 200 times slower than fp32: it has no bfloat16 instructions; "
    r"set precision='fp32'$"
)


def set_hardware(monkeypatch, has: bool) -> None:
    monkeypatch.setattr("graphcl.ops.machine.runtime.computes_bfloat16", lambda _: has)


@pytest.mark.parametrize("has", [True, False])
def test_the_processor_is_asked(monkeypatch, has):
    monkeypatch.setattr(torch.ops, "mkldnn", SimpleNamespace(_is_mkldnn_bf16_supported=lambda: has))
    assert computes_bfloat16(CPU) is has


def test_a_torch_that_cannot_tell_is_not_doubted(monkeypatch):
    monkeypatch.setattr(torch.ops, "mkldnn", SimpleNamespace())
    assert computes_bfloat16(CPU)
    assert computes_bfloat16(torch.device("meta"))


def test_a_gpu_that_emulates_it_does_not_have_it(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device", nullcontext)  # there is no GPU
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation)
    assert computes_bfloat16(torch.device("cuda")) is False


def test_bf16_without_hardware_is_warned_about_once(monkeypatch):
    set_hardware(monkeypatch, has=False)
    with pytest.warns(UserWarning, match=WARNING) as caught:
        Runtime.launch("cpu", "bf16")
    assert len(caught) == 1
    assert "\n" not in str(caught[0].message)
    Runtime.launch("cpu", "fp32")  # a warning is an error in tests
    set_hardware(monkeypatch, has=True)
    Runtime.launch("cpu", "bf16")


def test_a_training_warns_once(monkeypatch):
    set_hardware(monkeypatch, has=False)
    model = SCGCStar(n_clusters=2, hidden_channels=(4,), epochs=1, pretrain_epochs=1, precision="bf16")
    with pytest.warns(UserWarning, match=WARNING.replace("CPU", "[CG]PU")) as caught:
        model.fit(load("karate").graph)
    assert len(caught) == 1


def test_a_suite_of_several_runs_says_it_in_one_line(tmp_path):
    suite = tmp_path / "half.toml"
    suite.write_text(
        'name = "half"\nmethods = ["autoencoder-k-means", "autoencoder-k-means@default"]\ndatasets = ["karate"]\n'
        "seeds = 1\n[params.autoencoder-k-means]\npretrain_epochs = 1\nhidden_channels = [4]\n"
        'precision = "bf16"\n'
    )
    command = [sys.executable, "-m", "graphcl", "bench", "run", str(suite), "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    warned = [line for line in done.stderr.splitlines() if "bf16" in line or "Warning" in line]
    assert len(warned) == (0 if computes_bfloat16(CPU) else 1)
    assert all(re.fullmatch(f"warning: {WARNING}", line) for line in warned)


@pytest.mark.gpu
def test_this_gpu_is_asked():
    assert computes_bfloat16(torch.device("cuda")) is (torch.cuda.get_device_capability()[0] >= 8)
