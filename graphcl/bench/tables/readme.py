"""Tables in a Markdown page, updated from the records that it names."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from graphcl.bench.comparison.gaps import gaps_grid
from graphcl.bench.comparison.standings import scores_by_dataset, standings_grid
from graphcl.bench.comparison.variants import variants_grid
from graphcl.bench.runs.journal import load_records
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.text import read_text
from graphcl.bench.tables.grid import markdown
from graphcl.bench.tables.overview import to_overview
from graphcl.bench.tables.render import to_markdown
from graphcl.bench.tables.table import Section, build_table
from graphcl.bench.transfer.lines import read_transfer
from graphcl.bench.transfer.overview import transfer_overview

LEADERS = 12
"""Lines of the short standings."""


def _fine_tuning(files: Sequence[Path]) -> str:
    return markdown(transfer_overview(read_transfer(files))) + "\n"


def _standings(files: Sequence[Path]) -> str:
    return markdown(standings_grid(_records(files))) + "\n"


def _leaders(files: Sequence[Path]) -> str:
    grid = standings_grid(_records(files))
    more = len(grid.rows) - LEADERS
    below = f"\n\nand {more} more.\n" if more > 0 else "\n"
    return markdown(replace(grid, rows=grid.rows[:LEADERS])) + below


def _by_dataset(files: Sequence[Path]) -> str:
    return "\n\n".join(map(markdown, scores_by_dataset(_records(files)))) + "\n"


def _gaps(files: Sequence[Path]) -> str:
    return markdown(gaps_grid(_records(files))) + "\n"


def _variants(files: Sequence[Path]) -> str:
    return markdown(variants_grid(_records(files))) + "\n"


def _records(files: Sequence[Path]) -> list[Record]:
    return [record for file in files for record in load_records(file)]


def _sections(form: Callable[[list[Section]], str], files: Sequence[Path]) -> str:
    return form(build_table(_records(files)))


FORMS: dict[str, Callable[[Sequence[Path]], str]] = {
    "results": partial(_sections, to_markdown),
    "overview": partial(_sections, to_overview),
    "standings": _standings,
    "leaders": _leaders,
    "by-dataset": _by_dataset,
    "gaps": _gaps,
    "variants": _variants,
    "fine-tuning": _fine_tuning,
}

SLOT = re.compile(
    rf"(<!-- (?P<kind>{'|'.join(FORMS)}): (?P<files>.+?) -->\n).*?(<!-- end of (?P=kind) -->)", re.DOTALL
)


def with_current_tables(page: Path) -> str:
    """The text of a page with every table between its marks rewritten.

    A table stands between `<!-- results: FILE ... -->` and `<!-- end of results -->`, each on a line of its own;
    files are named relative to the page's folder. In the place of `results`

    - `overview` gives the compact form,
    - `standings` a line for each method, with one setting for all datasets, and `leaders` the first of these,
    - `by-dataset` the scores behind the standings,
    - `gaps` how far each method is behind the first of the standings, paired over seeds,
    - `variants` the paired differences of variants to their base,
    - `fine-tuning` the form of files of `graphcl evaluate finetune --json`.

    Args:
        page: a Markdown file.

    Raises:
        FileNotFoundError: the page, or a file of records that it names, is missing.
        ValueError: the page is no text or has no such marks, or its records do not fit into one table.
    """
    text = read_text(page)
    if not SLOT.search(text):
        raise ValueError(
            f"{page} has no place for a table; write <!-- results: FILE --> and <!-- end of results -->"
        )

    def fill(slot: re.Match[str]) -> str:
        files = [page.parent / name for name in slot["files"].split()]
        return f"{slot[1]}\n{FORMS[slot['kind']](files)}\n{slot[4]}"

    return SLOT.sub(fill, text)
