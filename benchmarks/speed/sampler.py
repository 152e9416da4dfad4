"""Claim: of power-law graphs 1,024 seeds are sampled in 30 ms at (10, 10), in 120 ms at (15, 10, 5), and rows.

Two graphs of ogbn-arxiv's size: 169,343 nodes, 1.17 million undirected edges, 128 features; one with power-law
degrees, one with edges anywhere. Ours without and with replacement, and as the batches of a training are made
(degrees and checks included). Beside it a sampler in plain Python, with adjacency lists, `random.sample` and
dicts, and PyG's `NeighborLoader` where it can run, which needs pyg-lib or torch-sparse. Each is timed in a process
of its own, by the CPU time of its one thread; memory is that of graph, sampler and batch.

    python benchmarks/speed/sampler.py
"""

import random
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measure import measure, report
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.loader import NeighborLoader

from graphcl.training import NeighborSampler, NodeBatches

NODES, EDGES, FEATURES, SEEDS = 169_343, 1_166_243, 128, 1024
REPEATS = 9
FANOUTS = ((10, 10), (15, 10, 5))
TITLES = {
    "ours": "NeighborSampler",
    "ours_replace": "NeighborSampler, with replacement",
    "ours_batches": "NodeBatches",
    "theirs_python": "plain Python",
    "theirs_pyg": "PyG NeighborLoader",
}


def write_graph(folder: Path, kind: str) -> None:
    """Save a graph, edges in both directions: ends by weights k^-0.5 for "power law", anywhere for "uniform"."""
    draw = torch.Generator().manual_seed(0)
    if kind == "uniform":
        ends = torch.randint(NODES, (2, EDGES), generator=draw)
    else:
        weight = torch.arange(1, NODES + 1, dtype=torch.double).rsqrt()[torch.randperm(NODES, generator=draw)]
        share = torch.cumsum(weight / weight.sum(), 0)
        ends = torch.searchsorted(share, torch.rand(2, EDGES, dtype=torch.double, generator=draw))
    edges = torch.cat([ends, ends.flip(0)], dim=1).clamp(max=NODES - 1)
    np.save(folder / "edges.npy", edges[:, torch.argsort(edges[0] * NODES + edges[1])].numpy())
    np.save(folder / "x.npy", torch.randn(NODES, FEATURES, generator=draw).numpy())


def read_graph(folder: str) -> Data:
    """The graph that was saved."""
    torch.set_num_threads(1)
    x, edges = (torch.from_numpy(np.load(Path(folder) / name)) for name in ("x.npy", "edges.npy"))
    return Data(x=x, edge_index=edges, num_nodes=NODES)


def seeds_of(draw: torch.Generator) -> Tensor:
    """The seeds of a batch; their draw is not timed."""
    return torch.randperm(NODES, generator=draw)[:SEEDS]


def ours(folder: str, fanouts: tuple[int, ...], replace: bool = False) -> Callable[[], int]:
    """The sampler and the rows of its nodes."""
    graph, draw = read_graph(folder), torch.Generator().manual_seed(1)
    sampler = NeighborSampler(graph.edge_index, NODES)
    seeds = iter([seeds_of(draw) for _ in range(REPEATS + 1)])

    def once() -> int:
        n_id, _, _ = sampler.sample(next(seeds), fanouts, draw, replace=replace)
        return len(graph.x.index_select(0, n_id))

    return once


def ours_replace(folder: str, fanouts: tuple[int, ...]) -> Callable[[], int]:
    """The same with replacement."""
    return ours(folder, fanouts, replace=True)


def ours_batches(folder: str, fanouts: tuple[int, ...]) -> Callable[[], int]:
    """Batches as a training takes them."""
    draw = torch.Generator().manual_seed(1)
    batches = NodeBatches(read_graph(folder))
    seeds = iter([seeds_of(draw) for _ in range(REPEATS + 1)])
    return lambda: len(batches.sample(next(seeds), fanouts, draw).x)


def theirs_python(folder: str, fanouts: tuple[int, ...]) -> Callable[[], int]:
    """Adjacency lists, `random.sample` and a dict of places, node by node."""
    graph, draw = read_graph(folder), torch.Generator().manual_seed(1)
    neighbours: list[list[tuple[int, int]]] = [[] for _ in range(NODES)]
    for e, (source, target) in enumerate(graph.edge_index.T.tolist()):
        neighbours[target].append((source, e))
    chance = random.Random(1)  # noqa: S311  (no secret)
    seeds = iter([seeds_of(draw).tolist() for _ in range(REPEATS + 1)])

    def once() -> int:
        frontier = next(seeds)
        place = {node: i for i, node in enumerate(frontier)}
        edges = []
        for fanout in fanouts:
            reached = []
            for node in frontier:
                around = neighbours[node]
                for source, e in around if len(around) <= fanout else chance.sample(around, fanout):
                    if source not in place:
                        place[source] = len(place)
                        reached.append(source)
                    edges.append((place[source], place[node], e))
            frontier = reached
        torch.tensor(edges)
        return len(graph.x.index_select(0, torch.tensor(list(place))))

    return once


def theirs_pyg(folder: str, fanouts: tuple[int, ...]) -> Callable[[], int]:
    """PyG's loader, in the same process."""
    graph, draw = read_graph(folder), torch.Generator().manual_seed(1)
    seeds = torch.cat([seeds_of(draw) for _ in range(REPEATS + 1)])
    batches = iter(NeighborLoader(graph, list(fanouts), input_nodes=seeds, batch_size=SEEDS))
    return lambda: len(next(batches).x)


def main() -> None:
    """Measure all and write the record."""
    table: list[dict[str, Any]] = []
    claims = {}
    runs_pyg = any(map(find_spec, ("pyg_lib", "torch_sparse")))
    works = (ours, ours_replace, ours_batches, theirs_python, *([theirs_pyg] if runs_pyg else []))
    for kind in ("power law", "uniform"):
        with tempfile.TemporaryDirectory() as folder:
            write_graph(Path(folder), kind)
            for fanouts in FANOUTS:
                ways = {}
                for work in works:
                    row = measure(work, REPEATS, folder=folder, fanouts=fanouts)
                    ways[work.__name__] = row["milliseconds"] = 1000 * row["cpu_seconds"]
                    shown = {"way": TITLES[work.__name__], "degrees": kind, **row, "fanouts": str(fanouts)}
                    table.append({key: value for key, value in shown.items() if key != "folder"})
                claims[f"CPU milliseconds, {kind}, {fanouts}, without / with replacement / as a batch"] = (
                    f"{ways['ours']:.0f} / {ways['ours_replace']:.0f} / {ways['ours_batches']:.0f}"
                )
                claims[f"time, {kind}, {fanouts}, plain Python / ours"] = (
                    f"{ways['theirs_python'] / ways['ours']:.0f}"
                )
                if runs_pyg:
                    claims[f"time, {kind}, {fanouts}, PyG / ours"] = f"{ways['theirs_pyg'] / ways['ours']:.1f}"
    if not runs_pyg:
        claims["PyG NeighborLoader"] = "could not be run: neither pyg-lib nor torch-sparse can be imported here"
    columns = {
        "way": "", "degrees": "", "fanouts": "", "milliseconds": ".1f", "wall_seconds": ".3f", "growth_mb": ".0f",
        "value": ",",
    }  # fmt: skip
    report("sampler", claims, table, columns)


if __name__ == "__main__":
    main()
