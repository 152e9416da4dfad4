"""Tables in a Markdown page, updated from the records that it names."""

import re
from collections.abc import Callable
from pathlib import Path

from graphcl.bench.runs.journal import load_records
from graphcl.bench.runs.text import read_text
from graphcl.bench.tables.grid import markdown
from graphcl.bench.tables.overview import to_overview
from graphcl.bench.tables.render import to_markdown
from graphcl.bench.tables.table import Section, build_table
from graphcl.bench.transfer.lines import read_transfer
from graphcl.bench.transfer.overview import transfer_overview

SLOT = re.compile(
    r"(<!-- (?P<kind>results|overview|fine-tuning): (?P<files>.+?) -->\n).*?(<!-- end of (?P=kind) -->)", re.DOTALL
)
FORMS: dict[str, Callable[[list[Section]], str]] = {"results": to_markdown, "overview": to_overview}


def with_current_tables(page: Path) -> str:
    """The text of a page with every table between its marks rewritten.

    A table stands between `<!-- results: FILE ... -->` and `<!-- end of results -->`, each on a line of its own;
    files are named relative to the page's folder. `overview` in the place of `results` gives the compact form, and
    `fine-tuning` that of files of `graphcl evaluate finetune --json`.

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
        if slot["kind"] == "fine-tuning":
            table = markdown(transfer_overview(read_transfer(files))) + "\n"
        else:
            table = FORMS[slot["kind"]](build_table(record for file in files for record in load_records(file)))
        return f"{slot[1]}\n{table}\n{slot[4]}"

    return SLOT.sub(fill, text)
