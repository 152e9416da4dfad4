"""A report of benchmark results: one self-contained HTML page, with tables, charts and pictures of embeddings."""

from collections.abc import Sequence
from pathlib import Path

from graphcl.bench.report.evidence import Evidence
from graphcl.bench.report.histories import write_histories
from graphcl.bench.report.page import build_page
from graphcl.bench.transfer.lines import read_transfer
from graphcl.ops.files.tensor_files import whole_file

__all__ = ["write_histories", "write_report"]


def write_report(files: Sequence[Path], out: Path, *, fine_tuning: Sequence[Path] = ()) -> None:
    """Write the page on the runs that are on file.

    Args:
        files: of records, as `graphcl bench run` writes them; what is kept beside them is shown too.
        out: the page.
        fine_tuning: files of results of fine-tuning, as `graphcl evaluate finetune --json` prints them.

    Raises:
        FileNotFoundError: a file is missing.
        OSError: the page cannot be written.
        ValueError: no records, broken ones, or records of different revisions of one method.
    """
    page = build_page(Evidence.read(files), read_transfer(fine_tuning))
    with whole_file(out) as file:
        file.write(page.encode())
