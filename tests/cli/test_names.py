"""Mistyped names are answered before torch is imported."""

import subprocess
import sys

import pytest

from graphcl.cli.names import check_names
from graphcl.datasets import CATALOG
from graphcl.datasets.known_names import NAMES

WITHOUT_TORCH = """if True:
    import sys
    from graphcl.cli import main
    for line in sys.stdin.read().splitlines():
        try:
            main(line.split())
        except SystemExit as ended:
            print(ended.code, file=sys.stderr)
        assert not {"torch", "numpy", "sklearn"} & set(sys.modules), line
"""

QUICK = {
    "--help": 0,
    "bench --help": 0,
    "bench run --help": 0,
    "cluster --help": 0,
    "nosuch": 2,
    "cluster nosuch-method cora": 2,
    "cluster k-means nosuch-dataset": 2,
    "cluster auto nosuch-dataset": 2,
    "evaluate probe nosuch-method cora": 2,
    "evaluate probe dgi nosuch-dataset": 2,
    "evaluate finetune nosuch-method bbbp": 2,
    "evaluate finetune nosuch.pt bbbp": 2,
    "evaluate finetune from-scratch nosuch-dataset": 2,
    "train nosuch-method cora --out model.pt": 2,
    "train dgi nosuch-dataset --out model.pt": 2,
    "embed model.pt nosuch-dataset --out z.npy": 2,
    "choose-k nosuch-dataset": 2,
    "methods nosuch-method": 2,
    "datasets nosuch-dataset": 2,
    "bench run nosuch.toml": 2,
    "cluster k-means karate --root nosuch": 2,
}


def test_help_and_mistyped_names_import_no_torch(tmp_path):
    command = [sys.executable, "-c", WITHOUT_TORCH]
    lines = "\n".join(QUICK)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    errors = [line for line in done.stderr.splitlines() if not line.isdigit()]
    assert [int(line) for line in done.stderr.splitlines() if line.isdigit()] == list(QUICK.values())
    assert len(errors) == sum(status == 2 for status in QUICK.values()), "one line each"
    assert all(line.startswith("error: ") and "nosuch" in line for line in errors)


def test_the_names_are_those_of_the_catalogue():
    assert list(NAMES) == list(CATALOG)


@pytest.mark.parametrize(
    ("method", "dataset"), [("scgc-star@default", "Karate"), ("my_module:Mine", "planted_partition")]
)
def test_what_may_be_a_name_passes(method, dataset):
    check_names(method, dataset)


def test_files_pass_by_path_and_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "npz").mkdir()
    for path in ("npz/my_ring.npz", "molecules"):
        (tmp_path / path).touch()
    for dataset in ("gone.npz", "other.smi", "molecules", "my-ring"):
        check_names(None, dataset, tmp_path)
    with pytest.raises(ValueError, match="no dataset is named 'my-rings'"):
        check_names(None, "my-rings", tmp_path)
