"""Claim: the contrast against all nodes takes time and memory linear in n; a million nodes take 20 s at most.

Loss and gradient of SCGC*'s contrast with walks of one step on a random graph of 5 n edges; embeddings of 10
dimensions. Dense and blocked run beside the series until they take more than a minute or 10 GB.

    python benchmarks/speed/scaling.py [--sizes 3000,10000,100000,1000000] [--tau 0.5]
"""

import argparse
from collections.abc import Callable

import torch
from measure import HERE, measure, report, slope

from graphcl.objectives import influence_contrast
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.ops.random_walks.walk_matrices import cumulative_influence, transition_matrix, walk_volumes

ENDS = {"dense": 10_000, "blocked": 100_000}
"""The most rows of each."""


def contrast_and_gradient(n: int, tau: float, method: str) -> Callable[[], float]:
    """One step without the encoder."""
    generator = torch.Generator().manual_seed(0)
    edges = torch.randint(n, (2, 5 * n), generator=generator)
    positives = from_scipy(cumulative_influence(transition_matrix(edges, n), 1))
    volume = torch.from_numpy(walk_volumes(edges, n)).float()
    z = torch.randn(n, 10, generator=generator).requires_grad_()

    def once() -> float:
        z.grad = None
        loss = influence_contrast(z, positives, tau=tau, volume=volume, summation=method)
        loss.backward()
        return loss.item()

    return once


def inputs_alone(n: int, tau: float, method: str) -> Callable[[], float]:
    """The same without the contrast: what its memory is counted from."""
    once = contrast_and_gradient(n, tau, method)
    return lambda: float(callable(once))


def main() -> None:
    """Measure every size and write the record and the plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="3000,10000,100000,1000000")
    parser.add_argument("--tau", type=float, default=0.5)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]

    rows = []
    for method in ("dense", "blocked", "series"):
        for n in (size for size in sizes if size <= ENDS.get(method, size)):
            repeats = 3 if n <= 10_000 or method == "series" else 1
            row = measure(contrast_and_gradient, repeats, n=n, tau=given.tau, method=method)
            inputs = measure(inputs_alone, 1, n=n, tau=given.tau, method=method)
            rows.append({**row, "step_mb": row["growth_mb"] - inputs["growth_mb"]})
    series = [row for row in rows if row["method"] == "series" and row["n"] >= 10_000]
    largest = series[-1]
    claims = {
        "growth of time from n = 10,000, exponent (at most 1.1)": f"{growth(series, 'cpu_seconds'):.2f}",
        "growth of memory, exponent (at most 1.05)": f"{growth(series, 'growth_mb'):.2f}",
        f"CPU seconds at n = {largest['n']:,} (at most 20 on two cores)": f"{largest['cpu_seconds']:.1f}",
    }
    columns = {
        "method": "", "n": ",", "tau": "", "cpu_seconds": ".3f", "wall_seconds": ".3f", "growth_mb": ".0f",
        "step_mb": ".0f", "value": ".6f",
    }  # fmt: skip
    report("scaling", claims, rows, columns)
    plot(rows)


def growth(rows: list[dict], key: str) -> float:
    """The exponent of n that the figures grow with."""
    return slope([row["n"] for row in rows], [row[key] for row in rows])


def plot(rows: list[dict]) -> None:
    """Seconds and memory against n, both logarithmic; needs the extra `plot`."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        print("no plot: matplotlib is not installed; pip install graphcl[plot]")
        return
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    for axes, key, quantity in zip(
        figure.subplots(1, 2), ("cpu_seconds", "growth_mb"), ("CPU seconds", "memory, MB"), strict=True
    ):
        for method in dict.fromkeys(row["method"] for row in rows):
            line = [row for row in rows if row["method"] == method]
            title = f"{method}, slope {growth(line, key):.2f}"
            axes.loglog([row["n"] for row in line], [row[key] for row in line], marker="o", label=title)
        axes.set(xlabel="nodes", title=quantity)
        axes.grid(alpha=0.3)
        axes.legend()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "graphcl"}):
        figure.savefig(HERE.parents[1] / "docs" / "figures" / "scaling.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
