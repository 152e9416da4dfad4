"""Footnotes of tables: sources and protocols of published numbers, and settings that were tuned with labels."""

from collections.abc import Iterable

from graphcl.bench.tables.table import Row, Section

TUNED = "†"
"""Marks a row whose settings were tuned with labels."""


CHOSEN = "◂"
"""Marks the row of a dataset with the highest J."""


class Footnotes:
    """One footnote for each source of the published numbers in some sections, numbered as they come.

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

    def mark(self, row: Row) -> str:
        """What follows a row's published numbers; empty where there are none."""
        return f" [{self._numbers[_text(row)]}]" if row.published else ""

    def label(self, row: Row) -> str:
        """A row's label, marked where its settings were tuned with labels, and where J would choose it."""
        return " ".join([row.label, *([TUNED] if row.tuned else []), *([CHOSEN] if row.chosen else [])])

    def lines(self) -> list[str]:
        """The footnotes, one a line."""
        tuned = "; ".join(dict.fromkeys(row.tuned for row in self._rows if row.tuned))
        lines = [f"{TUNED} settings that were tuned with the labels of this dataset: {tuned}"] if tuned else []
        if any(row.chosen for row in self._rows):
            lines.append(f"{CHOSEN} the highest mean J: what one would choose without labels")
        return lines + [f"[{number}] {text}" for text, number in self._numbers.items()]


def _text(row: Row) -> str:
    reported = row.published
    return f"{reported.source} ({reported.status}): {reported.protocol}" if reported else ""
