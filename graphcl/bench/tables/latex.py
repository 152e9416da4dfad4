r"""Tables for a paper in LaTeX, for the packages booktabs and, with pdfLaTeX, inputenc's default UTF-8."""

import re
from collections.abc import Iterable, Sequence

from graphcl.bench.tables.grid import Grid

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "±": r"$\pm$",
    "†": r"$\dagger$",
    "◂": r"$\triangleleft$",
    "≤": r"$\leq$",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}
"""Characters that mean something to LaTeX, or that its standard fonts lack."""

_NUMBER = re.compile(r"(-?\d[\d.]*+)(?!e)(?: ± (\d[\d.]*))?(.*)", re.DOTALL)


def escape_latex(text: str) -> str:
    r"""A text in which every special character stands for itself.

    Example:
        >>> print(escape_latex("50 % of a_b & {c}"))
        50 \% of a\_b \& \{c\}
    """
    shown = (character if character.isprintable() else " " for character in text)
    return "".join(SPECIAL.get(character, character) for character in shown)


def latex(
    grids: Sequence[Grid], notes: Sequence[str] = (), caption: str | None = None, label: str | None = None
) -> str:
    r"""Grids as one tabular with booktabs' rules, in a table environment where there is a caption or a label.

    Args:
        grids: each is set off by its title; where headings differ, they are repeated.
        notes: lines below the table.
        caption: in LaTeX, not escaped, so that it may hold commands.
        label: for \ref.

    Example:
        >>> print(latex([Grid("", ["method", "NMI %"], [["k-means", "60.0 ± 1.5"]])]))
        % needs \usepackage{booktabs}
        \begin{tabular}{lr}
        \toprule
        method & NMI \% \\
        \midrule
        k-means & $60.0 \pm 1.5$ \\
        \bottomrule
        \end{tabular}
    """
    columns = max(len(grid.headings) for grid in grids)
    lines = [r"\begin{tabular}{l" + "r" * (columns - 1) + "}", r"\toprule"]
    shown: Sequence[str] = ()
    for index, grid in enumerate(grids):
        if index:
            lines.append(r"\midrule")
        if grid.headings != shown:
            shown = grid.headings
            lines += [_row(map(escape_latex, shown)), r"\midrule"]
        if grid.title:
            lines += [rf"\multicolumn{{{columns}}}{{l}}{{\textbf{{{escape_latex(grid.title)}}}}} \\"]
        lines += [_row([escape_latex(row[0]), *map(_cell, row[1:])]) for row in grid.rows]
    lines += [r"\bottomrule", r"\end{tabular}"]
    if notes:
        lines += [r"\par\smallskip", r"{\footnotesize\raggedright"]
        lines += [escape_latex(note) + r"\par" for note in notes] + ["}"]
    return "\n".join(["% needs \\usepackage{booktabs}", *_floating(lines, caption, label)])


def _floating(lines: list[str], caption: str | None, label: str | None) -> list[str]:
    if caption is None and label is None:
        return lines
    head = [rf"\caption{{{caption}}}"] if caption is not None else []
    head += [rf"\label{{{label}}}"] if label is not None else []
    return [r"\begin{table}", r"\centering", *head, *lines, r"\end{table}"]


def _row(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cell(cell: str) -> str:
    """A number with its deviation in math, what follows as text; a dash as one."""
    if cell == "-":
        return "--"
    number = _NUMBER.fullmatch(cell)
    if not number:
        return escape_latex(cell)
    mean, deviation, rest = number.groups()
    return (f"${mean}$" if deviation is None else rf"${mean} \pm {deviation}$") + escape_latex(rest)
