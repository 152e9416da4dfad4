"""What counted edits cost: candidates of molecules per CPU second, the authors' way beside it, a training step.

    nice -n 19 env OMP_NUM_THREADS=1 GRAPHCL_DATA=... python benchmarks/speed/edits.py

Steps in bfloat16 are measured only where the CPU has it: elsewhere one takes minutes.

2,000 molecules of 10 to 45 atoms without isolated ones, half of them out of BBBP, half out of Tox21, in batches of
256, on one thread. The sheet's section 11 measured 384 molecules per CPU second for the authors' loader and 56 for
their training step; how near the first is met here says whether the comparison is fair.
"""

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))

from authors_edits import perturbed_batch
from measure import measure, report

from graphcl.augment import EditScheme, draw_bonds, draw_bonds_per_direction, edit_candidates
from graphcl.datasets import GraphCollection, load
from graphcl.encoders import MoleculeGIN
from graphcl.methods.bases.dsla_module import DiscrepancyModule
from graphcl.ops.machine.precision import computes_bfloat16
from graphcl.training import GraphBatches, Runtime, Stage, train

SETS, EACH, SIZE = ("bbbp", "tox21"), 1000, 256
LOADER, STEP = 384, 56
"""Molecules per CPU second that the sheet measured for the authors' loader and for their training step."""

SCHEMES = {"exact": EditScheme(), "reference": EditScheme(mode="reference", counted=1)}
BONDS = {"exact": draw_bonds, "reference": draw_bonds_per_direction}

COLUMNS = {"what": "", "molecules_per_cpu_second": ",.0f", "cpu_seconds": ".2f", "growth_mb": ".0f"}


def molecules() -> GraphCollection:
    """The molecules, the same on every run."""
    chosen = []
    for name in SETS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # molecules that have no graph are left out
            graphs = load(name, split="none").graphs
        fits = [i for i in range(len(graphs)) if fit(graphs.node_ptr, graphs.edge_index, graphs.edge_ptr, i)]
        order = torch.randperm(len(fits), generator=torch.Generator().manual_seed(0))[:EACH]
        chosen += [graphs[fits[i]] for i in order.tolist()]
    return GraphCollection.of(chosen)


def fit(nodes: Tensor, edges: Tensor, bounds: Tensor, i: int) -> bool:
    """Whether a molecule has 10 to 45 atoms and each of them a bond."""
    n = int(nodes[i + 1] - nodes[i])
    ends = edges[0, int(bounds[i]) : int(bounds[i + 1])]
    return 10 <= n <= 45 and len(torch.unique(ends)) == n


def batches(graphs: GraphCollection) -> Iterator[Tensor]:
    """Which molecules each batch has."""
    yield from torch.arange(len(graphs)).split(SIZE)


def maker(mode: str) -> Callable[..., Any]:
    """What makes the candidates of D-SLA on molecules."""
    return partial(edit_candidates, scheme=SCHEMES[mode], new_attributes=BONDS[mode], mask_token=(119, 0))


def gather() -> Callable[[], Any]:
    """Collation alone, of the molecules as they are."""
    torch.set_num_threads(1)
    graphs = molecules()
    return lambda: sum(len(graphs.batch(index).ptr) - 1 for index in batches(graphs))


def ours(mode: str, draw: str) -> Callable[[], Any]:
    """Collation and perturbation."""
    torch.set_num_threads(1)
    graphs = molecules()
    make = maker(mode)
    generator = torch.Generator().manual_seed(0)

    def once() -> int:
        for index in batches(graphs):
            make(graphs.batch(index), draw=draw, generator=generator)
        return len(graphs)

    return once


def authors() -> Callable[[], Any]:
    """Perturbation and collation as the authors do it."""
    torch.set_num_threads(1)
    np.random.seed(0)  # noqa: NPY002  (as authors_edits.py draws)
    graphs = list(molecules())

    def once() -> int:
        for index in batches_of(graphs):
            perturbed_batch(index)
        return len(graphs)

    return once


def batches_of(graphs: list[Any]) -> Iterator[list[Any]]:
    """The same batches of single graphs."""
    for start in range(0, len(graphs), SIZE):
        yield graphs[start : start + SIZE]


class Timed:
    """A function whose CPU seconds add up."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.seconds = function, 0.0

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        """Call it."""
        start = time.process_time()
        result = self.function(*arguments, **settings)
        self.seconds += time.process_time() - start
        return result


def step(mode: str, precision: str, steps: int) -> Callable[[], Any]:
    """Training steps of D-SLA at its published size, perturbation and collation included."""
    torch.set_num_threads(1)
    graphs = molecules()[: steps * SIZE]
    encoder = MoleculeGIN()
    module = DiscrepancyModule(
        encoder,
        encoder.out_channels,
        Timed(maker(mode)),
        edit_weight=2.8,
        margin_weight=0.5,
        margin=5.0,
        margin_candidates=SCHEMES[mode].candidates,
    )
    runtime = Runtime.launch("cpu", precision, 0)

    def once() -> dict[str, float]:
        start, before = time.process_time(), module.candidates.seconds
        train(module, GraphBatches(graphs), [Stage("pretrain", 1, 1e-3, batch_size=SIZE)], runtime)
        share = (module.candidates.seconds - before) / (time.process_time() - start)
        return {"molecules": len(graphs), "share": share}

    return once


def main() -> None:
    """Measure and report."""
    graphs = molecules()
    mean = [len(graphs.x) / len(graphs), graphs.edge_index.shape[1] / 2 / len(graphs)]
    rows = [
        rate("collation alone", measure(gather, 5), len(graphs)),
        *(
            rate(f"candidates, {mode}, {draw}", measure(ours, 5, mode=mode, draw=draw), len(graphs))
            for mode in ("exact", "reference")
            for draw in ("auto", "dense", "sparse")
        ),
        rate("candidates, the authors' way", measure(authors, 2), len(graphs)),
    ]
    by_name = {row["what"]: row["molecules_per_cpu_second"] for row in rows}
    theirs, mine = by_name["candidates, the authors' way"], by_name["candidates, reference, auto"]
    exact = by_name["candidates, exact, auto"]
    native = computes_bfloat16(torch.device("cpu"))
    steps = [training(precision) for precision in (("fp32", "bf16") if native else ("fp32",))]
    claims = {
        "molecules": f"{len(graphs)}, mean {mean[0]:.1f} atoms and {mean[1]:.1f} bonds",
        "candidates and collation: at least 8,000 molecules per CPU second": (
            f"{exact:,.0f} exact, {mine:,.0f} as published"
        ),
        f"the authors' way costs what the sheet measured, {LOADER} per CPU second within 1.5x": (
            f"{theirs:,.0f}, {theirs / LOADER:.2f}x: {'yes' if LOADER / 1.5 <= theirs <= 1.5 * LOADER else 'NO'}"
        ),
        "at least 20 times the authors' way": f"{mine / theirs:.0f}x as published, {exact / theirs:.0f}x exact",
        f"a training step at least 1.5 times {STEP} molecules per CPU second": ", ".join(
            f"{row['what'].split()[-1]} {row['molecules_per_cpu_second']:.0f} "
            f"({row['molecules_per_cpu_second'] / STEP:.2f}x, {row['share']:.1%} of it candidates)"
            for row in steps
        )
        + ("" if native else "; no bfloat16 here"),
    }
    report("edits", claims, [*rows, *steps], COLUMNS)


def training(precision: str) -> dict[str, Any]:
    """The row of a training step."""
    row = measure(step, 3, mode="exact", precision=precision, steps=3)
    return {**rate(f"training step, {precision}", row, row["value"]["molecules"]), **row["value"]}


def rate(what: str, row: dict[str, Any], count: int) -> dict[str, Any]:
    """A measurement with its name and its molecules per CPU second."""
    return {**row, "what": what, "molecules_per_cpu_second": count / row["cpu_seconds"]}


if __name__ == "__main__":
    main()
