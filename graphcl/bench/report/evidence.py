"""The content of a report: tables of the records in some files, and the details stored beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from graphcl.bench.runs.details import Details, read_details
from graphcl.bench.runs.journal import load_records
from graphcl.bench.runs.record import Record
from graphcl.bench.tables.table import Row, Section, build_table


@dataclass(frozen=True)
class Evidence:
    """Sections as `graphcl bench table` shows them, and details by the keys of their runs.

    Args:
        sections: one for each dataset.
        details: of the runs that have some.
        names: of the files.
    """

    sections: list[Section]
    details: dict[str, Details]
    names: list[str]

    @classmethod
    def read(cls, files: Sequence[Path]) -> Self:
        """Read files of records, and the folders beside them.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: no records, broken ones, or records of different revisions of one method.
        """
        records, details = [], {}
        for file in files:
            found = load_records(file)
            records += found
            kept = {record.key: read_details(file, record.key) for record in found}
            details.update({key: value for key, value in kept.items() if value})
        return cls(build_table(records), details, [file.name for file in files])

    @property
    def records(self) -> list[Record]:
        """All records, in the order of the tables."""
        return [run for section in self.sections for row in section.rows for run in row.runs]

    def of(self, row: Row) -> list[tuple[Record, Details]]:
        """The runs behind a row that have details, the lowest seed first."""
        runs = sorted(row.runs, key=lambda run: run.seed)
        return [(run, self.details[run.key]) for run in runs if run.key in self.details]
