"""Claim: rows of a million nodes, written to a file, take the memory of a block, and so does k-means on the file.

A random graph of 5 n edges, both directions, and 128 features in a file; an untrained GCN of two layers, 256 and
128 wide, layer by layer. Then ten clusters of its rows, two starts of at most 20 iterations. Memory is anonymous
(RssAnon), looked at every 5 ms, from before the work: pages of mapped files are not counted, since the system
drops them when it has to.

    python benchmarks/speed/inference.py [--nodes 1000000]
"""

import argparse
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch
from measure import measure, report
from torch_geometric.data import Data

from graphcl.encoders import GNN
from graphcl.feature_source import TensorFeatures
from graphcl.heads import kmeans
from graphcl.methods.bases.gnn import EncoderModule
from graphcl.training import NodeBatches, Runtime, embed_all

FEATURES, HIDDEN, OUT, EDGES = 128, 256, 128, 5
CLUSTERS, STARTS, ITERATIONS = 10, 2, 20
GROUPS = 12
"""The features have so many centres, so that ten clusters are no trivial task."""


class Anonymous:
    """Context manager that watches the anonymous memory of this process; `growth_mb`: its peak over the start."""

    def __enter__(self) -> Self:
        self.before = self.peak = anonymous_mb()
        self.over = threading.Event()
        self.watch = threading.Thread(target=self._look, daemon=True)
        self.watch.start()
        return self

    def _look(self) -> None:
        while not self.over.wait(0.005):
            self.peak = max(self.peak, anonymous_mb())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.watch.join()
        self.growth_mb = max(self.peak, anonymous_mb()) - self.before


def anonymous_mb() -> float:
    """RssAnon of this process, in MB of 10^6 bytes; Linux alone."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) * 1024 / 1e6


def write_features(path: Path, n: int) -> None:
    """Normal noise around some centres, written in parts."""
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(GROUPS, FEATURES, generator=generator)
    rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n, FEATURES))
    for part in torch.arange(n).split(100_000):
        noise = torch.randn(len(part), FEATURES, generator=generator)
        rows[part[0] : part[-1] + 1] = noise + centres[part % GROUPS]
    rows.flush()


def mapped(path: Path) -> torch.Tensor:
    """A tensor on the pages of a file."""
    return torch.from_numpy(np.load(path, mmap_mode="r+"))


def embedding(n: int, folder: str, way: str) -> Callable[[], dict[str, Any]]:
    """Layer-wise inference, into memory or into a file; every way sees the same features, mapped."""
    generator = torch.Generator().manual_seed(1)
    ends = torch.randint(n, (2, EDGES * n), generator=generator)
    graph = Data(x=TensorFeatures(mapped(Path(folder) / "x.npy")), edge_index=torch.cat([ends, ends.flip(0)], 1))
    graph.num_nodes = n
    torch.manual_seed(0)
    module = EncoderModule(GNN(FEATURES, HIDDEN, OUT, 2))
    batches = NodeBatches(graph, hops=2)
    next(batches.sweep())  # the sampler and the degrees are made here

    def once() -> dict[str, Any]:
        out = Path(folder) / "z.npy" if way == "file" else None
        with Anonymous() as memory:
            rows = embed_all(module, batches, Runtime.launch("cpu"), out=out)
        return {"anonymous_mb": memory.growth_mb, "figure": float(rows[: n // 10].double().mean())}

    return once


def clustering(n: int, folder: str, way: str) -> Callable[[], dict[str, Any]]:
    """k-means of the rows in the file; the figure is its inertia for each row."""
    z = mapped(Path(folder) / "z.npy")

    def once() -> dict[str, Any]:
        with Anonymous() as memory:
            labels, centres = kmeans(z, CLUSTERS, n_init=STARTS, max_iter=ITERATIONS, algorithm=way)
        parts = zip(z.split(50_000), labels.split(50_000), strict=True)
        inertia = sum(float((part - centres[own]).square().sum(dtype=torch.double)) for part, own in parts)
        return {"anonymous_mb": memory.growth_mb, "figure": inertia / n}

    return once


def rows_of(nodes: int, folder: str) -> list[dict[str, Any]]:
    """All measurements: the file is written first, and then clustered."""
    write_features(Path(folder) / "x.npy", nodes)
    table = []
    for work, ways in ((embedding, ("memory", "file")), (clustering, ("whole", "blocks", "mini-batch"))):
        for way in ways:
            row = measure(work, n=nodes, folder=folder, way=way)
            table.append({"what": f"{work.__name__}, {way}", **row, **row.pop("value")})
    return table


def main() -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=1_000_000)
    nodes = parser.parse_args().nodes
    with tempfile.TemporaryDirectory() as folder:
        table = rows_of(nodes, folder)
    for row in table:
        del row["folder"]
    memory, file, whole, blocks, mini = table
    claims = {
        "all rows of both layers, MB": f"{nodes * (HIDDEN + OUT) * 4 / 1e6:,.0f}",
        "anonymous memory of inference, in memory and into a file, MB": (
            f"{memory['anonymous_mb']:,.0f}, {file['anonymous_mb']:,.0f}"
        ),
        "the same mean of the first tenth of the rows": "yes" if memory["figure"] == file["figure"] else "NO",
        "anonymous memory of k-means, whole, in blocks, by mini-batches, MB": ", ".join(
            f"{row['anonymous_mb']:,.0f}" for row in (whole, blocks, mini)
        ),
        "inertia of blocks and of mini-batches / whole": (
            f"{blocks['figure'] / whole['figure']:.5f}, {mini['figure'] / whole['figure']:.5f}"
        ),
    }
    columns = {
        "what": "", "n": ",", "cpu_seconds": ".1f", "wall_seconds": ".1f", "anonymous_mb": ",.0f", "figure": ".6f",
    }  # fmt: skip
    report("inference", claims, table, columns)


if __name__ == "__main__":
    main()
