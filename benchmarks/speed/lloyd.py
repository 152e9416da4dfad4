"""Claim: from the same starts, Lloyd's iterations in torch end where scikit-learn's do, without an n x k matrix.

A million rows in ten dimensions, ten overlapping clusters, four starts. scikit-learn with its own starts, which is
what `kmeans` takes on a CPU; scikit-learn from the starts that torch has; torch, which is what `kmeans` takes on a
GPU, here on the CPU. Memory is counted from before the rows are made.

    python benchmarks/speed/lloyd.py [--rows 1000000]
"""

import argparse
from collections.abc import Callable

import torch
from measure import measure, report
from sklearn.cluster import KMeans

from graphcl.heads import kmeans, kmeans_starts, lloyd

K, D, STARTS = 10, 10, 4
TITLES = {
    "theirs": "scikit-learn, own starts",
    "theirs_same_starts": "scikit-learn, same starts",
    "ours": "torch, same starts",
}


def rows(n: int) -> torch.Tensor:
    """Ten clusters whose centres are about four standard deviations apart."""
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(K, D, generator=generator)
    return torch.randn(n, D, generator=generator).add_(centres[torch.randint(K, (n,), generator=generator)])


def inertia(z: torch.Tensor, labels: torch.Tensor, centres: torch.Tensor) -> float:
    """The sum of squared distances to the centres."""
    parts = zip(z.split(100_000), labels.split(100_000), strict=True)
    return sum(float((part - centres[own]).square().sum(dtype=torch.double)) for part, own in parts)


def theirs(n: int) -> Callable[[], float]:
    """`kmeans` on the CPU."""
    z = rows(n)
    return lambda: inertia(z, *kmeans(z, K, n_init=STARTS))


def theirs_same_starts(n: int) -> Callable[[], float]:
    """scikit-learn, told where to start."""
    z = rows(n)

    def once() -> float:
        starts = kmeans_starts(z, K, n_init=STARTS, seed=0)
        return min(float(KMeans(K, init=start.numpy(), n_init=1).fit(z.numpy()).inertia_) for start in starts)

    return once


def ours(n: int) -> Callable[[], float]:
    """`kmeans` on another device."""
    z = rows(n)
    return lambda: inertia(z, *lloyd(z, kmeans_starts(z, K, n_init=STARTS, seed=0)))


def main() -> None:
    """Measure the three and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    n = parser.parse_args().rows
    table = [{"way": TITLES[work.__name__], **measure(work, n=n)} for work in (theirs, theirs_same_starts, ours)]
    own, same, torch_way = table
    claims = {
        "inertia, torch / scikit-learn from the same starts": f"{torch_way['value'] / same['value']:.6f}",
        "inertia, torch / scikit-learn from its own starts": f"{torch_way['value'] / own['value']:.6f}",
        "CPU seconds on the CPU, torch / scikit-learn from the same starts": (
            f"{torch_way['cpu_seconds'] / same['cpu_seconds']:.1f}"
        ),
        "memory growth, torch / scikit-learn from the same starts": (
            f"{torch_way['growth_mb'] / same['growth_mb']:.2f}"
        ),
    }
    columns = {
        "way": "", "n": ",", "cpu_seconds": ".1f", "wall_seconds": ".1f", "growth_mb": ".0f", "value": ",.0f",
    }  # fmt: skip
    report("lloyd", claims, table, columns)


if __name__ == "__main__":
    main()
