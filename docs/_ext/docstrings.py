"""Docstrings, which are plain text in Google form, as reStructuredText: what has a meaning there is escaped."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from api_pages import homes
from signatures import signature_of
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]

CODE = re.compile(r"(``.+?``|`[^`]+`)")
FIELD = re.compile(r":(param|ivar|vartype|raises|returns|rtype|type)\b[^:]*: ?")
LIST_ITEM = re.compile(r"(\d+\.|-) ")


def escaped(text: str) -> str:
    r"""A line of text with the characters escaped that would be markup; what stands between backticks is code.

    Example:
        >>> print(escaped("SCGC*: |u_i|, `labels_` and labels_."))
        SCGC\*: \|u_i\|, ``labels_`` and labels\_.
    """
    parts = CODE.split(text)
    for i, part in enumerate(parts):
        if CODE.fullmatch(part):
            parts[i] = f"``{part.strip('`')}``"
        else:
            bare = re.sub(r"(?<!\\)([*|])", r"\\\1", part)
            parts[i] = re.sub(r"(?<=[\w'])_(?=\W|$)", r"\\_", bare)
    return "".join(parts)


def as_markup(lines: list[str]) -> list[str]:
    """The lines of a docstring, after napoleon has read its sections, as reStructuredText without warnings.

    Examples and directives stay as they are; the lines of a list's item are indented as its text is.
    """
    made: list[str] = []
    example, hanging = False, ""
    for line in lines:
        text = line.lstrip()
        indent = line[: len(line) - len(text)]
        example = bool(text) and (example or text.startswith(">>>"))
        if example or not text or text.startswith(".. "):
            hanging = ""
            made.append(line)
            continue
        if item := LIST_ITEM.match(text):
            if not hanging and made and made[-1].strip():
                made.append("")
            hanging = indent + " " * len(item[0])
        elif hanging:
            indent = max(indent, hanging, key=len)
        field = FIELD.match(text)
        head = field[0] if field else ""
        made.append(indent + head + escaped(text[len(head) :]))
    return made


def write_signature(_app: Sphinx, what: str, _name: str, obj: Any, *_: Any) -> tuple[str, str] | None:
    """Answer autodoc's event: the signature as it is written."""
    return signature_of(obj) if what in {"function", "class", "method"} else None


def write_docstring(_app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Answer autodoc's event: the docstring as markup."""
    lines[:] = as_markup(lines)


def show_public_bases(_app: Sphinx, _name: str, _obj: Any, _options: Any, bases: list[Any]) -> None:
    """Answer autodoc's event: in the place of a base that has no entry of its own, the bases of that."""
    bases[:] = dict.fromkeys(shown for base in bases for shown in _public(base))


def _public(base: Any) -> list[Any]:
    own = getattr(base, "__module__", "").startswith("graphcl.")
    if not own or any(base is value for value in public_values()):
        return [base]
    return [shown for below in base.__bases__ for shown in _public(below)]


@cache
def public_values() -> list[Any]:
    """All that the pages of the reference document."""
    return [getattr(import_module(room), name) for room, names in homes(ROOT).items() for name in names]


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to autodoc."""
    app.connect("autodoc-process-signature", write_signature)
    app.connect("autodoc-process-bases", show_public_bases)
    app.connect("autodoc-process-docstring", write_docstring, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
