"""What is released: the wheel has the whole package, and a fresh environment with it runs the quick start."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

import graphcl

ROOT = Path(__file__).parents[1]


def run(*command: object, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    [path] = folder.iterdir()
    return path


def test_the_wheel_has_everything_that_git_has_of_the_package(wheel):
    packed = {name for name in ZipFile(wheel).namelist() if name.startswith("graphcl/")}
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "graphcl").rglob("*") if path.is_file()}
    assert packed == {name for name in there if "__pycache__" not in name}
    assert {"graphcl/py.typed", "graphcl/recipes/scgc.toml", "graphcl/bench/report/style.css"} <= packed


def test_one_version_everywhere(wheel):
    version = graphcl.__version__
    assert wheel.name == f"graphcl-{version}-py3-none-any.whl"
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in citation
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert version in headings[:2], "the newest heading, or the one below Unreleased"


@pytest.mark.slow
def test_a_fresh_environment_runs_the_quick_start(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    binaries = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    constraints = ROOT / "constraints.txt"
    [torch] = re.findall(r"^torch==\S+$", constraints.read_text(encoding="utf-8"), flags=re.MULTILINE)
    run(binaries / "pip", "install", "--quiet", torch)
    run(binaries / "pip", "install", "--quiet", "--constraint", constraints, wheel)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    (tmp_path / "quick_start.py").write_text("\n".join([*blocks, "print(graphcl.__file__)"]), encoding="utf-8")
    said = run(binaries / "python", "quick_start.py", cwd=tmp_path, PYTHONPATH="", OMP_NUM_THREADS="1")
    assert str(tmp_path / "env") in said, "it must be the wheel's package that ran"
    table = run(binaries / "graphcl", "cluster", "smooth-k-means", "karate", cwd=tmp_path, PYTHONPATH="")
    assert "smooth-k-means" in table
