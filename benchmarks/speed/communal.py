"""Claim: for 8,192 nodes gCooL's contrast in blocks is at least 1.5 times as fast as dense, in a fifth the memory.

And its DeCA costs as much as the graph has edges. Dense is the published code's algorithm in plain torch, with
autograd: the matrix of all cosines, softmax by rows; for DeCA the dense adjacency. Last, one epoch of the whole
method on Amazon-Photo with its own recipe, beside the same epoch with dense losses on PyG's layers; that part
needs GRAPHCL_DATA.

    python benchmarks/speed/communal.py [--sizes 4096,8192,16384] [--edges 10000,100000,1000000]
"""

import argparse
import time
from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from measure import measure, report
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv

from graphcl import GCooL
from graphcl.datasets import load
from graphcl.methods.bases.gcool_module import GCooLModule
from graphcl.methods.bases.views import Dropping
from graphcl.objectives import dense_community_aggregation, info_nce

TEMPERATURE, CHANNELS, COMMUNITIES = 0.4, 64, 10
EPOCH = "epoch on amazon-photo"
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
        ours = way == "ours"
        loss = (
            info_nce(u, v, temperature=TEMPERATURE, summation="blocked") if ours else published(u, v, TEMPERATURE)
        )
        loss.backward()
        return loss.item()

    return once


def published(u: Tensor, v: Tensor, temperature: float) -> Tensor:
    """The mean of -log of the diagonal's share of its row of exponentials."""
    similarity = torch.exp(u @ v.T / temperature)
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


class PublishedEncoder(nn.Module):
    """Two of PyG's layers, which send one message per edge."""

    def __init__(self, in_channels: int, hidden_channels: int, out_channels: int) -> None:
        super().__init__()
        self.first, self.second = GCNConv(in_channels, hidden_channels), GCNConv(hidden_channels, out_channels)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Rows of nodes; Amazon-Photo's recipe has ReLU after both layers."""
        return F.relu(self.second(F.relu(self.first(x, edge_index)), edge_index))


class PublishedModule(GCooLModule):
    """The same losses by dense matrices."""

    def node_contrast(self, h1: Tensor, h2: Tensor) -> Tensor:
        """From the matrix of all cosines."""
        return published(h1, h2, self.head.temperature)

    def aggregation(self, assign: Tensor, edge_index: Tensor) -> Tensor:
        """From the dense adjacency, made anew for every view."""
        dense = assign.new_zeros(len(assign), len(assign))
        dense[edge_index[0], edge_index[1]] = 1
        return published_deca(assign, dense, self.inter_weight)


class PublishedGCooL(GCooL):
    """The method with these two."""

    def _build(self, data: Data) -> PublishedModule:
        encoder = PublishedEncoder(data.x.size(1), self.hidden_channels, self.out_channels)
        dropping = Dropping(self.edge_rates, self.feature_rates, self.centrality, self.feature_rule)
        return PublishedModule(encoder, self._projector(), self._head(), dropping, **self._settings())


def epochs(dataset: str, way: str) -> Callable[[], dict[str, float]]:
    """A few epochs of the method; returns the CPU seconds of one, and the last loss."""
    graph = load(dataset).graph
    model = {"ours": GCooL, "dense": PublishedGCooL}[way].from_recipe(dataset, n_clusters=8, epochs=4)

    def once() -> dict[str, float]:
        marks: list[float] = []
        model.fit(graph, callbacks=[lambda _: marks.append(time.process_time())])
        seconds = [after - before for before, after in pairwise(marks)]
        return {"seconds": sum(seconds) / len(seconds), "loss": model.history_[-1]["loss"]}

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
    for way in ("dense", "ours"):
        row = measure(epochs, 1, dataset="amazon-photo", way=way)
        value = row.pop("value")
        rows.append(
            {"part": EPOCH, **row, "cpu_seconds": value["seconds"], "wall_seconds": None, "value": value["loss"]}
        )
    found = {(row["part"], row.get("size"), row["way"]): row for row in rows}
    dense, ours = (found["node contrast", DENSE_NODES, way] for way in ("dense", "ours"))
    epoch = {way: found[EPOCH, None, way] for way in ("dense", "ours")}
    claims = {
        "contrast at n = 8,192, dense / ours, CPU seconds (at least 1.5)": (
            f"{dense['cpu_seconds'] / ours['cpu_seconds']:.1f}"
        ),
        "memory growth, ours / dense (at most 0.2)": f"{ours['growth_mb'] / dense['growth_mb']:.2f}",
        "CPU seconds of an epoch on amazon-photo": f"{epoch['ours']['cpu_seconds']:.2f}",
        "the same epoch, dense / ours": f"{epoch['dense']['cpu_seconds'] / epoch['ours']['cpu_seconds']:.1f}",
        "memory growth of four epochs, ours / dense": (
            f"{epoch['ours']['growth_mb'] / epoch['dense']['growth_mb']:.2f}"
        ),
    }
    columns = {
        "part": "", "size": ",", "way": "", "cpu_seconds": ".4f", "wall_seconds": ".3f", "growth_mb": ".0f",
        "value": ".5f",
    }  # fmt: skip
    report("communal", claims, rows, columns)


if __name__ == "__main__":
    main()
