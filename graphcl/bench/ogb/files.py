"""Files of an OGB entry: its records, and the report in Markdown and JSON."""

import json
from pathlib import Path

from graphcl.bench.ogb.entry import OgbEntry
from graphcl.bench.ogb.page import markdown_page
from graphcl.ops.files.tensor_files import whole_file

RECORDS = "records.jsonl"
"""File of the records of all entries in a folder; runs that are there are not repeated."""


def write_entry(entry: OgbEntry, folder: Path) -> tuple[Path, Path]:
    """Write the report as Markdown and as JSON; one that is there is replaced.

    Args:
        entry: what is reported.
        folder: where; it must exist.

    Returns:
        The two files.

    Raises:
        OSError: a file cannot be written.
    """
    page, plain = folder / f"{entry.stem}.md", folder / f"{entry.stem}.json"
    for path, text in (
        (page, markdown_page(entry)),
        (plain, json.dumps(entry.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"),
    ):
        with whole_file(path) as file:
            file.write(text.encode())
    return page, plain
