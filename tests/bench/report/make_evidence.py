"""Evidence of runs that nobody ran."""

import numpy as np

from graphcl.bench.report.evidence import Evidence
from graphcl.bench.runs.details import Details
from graphcl.bench.tables.table import build_table
from tests.bench.make_record import OUTCOME, make_record, make_run


def make_details(seed=0, nodes=200, classes=4, stage="fit", part="contrast"):
    draw = np.random.default_rng(seed)
    y = draw.integers(classes, size=nodes)
    labels = np.where(draw.random(nodes) < 0.8, y, draw.integers(classes, size=nodes))
    history = [
        {"stage": stage, "epoch": i + 1, "loss": 3 / (i + 1) + 1, part: 3 / (i + 1), "divergence": 1.0}
        for i in range(9)
    ]
    return Details.of(history, labels, y, None), draw.uniform(-1, 1, size=(min(nodes, 1000), 2)), y, labels


def with_points(seed=0, **changes):
    """Details with a picture that took no t-SNE to make."""
    details, points, y, labels = make_details(seed, **changes)
    sample = slice(len(points))
    pictures = {
        "points": points.astype(np.float16),
        "point_clusters": labels[sample].astype(np.int32),
        "point_classes": y[sample].astype(np.int32),
    }
    return Details(**{**vars(details), **pictures})


def make_records(method="k-means", dataset="cite", seeds=(0, 1, 2), level=0.5, **changes):
    return [
        make_record(
            make_run(method=method, dataset=dataset, seed=seed, **changes),
            metrics={**OUTCOME["metrics"], "nmi": level + seed / 100},
        )
        for seed in seeds
    ]


def make_evidence(records, details=None):
    details = {record.key: with_points(record.seed) for record in records} if details is None else details
    return Evidence(build_table(records), details, ["runs.jsonl"])
