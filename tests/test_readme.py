"""The README's Python is run, and its shell lines name commands that exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from graphcl.bench.tables.readme import with_current_tables
from graphcl.cli import app
from graphcl.methods import METHODS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_quick_start_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102
    scores = names["graphcl"].evaluation.clustering_scores(names["data"].graph.y, names["model"].labels_)
    assert scores["acc"] > 0.8
    assert names["same"].labels_.equal(names["model"].labels_)
    assert names["graphcl"].evaluation.clustering_scores(names["data"].graph.y, names["labels"])["acc"] > 0.8
    assert (tmp_path / "z.npy").is_file()
    assert names["own"].embedding_.shape == (500, 64)


def test_shell_lines_name_real_commands():
    lines = [
        line for block in README.split("```")[1::2] for line in block.splitlines() if line.startswith("graphcl ")
    ]
    assert lines
    for line in lines:
        command = get_command(app)
        for word in line.split()[1:]:
            if not hasattr(command, "commands"):
                break
            if word not in command.commands:
                pytest.fail(f"README names `{line}`, but there is no command {word!r}")
            command = command.commands[word]


def test_every_method_has_its_place():
    """By its name on the command line, or its class."""
    missing = [
        name for name, cls in METHODS.items() if f"`{name}`" not in README and f"`{cls.__name__}`" not in README
    ]
    assert not missing


@pytest.mark.parametrize("name", ["README.md", "docs/comparison.md", "docs/ideas.md"])
def test_results_are_those_on_record(name):
    page = Path(__file__).parents[1] / name
    current = page.read_text(encoding="utf-8")
    assert with_current_tables(page) == current, f"run: graphcl bench readme {name}"
