"""Running the blocks of a page as a reader would: in order, in one folder, Python as well as the shell."""

import re
import shlex
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from graphcl.cli import main

DOCS = Path(__file__).parents[2] / "docs"

BLOCK = re.compile(
    r"^```(?:(?P<language>python|shell)|\{code-block\} \w+\n:caption: (?P<file>\S+))\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
"""A block that is run, or one that has the name of a file and is written there; other blocks are only shown."""


@dataclass
class Ran:
    """What a page left behind.

    Args:
        folder: with its files.
        names: of its Python.
        printed: by its Python and its commands, one text for each block.
    """

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)


def run_page(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Run all blocks of a page of docs/ in a folder."""
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    ran, before = Ran(folder), set(sys.modules)
    blocks = list(BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")))
    assert blocks
    for block in blocks:
        if block["file"]:
            (folder / block["file"]).write_text(block["text"], encoding="utf-8")
            continue
        output = StringIO()
        with redirect_stdout(output):
            if block["language"] == "python":
                exec(compile(block["text"], page, "exec"), ran.names)  # noqa: S102
            else:
                run_commands(block["text"], ran.names)
        ran.printed.append(output.getvalue())
    for module in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[module], "__file__", "")):
            del sys.modules[module]
    return ran


def run_commands(text: str, names: dict[str, Any]) -> None:
    """Run lines of `graphcl ...`, perhaps with `> FILE`, and of `python -c ...`; none may fail."""
    for line in text.replace("\\\n", " ").splitlines():
        program, *arguments = shlex.split(line, comments=True)
        if program == "python":
            assert arguments[0] == "-c"
            exec(compile(arguments[1], line, "exec"), names)  # noqa: S102
            continue
        assert program == "graphcl", f"not a command that is run: {line}"
        if arguments[-2:-1] == [">"]:
            output = StringIO()
            with redirect_stdout(output):
                status = run_graphcl(arguments[:-2])
            Path(arguments[-1]).write_text(output.getvalue(), encoding="utf-8")
        else:
            status = run_graphcl(arguments)
        assert status == 0, line


def run_graphcl(arguments: list[str]) -> Any:
    """The exit status of the command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return stop.value.code
