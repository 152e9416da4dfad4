"""Claim: at n = 10,000, tau = 0.25 the series is at least 20 times as fast as dense; `auto` is near the fastest.

Near is at most 1.3 times its CPU seconds, in each of 12 cells. Loss and gradient of the mean of
`all_pairs_logsumexp`, embeddings spread over the unit sphere in 10 dimensions.

    python benchmarks/speed/partition_grid.py [--sizes 1000,3000,10000] [--repeats 5]
"""

import argparse
from collections.abc import Callable
from itertools import product

import torch
from measure import measure, report

from graphcl.objectives import all_pairs_logsumexp, choose_summation

TAUS = (0.25, 0.5, 1.0, 2.25)
DENSE_AT_MOST = 10_000
"""Rows: beyond, three matrices of pairs would take more than 10 GB."""


def loss_and_gradient(n: int, tau: float, method: str) -> Callable[[], float]:
    """One step of what a training does."""
    z = torch.randn(n, 10, generator=torch.Generator().manual_seed(0))
    u = torch.nn.functional.normalize(z).requires_grad_()

    def once() -> float:
        u.grad = None
        loss = all_pairs_logsumexp(u, scale=tau, method=method).mean()
        loss.backward()
        return loss.item()

    return once


def main() -> None:
    """Measure every cell and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,3000,10000")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]

    rows, worst, gain = [], 0.0, 0.0
    for n, tau in product(sizes, TAUS):
        methods = ["dense", "blocked", "series"] if n <= DENSE_AT_MOST else ["blocked", "series"]
        cell = {
            method: measure(loss_and_gradient, given.repeats, n=n, tau=tau, method=method) for method in methods
        }
        chosen = choose_summation(n, n, 10, scale=tau, device=torch.device("cpu"))
        fastest = min(side["cpu_seconds"] for side in cell.values())
        ratio = cell[chosen]["cpu_seconds"] / fastest
        worst = max(worst, ratio)
        for method, side in cell.items():
            error = abs(side["value"] - cell["blocked"]["value"])
            times = cell["dense"]["cpu_seconds"] / side["cpu_seconds"] if "dense" in cell else None
            mark = ratio if method == chosen else None
            rows.append({**side, "dense / this": times, "auto / fastest": mark, "error": error})
            if (n, tau, method) == (10_000, 0.25, "series"):
                gain = times
    cells = len(sizes) * len(TAUS)
    claims = {
        f"auto over the fastest way, worst of {cells} cells (at most 1.3)": f"{worst:.2f}",
        "dense over series, n = 10,000, tau = 0.25 (at least 20)": f"{gain:.0f}",
    }
    columns = {
        "n": ",", "tau": "", "method": "", "cpu_seconds": ".4f", "wall_seconds": ".4f", "growth_mb": ".0f",
        "dense / this": ".1f", "auto / fastest": ".2f", "error": ".1e",
    }  # fmt: skip
    report("partition_grid", claims, rows, columns)


if __name__ == "__main__":
    main()
