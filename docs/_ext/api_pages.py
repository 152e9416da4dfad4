"""The reference: one page for each room, a table of its public names and then each name's docstring."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

PACKAGE = "graphcl"


def rooms(root: Path) -> list[str]:
    """The packages that offer names in an `__all__`, the front door first."""
    folders = sorted(path.parent for path in (root / PACKAGE).rglob("__init__.py"))
    names = [".".join(folder.relative_to(root).parts) for folder in folders]
    return [name for name in names if getattr(import_module(name), "__all__", None)]


def homes(root: Path) -> dict[str, dict[str, str]]:
    """Room -> public name -> the full name under which it is documented, that of the first room that offers it."""
    first: dict[int, str] = {}
    found: dict[str, dict[str, str]] = {}
    for room in rooms(root):
        found[room] = {}
        for name in import_module(room).__all__:
            value = getattr(import_module(room), name)
            if not inspect.ismodule(value) and not name.startswith("__"):
                found[room][name] = first.setdefault(id(value), f"{room}.{name}")
    return found


def first_line(value: Any, name: str, root: Path) -> str:
    """The first paragraph of what is said of a name, in one line."""
    text = (inspect.getdoc(value) if callable(value) else constant_docs(root).get(name)) or ""
    return " ".join(text.split("\n\n")[0].split())


@cache
def constant_docs(root: Path) -> dict[str, str]:
    """The strings below the assignments of constants in the package, by the name of the constant."""
    found: dict[str, str] = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        for node, after in pairwise(ast.parse(path.read_text(encoding="utf-8")).body):
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                found |= dict.fromkeys(names, str(after.value.value))
    return found


def page(room: str, names: dict[str, str], root: Path) -> str:
    """The page of a room, in MyST."""
    module = import_module(room)
    rows = [
        f"| {_link(home, name)} | {_cell(getattr(module, name), name, root)} |" for name, home in names.items()
    ]
    own = {name: home for name, home in names.items() if home == f"{room}.{name}"}
    about = (inspect.getdoc(module) or "").replace("*", r"\*")
    return "\n".join(
        [
            f"# {room}",
            "",
            about,
            "",
            "| name | what it is |",
            "|:---|:---|",
            *rows,
            "",
            "```{eval-rst}",
            *(line for name, home in own.items() for line in _directive(getattr(module, name), name, home, root)),
            "```",
            "",
        ]
    )


def pages(root: Path) -> Iterator[tuple[str, str]]:
    """(file name, text) of the index and of every room's page."""
    found = homes(root)
    for room, names in found.items():
        yield f"{room}.md", page(room, names, root)
    typing = (root / PACKAGE / "typing.py").read_text(encoding="utf-8")
    yield "typing.md", _typing_page(typing)
    yield "index.md", _index(found)


def _index(found: dict[str, dict[str, str]]) -> str:
    rows = []
    for room in found:
        about = " ".join((inspect.getdoc(import_module(room)) or "").split("\n\n")[0].split())
        rows.append(f"| [{room}]({room}.md) | {about} |")
    listed = [*found, "typing"]
    return "\n".join(
        [
            "# Reference",
            "",
            "Made from the docstrings. The examples in them are run by the tests. What stands in a signature as",
            "`Nodes`, `Count` or `Positive` is explained under [](typing.md).",
            "",
            "| room | what is in it |",
            "|:---|:---|",
            *rows,
            "",
            "```{toctree}",
            ":hidden:",
            *listed,
            "```",
            "",
        ]
    )


def _typing_page(source: str) -> str:
    """The names that annotations use, with what is said of each."""
    body = ast.parse(source).body
    rows = []
    for node, after in pairwise(body):
        if isinstance(node, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            said = " ".join(str(after.value.value).split())
            rows.append(f"| `{ast.unparse(node.targets[0])}` | `{_without_checks(node.value)}` | {said} |")
    table = "\n".join(["| name | type | what it is |", "|:---|:---|:---|", *rows])
    return f"# Types\n\n{ast.get_docstring(ast.parse(source))}\n\n{table}\n"


def _without_checks(annotation: ast.expr) -> str:
    """An annotation as written, without what pydantic checks of it."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Annotated":
        annotation = annotation.slice.elts[0]  # type: ignore[attr-defined]
    return ast.unparse(annotation).replace("|", r"\|")


def _link(home: str, name: str) -> str:
    return f"{{py:obj}}`{name} <{home}>`"


def _cell(value: Any, name: str, root: Path) -> str:
    return first_line(value, name, root).replace("|", r"\|").replace("*", r"\*")


def _directive(value: Any, name: str, home: str, root: Path) -> list[str]:
    if inspect.isclass(value):
        return [f".. autoclass:: {home}", "   :members:", "   :show-inheritance:", ""]
    if inspect.isroutine(value):
        return [f".. autofunction:: {home}", ""]
    said = constant_docs(root).get(name, "").splitlines()
    return [f".. py:data:: {home}", "", *(f"   {line}" for line in said), ""]
