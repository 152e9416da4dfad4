"""Two parts of GraphMAE and MVGRL on Amazon-Photo beside the plain way: an attention layer, and the diffusion.

Each returns CPU seconds, the largest resident size, and a figure in which both sides agree.
"""

import time
from collections.abc import Callable

import torch
from measure import Work
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GATConv
from torch_geometric.nn.conv.gcn_conv import gcn_norm
from torch_geometric.utils import add_remaining_self_loops

from graphcl.augment import pagerank_diffusion
from graphcl.datasets import load
from graphcl.encoders.attention import SLOPE, AttentionLayer
from graphcl.ops.graph_matrices.attention import AttentionEdges
from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.machine.meter import resident_peak_mb

HEADS, CHANNELS = 4, 128
ALPHA, TOP_K, TOLERANCE, COLUMNS = 0.2, 64, 1e-4, 512
"""Of the diffusion: restart probability, entries kept of a row, error, and nodes whose sum of powers is made."""

Once = Callable[[], dict[str, float]]


def timed(work: Callable[[], float], repeats: int = 1) -> Once:
    """The least CPU seconds of a piece of work, which runs once before where it is repeated."""

    def once() -> dict[str, float]:
        seconds = []
        for _ in range(repeats + (repeats > 1)):
            started = time.process_time()
            figure = work()
            seconds.append(time.process_time() - started)
        return {"epoch": min(seconds), "peak_mb": resident_peak_mb(), "figure": figure}

    return once


def setting(graph: Data) -> tuple[AttentionLayer, Tensor]:
    """A layer of four heads of 128, and rows of 512."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    width = HEADS * CHANNELS
    return AttentionLayer(width, CHANNELS, heads=HEADS), torch.randn(graph.num_nodes, width, requires_grad=True)


def our_attention(dataset: str = "amazon-photo") -> Once:
    """The library's layer, forwards and backwards."""
    graph = load(dataset).graph
    layer, x = setting(graph)
    edges = AttentionEdges.of(graph.edge_index, graph.num_nodes)
    return timed(lambda: gradient(layer(x, edges), x), repeats=2)


def their_attention(dataset: str = "amazon-photo") -> Once:
    """PyG's layer with the same weights; loops are added once and for all, as in the library's."""
    graph = load(dataset).graph
    layer, x = setting(graph)
    conv = GATConv(x.size(1), CHANNELS, HEADS, negative_slope=SLOPE, add_self_loops=False)
    with torch.no_grad():
        conv.lin.weight.copy_(layer.weight)
        conv.att_src.copy_(layer.other)
        conv.att_dst.copy_(layer.own)
    edges, _ = add_remaining_self_loops(graph.edge_index, num_nodes=graph.num_nodes)
    return timed(lambda: gradient(conv(x, edges), x), repeats=2)


def gradient(rows: Tensor, x: Tensor) -> float:
    """The norm of the gradient of the sum of squares by x."""
    x.grad = None
    rows.square().sum().backward()
    return float(x.grad.norm()) if x.grad is not None else 0.0


def our_diffusion(dataset: str = "amazon-photo", columns: int = COLUMNS) -> Once:
    """All rows of the diffusion, from Chebyshev polynomials."""
    torch.set_num_threads(1)
    graph = load(dataset).graph

    def work() -> float:
        n = graph.num_nodes
        edges, weight = pagerank_diffusion(graph.edge_index, n, alpha=ALPHA, top_k=TOP_K, tolerance=TOLERANCE)
        return float(weight[edges[1] < columns].sum())

    return timed(work)


def their_diffusion(dataset: str = "amazon-photo", columns: int = COLUMNS) -> Once:
    """The sum of alpha (1 - alpha)^k T^k for some nodes by torch's product; seconds scaled up to all of them."""
    torch.set_num_threads(1)
    graph = load(dataset).graph
    n = graph.num_nodes
    columns = min(columns, n)
    (source, target), weight = gcn_norm(graph.edge_index, num_nodes=n)
    matrix = csr_from_edges(target, source, weight, (n, n))

    def work() -> float:
        step = torch.eye(n, columns)
        total, share = ALPHA * step, 1.0
        while share * (1 - ALPHA) > TOLERANCE:
            share *= 1 - ALPHA
            step = matrix @ step
            total.add_(step, alpha=ALPHA * share)
        return float(total.T.topk(min(TOP_K, n), dim=1).values.sum())

    once = timed(work)

    def scaled() -> dict[str, float]:
        found = once()
        return {**found, "epoch": found["epoch"] * n / columns}

    return scaled


PARTS: dict[str, tuple[Work, Work]] = {
    "attention layer, 4 heads of 128": (our_attention, their_attention),
    "diffusion of MVGRL": (our_diffusion, their_diffusion),
}
"""Ours and theirs."""
