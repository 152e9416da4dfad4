"""Steps of the methods of nodes, on the full graph and on samples, as the training loop runs them."""
# ruff: noqa: SLF001  (hooks of the estimators, by which `fit` makes what is timed here)

from collections.abc import Callable
from typing import Any

import moved
import torch
from inputs import BLOCKS, FEATURES, Sizes, arxiv_like
from moved import Work
from timing import Clock
from torch_geometric.data import Data

from graphcl import DGI, GRACE, GCooL, SCGCStar
from graphcl.training import Runtime
from graphcl.training.stage_run import StageRun

FANOUTS = (10, 10)


def time_steps(estimator: Any, data: Any, device: torch.device, sizes: Sizes) -> tuple[dict[str, Any], Data]:
    """Median seconds of a step of the method's last stage, its batch included, and the last batch."""
    runtime = Runtime.launch(str(device), seed=0)
    graphs = estimator._checked(data)
    estimator._infer(graphs)
    module = estimator._new_module(graphs[0]).to(device)
    batches = estimator._batches(module, graphs, runtime)
    seen: list[Data] = []
    module.register_forward_pre_hook(lambda _, given: seen.__setitem__(slice(None), [given[0]]))
    run = StageRun(module, batches, estimator._stages()[-1], runtime)
    run.begin()
    clock = Clock(device, most=sizes.steps, cap=sizes.cap)
    try:
        for _ in run.epochs(clock):
            pass
    except Clock.Enough:
        pass
    choices = module.choices(run.stage.name)
    return {**clock.result(), "note": ", ".join(f"{key} {value}" for key, value in choices.items())}, seen[0]


def gnn_settings(sizes: Sizes, *, sampled: bool) -> dict[str, Any]:
    """Two GCN layers; with samples their size."""
    settings = {"hidden_channels": sizes.hidden, "out_channels": sizes.out, "num_layers": 2}
    return {**settings, "batch_size": sizes.batch, "fanouts": FANOUTS} if sampled else settings


def step_of(
    make: Callable[..., Any], work: Callable[[int, int, int, Sizes], Work], **settings: Any
) -> Callable[[torch.device, Sizes, bool], dict[str, Any]]:
    """An item: the method's step, and the work of a batch of so many seeds, rows and edges."""

    def item(device: torch.device, sizes: Sizes, sampled: bool) -> dict[str, Any]:
        estimator = make(device=str(device), **gnn_settings(sizes, sampled=sampled), **settings)
        result, batch = time_steps(estimator, arxiv_like(sizes), device, sizes)
        rows, edges = batch.x.size(0), batch.edge_index.size(1)
        total = work(batch.seeds, rows, edges, sizes)
        if sampled:
            total = total + moved.sampling(rows, edges, FEATURES)
        return {**result, "bytes": total.bytes, "flops": total.flops, "seeds": batch.seeds}

    return item


def encoder(rows: int, edges: int, sizes: Sizes) -> Work:
    """Forward and backward of the encoder."""
    return 3 * moved.gcn(rows, edges, (FEATURES, sizes.hidden, sizes.out))


def projected(seeds: int, rows: int, edges: int, sizes: Sizes) -> Work:
    """Two views, encoded and projected."""
    head = 3 * moved.dense(seeds, (sizes.out, sizes.out, sizes.out))
    return 2 * (moved.view(rows, edges, FEATURES) + encoder(rows, edges, sizes) + head)


def dgi_work(_: int, rows: int, edges: int, sizes: Sizes) -> Work:
    """The graph and its shuffled copy."""
    return 2 * encoder(rows, edges, sizes) + Work(8.0 * rows * FEATURES, 0)


def grace_work(seeds: int, rows: int, edges: int, sizes: Sizes) -> Work:
    """All rows of both views against all others of both."""
    return projected(seeds, rows, edges, sizes) + moved.all_pairs(2 * seeds, 2 * seeds, sizes.out)


def gcool_work(seeds: int, rows: int, edges: int, sizes: Sizes) -> Work:
    """The first view against the second; of both, products with the communities."""
    communities = 6 * moved.dense(seeds, (sizes.out, BLOCKS))
    return projected(seeds, rows, edges, sizes) + moved.all_pairs(seeds, seeds, sizes.out) + communities


dgi = step_of(DGI, dgi_work)
grace = step_of(GRACE, grace_work)
gcool = step_of(GCooL, gcool_work, n_communities=BLOCKS)


def scgc_star(device: torch.device, sizes: Sizes, sampled: bool) -> dict[str, Any]:
    """SCGC*'s second stage: the encoder, and the contrast by its series and stored positives, or on samples."""
    batch = {"batch_size": sizes.batch} if sampled else {}
    settings = {"hidden_channels": sizes.widths, "n_init": 1, "n_clusters": BLOCKS, "select": "last"}
    estimator = SCGCStar(device=str(device), **settings, **batch)
    result, last = time_steps(estimator, arxiv_like(sizes), device, sizes)
    rows, width = last.x.size(0), estimator.out_channels
    total = 3 * moved.dense(rows, (FEATURES, *sizes.widths, width))
    stored = last.get("row_positives")
    if stored is not None:
        total = total + moved.positives(stored.values().numel(), width)
    if sampled:
        total = total + moved.all_pairs(last.seeds, last.seeds, width) + moved.sampling(rows, 0, FEATURES)
    return {**result, "bytes": total.bytes, "flops": total.flops, "seeds": last.seeds}
