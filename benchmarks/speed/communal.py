"""Claim: for 8,192 nodes gCooL's contrast in blocks is at least 1.5 times as fast as dense, in a fifth the memory.

And its DeCA costs as much as the graph has edges. Dense is the published code's algorithm in plain torch, with
autograd: the matrix of all cosines, softmax by rows; for DeCA the dense adjacency. Last, one epoch of the whole
method on Amazon-Photo with its own recipe; that row needs GRAPHCL_DATA.

    python benchmarks/speed/communal.py [--sizes 4096,8192,16384] [--edges 10000,100000,1000000]
"""

import argparse
import time
from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from measure import measure, report
from torch import Tensor

from graphcl import GCooL
from graphcl.datasets import load
from graphcl.objectives import dense_community_aggregation, info_nce

TEMPERATURE, CHANNELS, COMMUNITIES = 0.4, 64, 10
DENSE_NODES, DENSE_EDGES = 8_192, 100_000
"""The most that the dense sides are run with: beyond, their matrices take gigabytes."""


def contrast(n: int, way: str) -> Callable[[], float]:
    """Loss and both gradients of the contrast of two views."""
    generator = torch.Generator().manual_seed(0)
    views = [F.normalize(torch.randn(n, CHANNELS, generator=generator)).requires_grad_() for _ in range(2)]

    def once() -> float:
        for view in views:
            view.grad = None
        u, v = views
        loss = info_nce(u, v, temperature=TEMPERATURE, partition="blocked") if way == "ours" else published(u, v)
        loss.backward()
        return loss.item()

    return once


def published(u: Tensor, v: Tensor) -> Tensor:
    """The mean of -log of the diagonal's share of its row of exponentials."""
    similarity = torch.exp(u @ v.T / TEMPERATURE)
    return -torch.log(similarity.diag() / similarity.sum(1)).mean()


def aggregation(edges: int, way: str) -> Callable[[], float]:
    """Loss and gradient of DeCA on a random graph of ten edges a node."""
    generator = torch.Generator().manual_seed(0)
    n = edges // 10
    edge_index = torch.randint(n, (2, edges), generator=generator)
    scores = torch.randn(n, COMMUNITIES, generator=generator).requires_grad_()
    dense = torch.zeros(n, n) if way == "dense" else None
    if dense is not None:
        dense[edge_index[0], edge_index[1]] = 1

    def once() -> float:
        scores.grad = None
        assign = scores.softmax(1)
        loss = dense_community_aggregation(assign, edge_index) if dense is None else published_deca(assign, dense)
        loss.backward()
        return loss.item()

    return once


def published_deca(assign: Tensor, adjacency: Tensor, inter_weight: float = 1.0) -> Tensor:
    """The reference form with dense products."""
    n = len(assign)
    edges = assign.T @ adjacency @ assign
    links = inter_weight * edges.sum() - (n - 1 + inter_weight) * edges.trace()
    return links / (n * (n - 1)) + (assign.T @ assign).trace() / (2 * n)


def epochs(dataset: str) -> Callable[[], float]:
    """A few epochs of the method; returns the CPU seconds of one."""
    graph = load(dataset).graph
    model = GCooL.from_recipe(dataset, n_clusters=8, epochs=4)

    def once() -> float:
        marks: list[float] = []
        model.fit(graph, callbacks=[lambda _: marks.append(time.process_time())])
        seconds = [after - before for before, after in pairwise(marks)]
        return sum(seconds) / len(seconds)

    return once


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="4096,8192,16384")
    parser.add_argument("--edges", default="10000,100000,1000000")
    given = parser.parse_args()
    rows = []
    for n in map(int, given.sizes.split(",")):
        ways = ("dense", "ours") if n <= DENSE_NODES else ("ours",)
        rows += [{"part": "node contrast", "size": n, **measure(contrast, 3, n=n, way=way)} for way in ways]
    for count in map(int, given.edges.split(",")):
        ways = ("dense", "ours") if count <= DENSE_EDGES else ("ours",)
        rows += [{"part": "DeCA", "size": count, **measure(aggregation, 3, edges=count, way=way)} for way in ways]
    epoch = measure(epochs, 1, dataset="amazon-photo")
    rows.append({"part": "epoch on amazon-photo", "way": "ours", **epoch, "cpu_seconds": epoch["value"]})
    found = {(row["part"], row.get("size"), row["way"]): row for row in rows}
    dense, ours = (found["node contrast", DENSE_NODES, way] for way in ("dense", "ours"))
    claims = {
        "contrast at n = 8,192, dense / ours, CPU seconds (at least 1.5)": (
            f"{dense['cpu_seconds'] / ours['cpu_seconds']:.1f}"
        ),
        "memory growth, ours / dense (at most 0.2)": f"{ours['growth_mb'] / dense['growth_mb']:.2f}",
        "CPU seconds of an epoch on amazon-photo": f"{epoch['value']:.2f}",
    }
    columns = {
        "part": "", "size": ",", "way": "", "cpu_seconds": ".4f", "wall_seconds": ".3f", "growth_mb": ".0f",
        "value": ".5f",
    }  # fmt: skip
    report("communal", claims, rows, columns)


if __name__ == "__main__":
    main()
