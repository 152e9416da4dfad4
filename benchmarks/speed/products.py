"""Claim: a product with an adjacency matrix and its gradient cost less by strips and in CSR than torch's own.

What a GCN layer does once features have been mapped, M X and M' G, on graphs of different crowding: ACM's relation
"papers of one subject" (730 neighbours a node), Amazon-Photo (31), PubMed (4.5). Both sides are checked to agree.

    GRAPHCL_DATA=... python benchmarks/speed/products.py
"""

import argparse
from collections.abc import Callable

import torch
from measure import measure, report

from graphcl.datasets import load
from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.graph_matrices.sparse_product import multiply

GRAPHS = ("acm-multiplex", "amazon-photo", "pubmed")
WIDTHS = (256, 512)


def setting(dataset: str, width: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The matrix, X with gradients, and G."""
    graph = load(dataset).graph
    edges = graph.edge_index[:, graph.edge_type == 1] if "edge_type" in graph else graph.edge_index
    generator = torch.Generator().manual_seed(0)
    n = graph.x.size(0)
    values = torch.rand(edges.size(1), generator=generator)
    matrix = csr_from_edges(edges[1], edges[0], values, (n, n))
    x, g = (torch.randn(n, width, generator=generator) for _ in range(2))
    return matrix, x.requires_grad_(), g


def theirs(dataset: str, width: int) -> Callable[[], float]:
    """Torch's product and its gradient."""
    matrix, x, g = setting(dataset, width)
    return lambda: float(torch.autograd.grad(matrix @ x, x, g)[0].norm())


def ours(dataset: str, width: int) -> Callable[[], float]:
    """`multiply` and its gradient."""
    matrix, x, g = setting(dataset, width)
    return lambda: float(torch.autograd.grad(multiply(matrix, x), x, g)[0].norm())


def main() -> None:
    """Measure both and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    rows, claims = [], {}
    for dataset in GRAPHS:
        for width in WIDTHS:
            pair = [measure(work, repeats, dataset=dataset, width=width) for work in (theirs, ours)]
            if abs(pair[0]["value"] / pair[1]["value"] - 1) > 1e-4:
                raise AssertionError(f"the sides differ on {dataset}: {pair[0]['value']} and {pair[1]['value']}")
            rows += [{"way": way, **row} for way, row in zip(("torch", "multiply"), pair, strict=True)]
            times, memory = (pair[0][key] / pair[1][key] for key in ("cpu_seconds", "growth_mb"))
            claims[f"{dataset}, width {width}: CPU seconds, torch / ours"] = f"{times:.1f} (memory {memory:.2f})"
    columns = {
        "way": "",
        "dataset": "",
        "width": "",
        "cpu_seconds": ".3f",
        "wall_seconds": ".3f",
        "growth_mb": ".0f",
    }
    report("products", claims, rows, columns)


if __name__ == "__main__":
    main()
