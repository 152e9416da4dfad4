"""Tables as data: one object, or one line of CSV, for each dataset, row and score, in full precision."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, stdev
from typing import Any

from graphcl.bench.tables.columns import Column, metrics_of
from graphcl.bench.tables.table import Row, Section


def flat_rows(sections: Sequence[Section], metrics: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One object for each dataset, row of its table, and score.

    Scores are as in the records, in [0, 1] where tables show per cent. `runs` is how many runs the row has, `n`
    for how many of them the score is defined; `mean` is None where n is 0, and `std`, the sample standard
    deviation, where n is below 2. Published numbers are brought to the same scale.

    Args:
        sections: from `build_table`.
        metrics: names of scores; by default all that the records have.
    """
    return [
        _entry(row, metric)
        for section in sections
        for row in section.rows
        for metric in (metrics or metrics_of(row.runs))
    ]


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with a line of headings; None is an empty cell, and what is no number or text is JSON."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: json.dumps(v) if isinstance(v, bool | dict | list) else v for k, v in row.items()})
    return text.getvalue()


def to_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a JSON list, one object a line."""
    listed = ",\n".join(json.dumps(row, allow_nan=False) for row in rows)
    return f"[\n{listed}\n]\n"


def _entry(row: Row, metric: str) -> dict[str, Any]:
    first, column = row.runs[0], Column.of(metric)
    values = replace(column, scale=1.0).values(row.runs)
    known = row.published.metrics.get(metric) if row.published else None
    mean, deviation = known or (None, None)
    return {
        "dataset": first.dataset,
        "data": first.data,
        "method": row.method,
        "row": row.label,
        "metric": metric,
        "runs": row.n,
        "n": len(values),
        "mean": fmean(values) if values else None,
        "std": stdev(values) if len(values) > 1 else None,
        "published_mean": None if mean is None else mean / column.scale,
        "published_std": None if deviation is None else deviation / column.scale,
        "published_source": row.published.source if row.published and known else None,
        "highest_J": row.chosen,
        "tuned_with_labels": row.tuned,
    }
