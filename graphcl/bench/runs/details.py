"""The details of a run for a report: loss curves, clusters against classes, a picture of the embedding.

The details of the runs in FILE.jsonl are in the folder FILE, one compressed npz of plain arrays per run, named by
the run's key. About 10 KB a run; tables do not need them. Where a method clusters many graphs, "nodes" below are
graphs.
"""

import io
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from graphcl.bench.runs.projection import projection
from graphcl.evaluation import contingency

EPOCHS = 500
"""Kept of each stage."""

POINTS = 500
"""Nodes in the picture."""

_FORM = {
    "stages": (1, "U"),
    "columns": (1, "U"),
    "history": (2, "f"),
    "clusters": (1, "i"),
    "sizes": (1, "i"),
    "classes": (1, "i"),
    "contingency": (2, "i"),
    "points": (2, "f"),
    "point_clusters": (1, "i"),
    "point_classes": (1, "i"),
}
"""Dimensions and kind of each array."""


@dataclass(frozen=True, eq=False)
class Details:
    """Loss curves, clusters and a picture of one run.

    Args:
        stages: (s,), the names of the stages that have epochs.
        columns: (c,), what the columns of the history hold: stage (an index), epoch (from 1), loss (the total) and
            each named loss.
        history: (e, c), float32; NaN where a stage has no such loss; at most 500 epochs of a stage, evenly spread.
        clusters: (k,), the clusters in ascending order; none where the run learned an embedding only.
        sizes: (k,), their nodes.
        classes: (q,), the classes in ascending order; empty where none are known.
        contingency: (k, q), how many nodes of each class lie in each cluster.
        points: (m, 2), float16 in [-1, 1], a picture of at most 500 nodes, which are the same for every method
            on a dataset; empty where the method has no embedding.
        point_clusters: (m,), int32; -1 where the run has no clusters.
        point_classes: (m,), int32; -1 where unknown.

    Example:
        >>> labels, y = np.array([3, 3, 5, 5]), np.array([0, 0, 1, -1])
        >>> details = Details.of([{"stage": "fit", "epoch": 1, "loss": 2.0}], labels, y, np.eye(4))
        >>> details.contingency
        array([[2, 0],
               [0, 1]])
        >>> Details.from_bytes(details.to_bytes()).sizes
        array([2, 2])
    """

    stages: NDArray[np.str_]
    columns: NDArray[np.str_]
    history: NDArray[np.float32]
    clusters: NDArray[np.int64]
    sizes: NDArray[np.int64]
    classes: NDArray[np.int64]
    contingency: NDArray[np.int64]
    points: NDArray[np.float16]
    point_clusters: NDArray[np.int32]
    point_classes: NDArray[np.int32]

    @classmethod
    def of(
        cls,
        history: list[dict[str, Any]],
        labels: Tensor | NDArray[Any] | None,
        y: Tensor | NDArray[Any] | None,
        z: Tensor | NDArray[Any] | None,
        cache: Path | None = None,
    ) -> Self:
        """The details of a fitted estimator.

        Args:
            history: its `history_`.
            labels: (n,), its clusters, or None for an embedding only.
            y: (n,), the classes; negative where unknown.
            z: (n, d), its embedding.
            cache: folder where pictures are found and kept; None keeps none.
        """
        n = max(len(rows) for rows in (labels, y, z, ()) if rows is not None)
        cluster = np.full(n, -1) if labels is None else np.asarray(labels)
        known = np.full(n, -1) if y is None else np.maximum(np.asarray(y), -1)
        clusters, sizes = np.unique(cluster[:0] if labels is None else cluster, return_counts=True)
        classes = np.unique(known[known >= 0])
        table = np.zeros((len(clusters), len(classes)), dtype=np.int64)
        if len(classes) and len(clusters):
            seen = np.searchsorted(clusters, np.unique(cluster[known >= 0]))  # others hold no node of known class
            table[seen] = contingency(known, cluster).T
        sample = _sample(0 if z is None else len(z))
        rows = np.zeros((0, 2)) if z is None else np.asarray(z[sample])
        if not np.isfinite(rows).all():
            sample, rows = sample[:0], rows[:0]
        stages, columns, values = _tabulate(history)
        return cls(
            stages=np.array(stages, dtype=np.str_),
            columns=np.array(columns, dtype=np.str_),
            history=values,
            clusters=clusters.astype(np.int64),
            sizes=sizes.astype(np.int64),
            classes=classes.astype(np.int64),
            contingency=table,
            points=(projection(rows, cache) if len(rows) else np.zeros((0, 2))).astype(np.float16),
            point_clusters=cluster[sample].astype(np.int32),
            point_classes=known[sample].astype(np.int32),
        )

    def to_bytes(self) -> bytes:
        """A compressed npz; the same details give the same bytes."""
        file = io.BytesIO()
        np.savez_compressed(file, **{field.name: getattr(self, field.name) for field in fields(self)})
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote; no object is unpickled.

        Raises:
            ValueError: another kind of file, or a broken one.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                details = cls(**{name: arrays[name] for name in _FORM})
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, AttributeError, TypeError) as error:
            raise ValueError("not the details of a run, or broken") from error
        details._check()
        return details

    def _check(self) -> None:
        for name, (dimensions, kind) in _FORM.items():
            array = getattr(self, name)
            if array.ndim != dimensions or array.dtype.kind != kind:
                raise ValueError(f"not the details of a run: {name} is {array.dtype} of shape {array.shape}")
        shapes = {
            "history": (len(self.history), len(self.columns)),
            "sizes": (len(self.clusters),),
            "contingency": (len(self.clusters), len(self.classes)),
            "points": (len(self.points), 2),
            "point_clusters": (len(self.points),),
            "point_classes": (len(self.points),),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"not the details of a run: {name} has not the shape {shape}")


def details_path(records: Path, key: str) -> Path:
    """Where the details of a run lie whose record is in a file.

    Example:
        >>> details_path(Path("runs/quickstart.jsonl"), "1f4b").as_posix()
        'runs/quickstart/1f4b.npz'
    """
    folder = (
        records.with_suffix("") if records.suffix == ".jsonl" else records.with_name(records.name + ".details")
    )
    return folder / f"{key}.npz"


def read_details(records: Path, key: str) -> Details | None:
    """The details of a run whose record is in a file; None where none were kept.

    Raises:
        ValueError: a broken file; the message names it.
    """
    path = details_path(records, key)
    try:
        return Details.from_bytes(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{path}: {error}; remove it to do without") from error


def _sample(n: int) -> NDArray[np.int64]:
    """At most `POINTS` of n rows, in order."""
    if n <= POINTS:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, POINTS, replace=False))


def _tabulate(history: list[dict[str, Any]]) -> tuple[list[str], list[str], NDArray[np.float32]]:
    """The stages, the columns, and the history as one table."""
    stages = list(dict.fromkeys(row["stage"] for row in history))
    columns = ["stage", *dict.fromkeys(name for row in history for name in row if name != "stage")]
    kept = []
    for index, stage in enumerate(stages):
        rows = [{**row, "stage": index} for row in history if row["stage"] == stage]
        chosen = np.unique(np.linspace(0, len(rows) - 1, EPOCHS).round().astype(int))
        kept += [[rows[i].get(name, np.nan) for name in columns] for i in chosen]
    return stages, columns, np.array(kept, dtype=np.float32).reshape(len(kept), len(columns))
