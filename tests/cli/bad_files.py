"""Files that are wrong in one way each, as bytes by name; None stands for a folder."""

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from graphcl import SCGC, FeatureKMeans
from graphcl.datasets import load
from graphcl.ops.files.tensor_files import read_tensors
from graphcl.training import Checkpoint, Interrupted
from tests.bench.make_record import make_record, make_run

SUITE = 'name = "tiny"\nseeds = 1\nmethods = ["k-means"]\ndatasets = ["karate"]\n'
RING = np.stack([np.arange(8), (np.arange(8) + 1) % 8])
RECORDS = [make_record(make_run(seed=seed)).to_line().encode() for seed in range(2)]
PAGE = "<!-- results: {} -->\n<!-- end of results -->\n"


def npz(**changes: Any) -> bytes:
    """A ring of 8 nodes, changed; None leaves an array out."""
    arrays = {"x": np.eye(8), "edge_index": RING, "y": np.arange(8) // 4, **changes}
    file = io.BytesIO()
    np.savez(file, **{name: array for name, array in arrays.items() if array is not None})
    return file.getvalue()


GRAPHS = {
    "good.npz": npz(),
    "cut.npz": npz()[:-100],
    "empty.npz": b"",
    "text.npz": b"no archive",
    "folder.npz": None,
    "no-x.npz": npz(x=None),
    "no-edges.npz": npz(edge_index=None),
    "objects.npz": npz(x=np.array([[None]] * 8)),
    "rows.npz": npz(x=np.eye(7)),
    "1d.npz": npz(x=np.ones(8)),
    "no-nodes.npz": npz(x=np.empty((0, 3))),
    "nan.npz": npz(x=np.full((8, 2), np.nan)),
    "inf.npz": npz(x=np.full((8, 2), np.inf)),
    "float-edges.npz": npz(edge_index=RING.astype(float)),
    "transposed.npz": npz(edge_index=RING.T),
    "beyond.npz": npz(edge_index=RING + 1),
    "negative.npz": npz(edge_index=RING - 1),
    "weights.npz": npz(edge_weight=np.ones(8)),
    "short-y.npz": npz(y=np.zeros(7, int)),
    "float-y.npz": npz(y=np.zeros(8)),
    "no-y.npz": npz(y=None),
    "dense.npz": npz(
        x=None,
        x_data=np.ones(1),
        x_indices=np.zeros(1, int),
        x_indptr=np.array([0, 1]),
        x_shape=np.array([1, 10**12]),
    ),
}

SUITES = {
    "good.toml": SUITE.encode(),
    "no.toml": b"seeds: 3\n",
    "twice.toml": (SUITE + "seeds = 2\n").encode(),
    "table-twice.toml": (SUITE + "[params.k-means]\n" * 2).encode(),
    "latin.toml": SUITE.encode() + b"# caf\xe9\n",
    "deep.toml": b"a = " + b"[" * 5000,
    "unknown-key.toml": (SUITE + 'method = "k-means"\n').encode(),
    "key-misspelt.toml": SUITE.replace("methods =", "method =").encode(),
    "unknown-method.toml": SUITE.replace("k-means", "k-meens").encode(),
    "unknown-dataset.toml": SUITE.replace("karate", "karat").encode(),
    "unknown-setting.toml": (SUITE + "[params.k-means]\nn_int = 3\n").encode(),
    "no-name.toml": SUITE.replace('name = "tiny"\n', "").encode(),
    "no-seeds.toml": SUITE.replace("seeds = 1", "seeds = 0").encode(),
    "many-seeds.toml": SUITE.replace("seeds = 1", "seeds = 1000000000").encode(),
    "text-seeds.toml": SUITE.replace("seeds = 1", 'seeds = "1"').encode(),
    "huge-seed.toml": SUITE.replace("seeds = 1", "seeds = [99999999999]").encode(),
    "no-methods.toml": SUITE.replace('["k-means"]', "[]").encode(),
    "one-method.toml": SUITE.replace('["k-means"]', '"k-means"').encode(),
    "path-name.toml": SUITE.replace("tiny", "../tiny").encode(),
    "recipe.toml": (SUITE + 'recipe = "karat"\n').encode(),
    "folder.toml": None,
}

TEXTS = {
    "notes.jsonl": b"not a record of ours",
    "notes.card.md": b"my own notes",
    "list.jsonl": b"[1]\n[2]\n",
    "latin.jsonl": b"caf\xe9\n{}\n",
    "middle.jsonl": RECORDS[0] + b'{"key": \n' + RECORDS[1],
    "lacking.jsonl": b'{"key": "1"}\n' + RECORDS[0],
    "empty.jsonl": b"",
    "no-place.md": b"A page.\n",
    "latin.md": b"caf\xe9\n" + PAGE.format("empty.jsonl").encode(),
    "no-file.md": PAGE.format("missing.jsonl").encode(),
    "old.md": PAGE.format("old.jsonl").encode(),
    "old.jsonl": b"".join(RECORDS),
}

PICKLES = {f"raw/planetoid/Cora/raw/ind.cora.{part}": pickle.dumps(part) for part in ("x", "tx", "allx", "y")}
PICKLES |= {f"raw/planetoid/Cora/raw/ind.cora.{part}": b"" for part in ("ty", "ally", "graph", "test.index")}


class Harmful:
    """A pickle of it ends the process that opens it."""

    def __reduce__(self) -> tuple[Callable[[int], None], tuple[int]]:
        return (exit, (7,))


class StopAtOnce(Checkpoint):
    """Has the training stop after its first step."""

    def due(self) -> bool:
        self.stop = True
        return True


def tensors(content: Any) -> bytes:
    """What torch saves."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def models(folder: Path) -> dict[str, bytes]:
    """A model and a state of a training, and what became of them."""
    karate, path = load("karate").graph, folder / "file"
    FeatureKMeans(n_clusters=2).fit(karate).save(path, rows=True)
    model, content = path.read_bytes(), read_tensors(path)
    path.unlink()
    try:
        SCGC(n_clusters=2, hidden_channels=(4,)).fit(karate, checkpoint=StopAtOnce(path))
    except Interrupted:
        state, kept = path.read_bytes(), read_tensors(path)
    return {
        "good.pt": model,
        "cut.pt": model[: len(model) // 2],
        "flipped.pt": model.replace(np.eye(34, dtype=np.float32)[0].tobytes(), b"\1" * 4 * 34),
        "foreign.pt": tensors({"weights": torch.ones(3)}),
        "harmful.pt": pickle.dumps(Harmful()),
        "newer.pt": tensors({**content, "format": 3, "more": 1}),
        "unheard.pt": tensors({**content, "method": "unheard-of"}),
        "changed.pt": tensors({**content, "params": {**content["params"], "depth": 3}}),
        "waiting.pt.checkpoint": state,
        "cut.pt.checkpoint": state[: len(state) // 2],
        "foreign.pt.checkpoint": model,
        "newer.pt.checkpoint": tensors({**kept, "format": 3}),
        "older.pt.checkpoint": tensors({**kept, "identity": {**kept["identity"], "revision": 0}}),
    }
