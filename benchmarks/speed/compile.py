"""Question: does torch.compile pay on the CPU, in a step of SCGC*'s clustering, over a recipe of 200 epochs?

The library's own training, eager; with the encoder compiled; with the whole module compiled, its losses included.
On cite, whose features are sparse, on dense features of the same size, and on 10,000 nodes with 128 features. It
pays if a step is at least 1.15 times as fast and 200 steps save more than the compiler takes, g++ included.
Without a C++ compiler the record says what torch said. Needs GRAPHCL_DATA.

    python benchmarks/speed/compile.py [--epochs 12]
"""

import argparse
import os
import tempfile
import warnings
from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import torch
import torch._inductor.config
from measure import measure, report
from scgc_recipe import STEP, graph
from torch_geometric.data import Data

from graphcl import SCGCStar
from graphcl.methods.deep_clusterers.scgc import SCGCModule

NAMES = ("cite", "cite, dense", "10,000 nodes")
PARTS = ("nothing", "encoder", "module")
"""What is compiled."""
RECIPE = 200
"""Epochs that the compiler's time is set against."""
GAIN = 1.15
"""That a step must gain."""


class CompiledSCGCStar(SCGCStar):
    """SCGC* with a part of it compiled; the class holds which."""

    part = "nothing"

    def _build(self, data: Data) -> SCGCModule:
        module = super()._build(data)
        if self.part != "nothing":
            (module if self.part == "module" else module.autoencoder.encoder).compile()
        return module


def data_and_settings(name: str) -> tuple[Data, dict[str, Any]]:
    """The graph, and what SCGC* is to do with it."""
    if name == "10,000 nodes":
        return graph(name), STEP
    data = graph("cite")
    if name == "cite, dense":
        data.x = torch.randn(data.x.shape, generator=torch.Generator().manual_seed(0))
    return data, {**SCGCStar.from_recipe("cite", n_clusters=6).get_params(), "n_init": 1, "pretrain_epochs": 0}


def training(name: str, part: str, epochs: int) -> Callable[[], dict[str, Any]]:
    """Fit; returns CPU seconds of a step, and of all up to the end of the first, when the compiler has run."""
    torch._inductor.config.compile_threads = 1  # noqa: SLF001  (others are processes whose seconds are not seen)
    warnings.filterwarnings("ignore", "(?s)Dynamo detected a call to a `functools.lru_cache`")
    data, settings = data_and_settings(name)
    CompiledSCGCStar.part = part
    model = CompiledSCGCStar(**{**settings, "epochs": epochs})

    def once() -> dict[str, Any]:
        marks = [cpu_seconds()]
        with tempfile.TemporaryDirectory() as nothing_compiled_before:
            os.environ["TORCHINDUCTOR_CACHE_DIR"] = nothing_compiled_before
            try:
                model.fit(data, callbacks=[lambda _: marks.append(cpu_seconds())])
            except RuntimeError as error:
                return {"failed": str(error).partition("\n")[0]}
        steps = [after - before for before, after in pairwise(marks[3:])]
        return {"first": marks[1] - marks[0], "step": min(steps), "loss": model.history_[-1]["loss"]}

    return once


def cpu_seconds() -> float:
    """Of this process and of the compilers that it ran."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def compared(row: dict[str, Any], eager: dict[str, Any]) -> dict[str, Any]:
    """What compiling cost, what a step gained, and what a recipe saved."""
    if "step" not in row or row is eager:
        return row
    compiling = row["first"] - eager["first"]
    saved = RECIPE * (eager["step"] - row["step"]) - compiling
    return {**row, "compile_seconds": compiling, "gain": eager["step"] / row["step"], "saved": saved}


def verdict(row: dict[str, Any]) -> str:
    """In words."""
    if "gain" not in row:
        return f"cannot: {row['failed']}" if "failed" in row else "no comparison"
    pays = "pays" if row["gain"] >= GAIN and row["saved"] > 0 else "does not pay"
    gain, compiling, saved = row["gain"], row["compile_seconds"], row["saved"]
    return f"{pays}: a step {gain:.2f} times as fast, {compiling:.0f} s to compile, {saved:+.0f} s saved"


def main() -> None:
    """Measure every part on every graph and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=12)
    epochs = parser.parse_args().epochs
    rows: list[dict[str, Any]] = []
    for name, part in product(NAMES, PARTS):
        row = measure(training, name=name, part=part, epochs=epochs)
        row |= row["value"]
        eager = row if part == "nothing" else next(r for r in rows if (r["name"], r["part"]) == (name, "nothing"))
        rows.append(compared(row, eager))
    claims = {f"{row['name']}, {row['part']}": verdict(row) for row in rows if row["part"] != "nothing"}
    columns = {
        "name": "", "part": "", "step": ".3f", "gain": ".2f", "compile_seconds": ".0f", "saved": "+.0f",
        "growth_mb": ".0f", "loss": ".6f",
    }  # fmt: skip
    report("compile", claims, rows, columns)


if __name__ == "__main__":
    main()
