"""Claim: beyond 10,000 nodes Leiden takes at most twice what leidenalg alone takes, at the same modularity.

A planted partition of five blocks, eight edges of a node within its block and two beyond. leidenalg as its users
call it: `find_partition`, one start from single nodes, two passes. Leiden with its defaults, for five clusters and
for as many as modularity asks for; and with five starts of ten passes, which it makes in smaller graphs.

    python benchmarks/speed/leiden.py [--nodes 20000 100000]
"""

import argparse
from collections.abc import Callable

import igraph
import leidenalg
import torch
from measure import measure, report
from torch_geometric.data import Data

from graphcl import Leiden
from graphcl.datasets import planted_partition
from graphcl.evaluation import modularity

K = 5
TITLES = {
    "theirs": "leidenalg alone",
    "ours": "Leiden(n_clusters=5)",
    "ours_auto": "Leiden()",
    "ours_thorough": "Leiden(n_clusters=5, n_init=5, n_iterations=10)",
}


def blocks(n: int) -> Data:
    """The graph."""
    return planted_partition(nodes=n, blocks=K, degree_in=8.0, degree_out=2.0, features=1).graph


def network(graph: Data) -> igraph.Graph:
    """The same as igraph has it."""
    row, column = graph.edge_index
    return igraph.Graph(n=graph.num_nodes, edges=graph.edge_index[:, row < column].T.numpy())


def theirs(n: int) -> Callable[[], float]:
    """`find_partition` with its defaults."""
    graph = blocks(n)
    edges = network(graph)

    def once() -> float:
        found = leidenalg.find_partition(edges, leidenalg.ModularityVertexPartition, seed=0)
        return modularity(graph.edge_index, torch.tensor(found.membership))

    return once


def ours(n: int) -> Callable[[], float]:
    """The method with its defaults."""
    graph = blocks(n)
    return lambda: modularity(graph.edge_index, Leiden(n_clusters=K).fit_predict(graph))


def ours_auto(n: int) -> Callable[[], float]:
    """The same without a number of clusters."""
    graph = blocks(n)
    return lambda: modularity(graph.edge_index, Leiden().fit_predict(graph))


def ours_thorough(n: int) -> Callable[[], float]:
    """Five starts of ten passes."""
    graph = blocks(n)
    method = Leiden(n_clusters=K, n_init=5, n_iterations=10)
    return lambda: modularity(graph.edge_index, method.fit_predict(graph))


def main() -> None:
    """Measure all and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=[20_000, 100_000])
    table, claims = [], {}
    for n in parser.parse_args().nodes:
        works = (theirs, ours, ours_auto, ours_thorough) if n <= 20_000 else (theirs, ours, ours_auto)
        ways = {work.__name__: measure(work, n=n) for work in works}
        table += [{"way": TITLES[name], **row} for name, row in ways.items()]
        seconds = {name: row["cpu_seconds"] for name, row in ways.items()}
        claims[f"CPU seconds at {n:,} nodes, Leiden(n_clusters=5) / leidenalg alone"] = (
            f"{seconds['ours'] / seconds['theirs']:.1f}"
        )
        claims[f"CPU seconds at {n:,} nodes, Leiden() / leidenalg alone"] = (
            f"{seconds['ours_auto'] / seconds['theirs']:.1f}"
        )
        claims[f"modularity at {n:,} nodes, Leiden(n_clusters=5) - leidenalg alone"] = (
            f"{ways['ours']['value'] - ways['theirs']['value']:.4f}"
        )
    columns = {
        "way": "", "n": ",", "cpu_seconds": ".1f", "wall_seconds": ".1f", "growth_mb": ".0f", "value": ".4f",
    }  # fmt: skip
    report("leiden", claims, table, columns)


if __name__ == "__main__":
    main()
