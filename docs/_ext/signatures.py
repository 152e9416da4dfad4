"""Signatures as they are written: `Nodes`, `Count`, `Float[Tensor, "n d"]`, not what they stand for at run time."""

import ast
import dataclasses
import inspect
from functools import cache
from textwrap import dedent
from typing import Any


def signature_of(obj: Any) -> tuple[str, str] | None:
    """The parameters and the result of a function or class as its source writes them; None where there is no source.

    Example:
        >>> signature_of(signature_of)
        ('(obj: Any)', 'tuple[str, str] | None')
    """
    if inspect.isclass(obj):
        if dataclasses.is_dataclass(obj):
            return _of_dataclass(obj), ""
        if "__init__" not in vars(obj):
            return None
        written = signature_of(vars(obj)["__init__"])
        return written and (written[0], "")
    function = inspect.unwrap(getattr(obj, "__func__", obj))
    if not inspect.isfunction(function):
        return None
    node = _parsed(function)
    if not isinstance(node, ast.FunctionDef):
        return None
    positional = [*node.args.posonlyargs, *node.args.args]
    if positional and positional[0].arg in {"self", "cls"}:
        (node.args.posonlyargs or node.args.args).pop(0)
    return f"({ast.unparse(node.args)})", ast.unparse(node.returns) if node.returns else ""


def _of_dataclass(cls: type) -> str:
    """All fields of the constructor, those of the bases too, in their order."""
    written: dict[str, ast.AnnAssign] = {}
    for base in reversed(cls.__mro__):
        if dataclasses.is_dataclass(base):
            body = _parsed(base).body
            written |= {
                node.target.id: node
                for node in body
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
            }
    fields = [field for field in dataclasses.fields(cls) if field.init]
    entries = [_entry(field, written.get(field.name)) for field in sorted(fields, key=lambda field: field.kw_only)]
    keywords = [field.kw_only for field in fields].count(True)
    if keywords:
        entries.insert(len(entries) - keywords, "*")
    return f"({', '.join(entries)})"


def _entry(field: "dataclasses.Field[Any]", node: ast.AnnAssign | None) -> str:
    text = f"{field.name}: {ast.unparse(node.annotation)}" if node else field.name
    if field.default is not dataclasses.MISSING:
        return f"{text} = {ast.unparse(node.value) if node and node.value else repr(field.default)}"
    if field.default_factory is not dataclasses.MISSING:
        return f"{text} = {field.default_factory()!r}"
    return text


@cache
def _source(obj: Any) -> str:
    return dedent(inspect.getsource(obj))


def _parsed(obj: Any) -> Any:
    return ast.parse(_source(obj)).body[0]
