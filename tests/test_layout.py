"""The house rules: sizes, docstrings, tests, one direction of imports, no paths of one machine."""

import ast
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

import graphcl

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphcl"
SOURCES = sorted(PACKAGE.rglob("*.py"))
PYTHON = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]

LAYERS = [
    {"typing", "lazy", "importing", "suggestion", "ogb_package"},
    {"ops"},
    {"graph_collection", "attachments", "feature_source"},
    {"validation", "recipes"},
    {"augment", "encoders", "objectives", "heads"},
    {"agreement"},
    {"training"},
    {"methods"},
    {"bench"},
    {"search"},
    {"cli"},
]
BESIDE = {
    "datasets": {"typing", "lazy", "suggestion", "graph_collection", "ogb_package"},
    "evaluation": {
        "typing",
        "ops",
        "graph_collection",
        "heads",
        "agreement",
        "training",
        "objectives",
        "ogb_package",
    },
}
"""Packages outside the layers, and what they may import; from `bench` upwards they may be imported.

That `import graphcl.evaluation` does not import the training, which fine-tuning alone needs, has its own test."""


def path_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    """The rooms of the package that a file imports from, by their first name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("graphcl."):
            found.add(node.module.split(".")[1])
    return found


def level(room: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if room in layer)


def test_no_file_is_over_400_lines():
    assert not [path_name(p) for p in PYTHON if len(p.read_text(encoding="utf-8").splitlines()) > 400]


def may_import(room: str, other: str) -> bool:
    if room in BESIDE:
        return other in BESIDE[room]
    return level(room) >= level("bench") if other in BESIDE else level(other) < level(room)


def test_imports_run_one_way():
    backward = []
    for path in SOURCES:
        room = path.relative_to(PACKAGE).parts[0]
        if path.parent != PACKAGE:
            others = imports(path) - {room}
            backward += [f"{path_name(path)}: {other}" for other in others if not may_import(room, other)]
    assert not backward


def test_no_function_is_over_60_lines():
    too_long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                start = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                if (node.end_lineno or 0) - start.lineno >= 60:
                    too_long.append(f"{path_name(path)}: {node.name}")
    assert not too_long


def public_names() -> list[tuple[str, str]]:
    """(room, name) of all that the rooms, and the rooms in them, offer in their `__all__`."""
    rooms = [".".join(path.parent.relative_to(ROOT).parts) for path in PACKAGE.rglob("__init__.py")]
    return [(room, public) for room in rooms for public in getattr(import_module(room), "__all__", ())]


def test_every_room_is_offered_at_the_front_door():
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms <= set(graphcl.__all__)
    assert dir(graphcl) == sorted(graphcl.__all__)
    typed = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    for room in rooms:
        assert getattr(graphcl, room) is import_module(f"graphcl.{room}")
        assert f"    from graphcl import {room} as {room}\n" in typed, "for type checkers"


SHARED = {
    "from_scipy": "graphcl.ops.graph_matrices.sparse makes a tensor of a matrix, graphcl.datasets a dataset",
    "load": "graphcl.load reads a model, graphcl.datasets.load a dataset",
}
"""Names that two functions have, and which they are."""


def test_no_two_functions_or_classes_have_one_public_name():
    homes: dict[str, list[str]] = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(path_name(path))
    twice = {public: files for public, files in homes.items() if len(files) > 1}
    assert set(twice) == set(SHARED), twice


def test_every_public_name_is_documented_and_tested():
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    public = public_names()
    assert len(public) > 20
    for room, public_name in public:
        value = getattr(import_module(room), public_name)
        if callable(value):
            assert (value.__doc__ or "").strip(), f"{room}.{public_name} has no docstring"
        assert public_name in tests, f"{room}.{public_name} has no test"


def test_tracked_files_name_no_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if tracked.returncode:
        pytest.skip("not a git checkout, so nothing is tracked")
    marks = ("/" + "work/", "/" + "root/", "--index" + "-url")
    for line in tracked.stdout.splitlines():
        path = ROOT / line
        if path.suffix in {".py", ".toml", ".md", ".txt", ".jsonl", ""} and path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not [mark for mark in marks if mark in text], f"{line} names a path of one machine"
