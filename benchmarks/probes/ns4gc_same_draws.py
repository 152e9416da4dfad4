"""NS4GC in PyAGC's variant on Cora, from PyAGC's first weights and in its views: is the training then the same?

    GRAPHCL_DATA=... python benchmarks/probes/ns4gc_same_draws.py --peer FOLDER [--seeds 2]

FOLDER is where PyAGC 1.1.2 lies, see speed/peers.py. PyAGC trains; then ours, which starts from a copy of PyAGC's
first weights and draws its views by PyAGC's transform from the same seed. What differs afterwards is not of draws.
The table lands among the tables; no label is read.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.datasets import load
from graphcl.methods.deep_clusterers.ns4gc import NS4GC, NS4GCModule

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "speed"))

from peers import raw_data  # noqa: E402  (beside this folder)
from pyagc_side import CONFIGS, build, train  # noqa: E402

EPOCHS = (1, 20, 200)
CONFIG = CONFIGS["NS4GC"]


class PeerView:
    """A view by PyAGC's transform; the first one seeds torch's global generator."""

    def __init__(self, transform: Any, seed: int) -> None:
        self.transform, self.seed = transform, seed
        self.drawn = False

    def __call__(self, data: Data) -> Data:
        """The view of a graph with dense features."""
        if not self.drawn:
            torch.manual_seed(self.seed)
        self.drawn = True
        view = self.transform(data.x, data.edge_index)
        data.x, data.edge_index = view["x"], view["edge_index"]
        return data


class FromWeights(NS4GC):
    """NS4GC whose encoder starts from the weights of PyAGC's: their names but for `convs`."""

    weights: Mapping[str, Tensor]

    def _build(self, data: Data) -> NS4GCModule:
        module = super()._build(data)
        module.encoder.load_state_dict({k.replace("convs.", "conv."): v for k, v in self.weights.items()})
        return module


def both(data: Any, x: Tensor, edge_index: Tensor, epochs: int, seed: int) -> tuple[Tensor, Tensor]:
    """Unit rows of PyAGC and of ours."""
    torch.manual_seed(seed)
    graph = Data(x=x, edge_index=edge_index)
    peer = build("NS4GC", CONFIG, graph, data.num_classes)
    weights = {name: value.clone() for name, value in peer.encoder.state_dict().items()}
    torch.manual_seed(seed + 100)
    train(peer, graph, CONFIG.lr, CONFIG.wd, epochs)
    peer.eval()
    with torch.no_grad():
        theirs = nn.functional.normalize(peer.embed(x, edge_index), dim=-1)
    view = PeerView(peer.transform1, seed + 100)
    ours = FromWeights.from_recipe(
        "pyagc-cora", n_clusters=data.num_classes, epochs=epochs, n_init=1, device="cpu", augmentation=view
    )
    ours.weights = weights
    return theirs, ours.fit(data.graph).embedding_


def main() -> None:
    """Train both, compare their rows, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peer", type=Path, required=True, help="a folder with PyAGC 1.1.2")
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    sys.path.append(str(options.peer))
    from pyagc.data import get_dataset

    torch.set_num_threads(1)
    data = load("cora")
    lines = ["| seed | epochs | least cosine of a row | mean cosine |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as root:
        raw_data(Path(root))
        x, edge_index, _ = get_dataset("Cora", root=root)
    for seed in range(options.seeds):
        for epochs in EPOCHS:
            cosines = torch.mul(*both(data, x, edge_index, epochs, seed)).double().sum(1)
            lines.append(f"| {seed} | {epochs} | {cosines.min():.7f} | {cosines.mean():.7f} |")
            print(lines[-1], flush=True)
    table = HERE.parent / "tables" / "ns4gc-same-draws.md"
    title = "NS4GC on Cora, PyAGC's variant: rows of graphcl and of PyAGC from the same weights and views."
    table.write_text("\n".join([title, "", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
