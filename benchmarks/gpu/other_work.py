"""D-SLA on molecules, k-means, sampling and TwoView."""

import time
from typing import Any

import moved
import torch
from inputs import BLOCKS, FEATURES, Sizes, arxiv_like, molecules
from moved import Work
from node_steps import FANOUTS, time_steps
from timing import peak_mb, timed, wait

from graphcl import DSLA, TwoView
from graphcl.augment import EditScheme, draw_bonds, edit_candidates
from graphcl.feature_source import TensorFeatures
from graphcl.heads import kmeans_starts, lloyd, lloyd_in_blocks
from graphcl.ops.graph_matrices.edges import undirected_edges
from graphcl.training import NodeBatches

ITERATIONS, LAYERS = 10, 5


def dsla_candidates(device: torch.device, sizes: Sizes, _: bool) -> dict[str, Any]:
    """Candidates of a batch of molecules: their collation, edits and masks."""
    graphs = molecules(sizes.molecules).to(device)
    generator = torch.Generator(device).manual_seed(0)
    scheme, index = EditScheme(), torch.arange(min(sizes.graphs, len(graphs)), device=device)

    def work() -> Any:
        batch = graphs.batch(index)
        return edit_candidates(batch, scheme, new_attributes=draw_bonds, mask_token=(119, 0), generator=generator)

    made = work()
    moved_bytes = 8.0 * made.x.numel() + 160.0 * made.edge_index.size(1)  # some twenty int64 passes over the edges
    return {
        **timed(work, device, most=sizes.steps, cap=sizes.cap),
        "bytes": moved_bytes,
        "flops": 0.0,
        "seeds": len(index),
    }


def dsla_step(device: torch.device, sizes: Sizes, _: bool) -> dict[str, Any]:
    """A training step: candidates, the encoder on all of them, and the losses."""
    estimator = DSLA(device=str(device), channels=sizes.channels, batch_size=sizes.graphs)
    result, batch = time_steps(estimator, molecules(sizes.molecules), device, sizes)
    copies = EditScheme().total
    nodes, edges = copies * batch.x.size(0), copies * batch.edge_index.size(1)
    total = 3 * moved.gin(nodes, edges + nodes, sizes.channels, LAYERS) + Work(160.0 * edges, 0)
    return {**result, "bytes": total.bytes, "flops": total.flops, "seeds": batch.seeds}


def rows(sizes: Sizes) -> torch.Tensor:
    """Overlapping clusters, so that the iterations do not end early."""
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(BLOCKS, FEATURES, generator=generator)
    return torch.randn(sizes.rows, FEATURES, generator=generator).add_(
        centres[torch.arange(sizes.rows) % BLOCKS] / 4
    )


def lloyd_iterations(device: torch.device, sizes: Sizes, in_blocks: bool) -> dict[str, Any]:
    """Ten iterations of Lloyd's algorithm from one start; in blocks the rows come from the host each time."""
    z = rows(sizes)
    starts = kmeans_starts(z, BLOCKS, n_init=1, seed=0).to(device)
    if in_blocks:
        source = TensorFeatures(z)
        result = timed(lambda: lloyd_in_blocks(source, starts, max_iter=ITERATIONS), device, most=3, cap=sizes.cap)
    else:
        z = z.to(device)
        result = timed(lambda: lloyd(z, starts, max_iter=ITERATIONS), device, most=3, cap=sizes.cap)
    total = (ITERATIONS + 1) * moved.lloyd_iteration(sizes.rows, FEATURES, BLOCKS)
    note = f"{ITERATIONS} iterations" + (", rows from the host" if in_blocks else "")
    return {**result, "bytes": total.bytes, "flops": total.flops, "seeds": sizes.rows, "note": note}


def sampler(device: torch.device, sizes: Sizes, _: bool) -> dict[str, Any]:
    """A sample of ten neighbours at two hops around a batch of seeds, features gathered."""
    graph = arxiv_like(sizes)
    graph.edge_index = undirected_edges(graph.edge_index, sizes.nodes)
    batches = NodeBatches(graph.to(device))
    generator = torch.Generator(device).manual_seed(0)
    seeds = torch.randperm(sizes.nodes, generator=torch.Generator().manual_seed(0))[: sizes.batch].to(device)
    made = batches.sample(seeds, FANOUTS, generator)
    result = timed(lambda: batches.sample(seeds, FANOUTS, generator), device, most=sizes.steps, cap=sizes.cap)
    total = moved.sampling(made.x.size(0), made.edge_index.size(1), FEATURES)
    note = f"{made.x.size(0):,} nodes, {made.edge_index.size(1):,} edges"
    return {**result, "bytes": total.bytes, "flops": 0.0, "seeds": len(seeds), "note": note}


def two_view(device: torch.device, sizes: Sizes, _: bool) -> dict[str, Any]:
    """A whole fit, once."""
    graph = arxiv_like(sizes)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    wait(device)
    began = time.perf_counter()
    model = TwoView(n_clusters=min(BLOCKS, sizes.nodes // 100), device=str(device)).fit(graph)
    wait(device)
    seconds = time.perf_counter() - began
    parts = ", ".join(f"{stage['name']} {stage['wall_seconds']:.1f} s" for stage in model.stages_)
    return {"seconds": seconds, "timed": 1, "peak_mb": peak_mb(device), "seeds": sizes.nodes, "note": parts}
