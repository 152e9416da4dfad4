"""Records of runs that nobody ran, for tests of what happens to records afterwards."""

from typing import Any

from graphcl.bench import Record, Run

OUTCOME: dict[str, Any] = {
    "files": {},
    "metrics": {"acc": 0.5, "nmi": 0.25, "ari": 0.125, "f1": 0.5, "modularity": 0.4, "conductance": 0.3},
    "stages": [
        {
            "name": "fit",
            "epochs": 0,
            "cpu_seconds": 2.0,
            "wall_seconds": 1.0,
            "peak_mb": 400.0,
            "cached": False,
        }
    ],
    "seconds": {"cpu": 2.0, "wall": 1.0},
    "memory": {"growth_mb": 10.0},
    "device": "cpu",
    "precision": "fp32",
    "versions": {"python": "3.11.7"},
    "git": None,
    "time": "2026-11-23T00:00:00+00:00",
}


def make_run(**changes: Any) -> Run:
    return Run(
        **{
            "method": "k-means",
            "revision": 1,
            "dataset": "karate",
            "data": {},
            "checksum": "0123456789abcdef",
            "seed": 0,
            "params": {"n_clusters": 2},
            **changes,
        }
    )


def make_record(run: Run | None = None, **changes: Any) -> Record:
    return Record.of(run or make_run(), **{**OUTCOME, **changes})
