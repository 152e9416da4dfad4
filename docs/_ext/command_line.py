"""The page of the command line, made from the help of its commands."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from graphcl.cli import app

INTRO = "Made from `graphcl --help`. Results go to stdout, progress and errors to stderr; an error is one line."


def page() -> str:
    """Every command with its arguments and options, in MyST."""
    parts = ["# Command line", "", INTRO, ""]
    for path, command in commands(get_command(app), "graphcl"):
        arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
        options = [parameter for parameter in command.params if parameter not in arguments]
        usage = " ".join(
            [path, *(parameter.name.upper() for parameter in arguments), *(["[OPTIONS]"] if options else [])]
        )
        parts += [f"## {path}", "", _text(command.help), "", f"```text\n{usage}\n```", ""]
        rows = [f"| `{parameter.name.upper()}` | {_text(parameter.help)} |" for parameter in arguments]
        rows += [f"| {_names(parameter)} | {_text(parameter.help)} |" for parameter in options]
        parts += [*(["| | |", "|:---|:---|", *rows] if rows else []), ""]
    return "\n".join(parts)


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(full name, command) of every command below one that has them, hidden ones left out."""
    for name, below in command.commands.items():
        if hasattr(below, "commands"):
            yield from commands(below, f"{path} {name}")
        elif not below.hidden:
            yield f"{path} {name}", below


def _names(parameter: Any) -> str:
    return ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))


def _text(help_text: str | None) -> str:
    return (help_text or "").strip().replace("|", r"\|").replace("*", r"\*")
