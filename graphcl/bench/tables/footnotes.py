"""Footnotes of tables: sources and protocols of published numbers, and settings that were tuned with labels."""

from collections.abc import Iterable

from graphcl.bench.tables.table import Row, Section

TUNED = "†"
"""Marks a row whose settings were tuned with labels."""


CHOSEN = "◂"
"""Marks the row of a dataset with the highest J."""

LONG = 24
"""Letters of the settings in a label beyond which they stand in a footnote."""

FEWER = "(2) after a number: over so many of the runs; for the others it is undefined"
"""Says what a number in brackets is."""


class Footnotes:
    """Footnotes of some sections: sources of published numbers by number, and long settings by letter.

    Args:
        sections: all that the footnotes stand below.

    Example:
        >>> from graphcl.recipes import Published
        >>> reported = Published({"acc": (66.8, None)}, "their Table 2", "verified", "10 runs")
        >>> row = Row("k-means", 1, [], published=reported)
        >>> notes = Footnotes([Section("usps", [row])])
        >>> notes.mark(row), notes.lines()
        (' [1]', ['[1] their Table 2 (verified): 10 runs'])
    """

    def __init__(self, sections: Iterable[Section]) -> None:
        self._rows = [row for section in sections for row in section.rows]
        texts = dict.fromkeys(_text(row) for row in self._rows if row.published)
        self._numbers = {text: number for number, text in enumerate(texts, start=1)}
        long = dict.fromkeys(text for row in self._rows if len(text := _settings(row)) > LONG)
        self._letters = {text: _letter(index) for index, text in enumerate(long)}

    def mark(self, row: Row) -> str:
        """What follows a row's published numbers; empty where there are none."""
        return f" [{self._numbers[_text(row)]}]" if row.published else ""

    def short(self, row: Row) -> str:
        """A row's label, in which a letter stands for long settings."""
        letter = self._letters.get(_settings(row))
        return f"{row.label.partition(' (')[0]} [{letter}]" if letter else row.label

    def label(self, row: Row) -> str:
        """The short label, marked where its settings were tuned with labels, and where J would choose it."""
        return " ".join([self.short(row), *([TUNED] if row.tuned else []), *([CHOSEN] if row.chosen else [])])

    def settings(self, rows: Iterable[Row] | None = None) -> list[str]:
        """The footnotes on long settings alone: on those of some rows, or on all."""
        wanted = None if rows is None else {_settings(row) for row in rows}
        return [f"[{letter}] {text}" for text, letter in self._letters.items() if wanted is None or text in wanted]

    def lines(self) -> list[str]:
        """The footnotes, one a line."""
        lines = self.settings()
        if tuned := "; ".join(dict.fromkeys(row.tuned for row in self._rows if row.tuned)):
            lines.append(f"{TUNED} settings that were tuned with the labels of this dataset: {tuned}")
        if any(row.chosen for row in self._rows):
            lines.append(f"{CHOSEN} the highest mean J: what one would choose without labels")
        if any(cell.endswith(")") for row in self._rows for cell in row.cells):
            lines.append(FEWER)
        return lines + [f"[{number}] {text}" for text, number in self._numbers.items()]


def _text(row: Row) -> str:
    reported = row.published
    return f"{reported.source} ({reported.status}): {reported.protocol}" if reported else ""


def _settings(row: Row) -> str:
    """What stands in brackets in a row's label."""
    return row.label.partition(" (")[2].removesuffix(")")


def _letter(index: int) -> str:
    """a, b, ..., z, aa, ab, ...

    Example:
        >>> [_letter(index) for index in (0, 25, 26, 52)]
        ['a', 'z', 'aa', 'ba']
    """
    tens, ones = divmod(index, 26)
    return (_letter(tens - 1) if tens else "") + chr(ord("a") + ones)
