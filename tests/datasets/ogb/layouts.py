"""Writes datasets in the layouts of OGB's archives, for tests: what is read must be what was written."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from graphcl.datasets.ogb.sets import SETS


@dataclass
class NodeSet:
    """A graph with classes, in one direction as OGB stores it."""

    arcs: np.ndarray
    x: np.ndarray
    y: np.ndarray
    parts: dict[str, np.ndarray]


def table(path: Path, rows: np.ndarray, header: str = "") -> None:
    """A csv.gz file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(header)
        np.savetxt(file, np.atleast_1d(rows), delimiter=",", fmt="%d" if rows.dtype.kind in "iu" else "%.9g")


def node_set(name: str, n: int = 60, arcs: int = 150, seed: int = 0) -> NodeSet:
    """A random graph whose classes are told by its features; it has loops, repeats and edges both ways."""
    facts, rng = SETS[name], np.random.default_rng(seed)
    y = rng.integers(0, min(facts.outputs, 3), n)
    pairs = rng.integers(0, n, (arcs, 2))
    pairs = np.concatenate([pairs, pairs[:5, ::-1], pairs[:3], [[4, 4]]])
    x = rng.standard_normal((n, facts.features)).astype(np.float32)
    x[np.arange(n), y] += 3
    order = rng.permutation(n)
    parts = dict(zip(("train", "valid", "test"), np.split(order, [n // 2, 3 * n // 4]), strict=True))
    return NodeSet(pairs.T, x, y, parts)


def write_node_set(root: Path, name: str, made: NodeSet) -> Path:
    """As ogbn-arxiv and ogbn-products are, or, where the set is binary, as ogbn-papers100M."""
    facts = SETS[name]
    place = root / "ogb" / facts.folder
    raw = place / "raw"
    raw.mkdir(parents=True)
    (place / "processed").mkdir(parents=True)  # as in OGB's archives
    (place / facts.release).write_text("")
    if facts.binary:
        counts = {"num_nodes_list": np.array([len(made.x)]), "num_edges_list": np.array([made.arcs.shape[1]])}
        np.savez_compressed(raw / "data.npz", edge_index=made.arcs, node_feat=made.x, **counts)
        labels = made.y.astype(np.float32)[:, None]
        labels[made.y < 0] = np.nan
        np.savez_compressed(raw / "node-label.npz", node_label=labels)
    else:
        write_graph_tables(raw, [(len(made.x), made.arcs.T)], made.x)
        table(raw / "node-label.csv.gz", made.y)
        table(raw / "node_year.csv.gz", np.full(len(made.x), 2017))
    for part, index in made.parts.items():
        table(place / "split" / facts.split / f"{part}.csv.gz", index)
    return place


def write_graph_tables(raw: Path, graphs: list[tuple[int, np.ndarray]], x: np.ndarray) -> None:
    """Edges and node features of graphs, one after another."""
    table(raw / "num-node-list.csv.gz", np.array([n for n, _ in graphs]))
    table(raw / "num-edge-list.csv.gz", np.array([len(pairs) for _, pairs in graphs]))
    table(raw / "edge.csv.gz", np.concatenate([pairs for _, pairs in graphs]))
    table(raw / "node-feat.csv.gz", x)


def write_link_set(root: Path, n: int = 50, seed: int = 0) -> dict[str, np.ndarray]:
    """As ogbl-collab is: splits are torch files of dicts of NumPy arrays. Gives the pairs, (e, 2), by name."""
    facts, rng = SETS["ogbl-collab"], np.random.default_rng(seed)
    place = root / "ogb" / facts.folder
    pairs = np.unique(np.sort(rng.integers(0, n, (300, 2)), axis=1), axis=0)
    pairs = rng.permutation(pairs[pairs[:, 0] < pairs[:, 1]])
    given = {"train": pairs[:120], "valid": pairs[120:150], "test": pairs[150:180]}
    negative = {part: rng.integers(0, n, (40, 2)) for part in ("valid", "test")}
    (place / "raw").mkdir(parents=True)
    (place / "processed").mkdir(parents=True)  # as in OGB's archives
    (place / facts.release).write_text("")
    write_graph_tables(place / "raw", [(n, given["train"])], rng.standard_normal((n, facts.features)))
    table(place / "raw" / "edge_weight.csv.gz", np.ones(len(given["train"]), np.int64))
    table(place / "raw" / "edge_year.csv.gz", np.full(len(given["train"]), 2017))
    folder = place / "split" / facts.split
    folder.mkdir(parents=True)
    for part, edges in given.items():
        content = {"edge": edges, "weight": np.ones(len(edges), np.int64), "year": np.full(len(edges), 2017)}
        torch.save(content | ({"edge_neg": negative[part]} if part in negative else {}), folder / f"{part}.pt")
    return given | {f"{part}_negative": edges for part, edges in negative.items()}


@dataclass
class MoleculeSet:
    """Molecules as OGB stores them: bonds in one direction, nine columns of atoms, three of bonds."""

    sizes: list[int]
    bonds: list[np.ndarray]
    x: np.ndarray
    edge_attr: np.ndarray
    y: np.ndarray
    smiles: list[str]


def write_molecule_set(root: Path, name: str = "ogbg-molhiv", n: int = 12, seed: int = 0) -> MoleculeSet:
    """Chains of atoms; of several tasks some labels are missing."""
    facts, rng = SETS[name], np.random.default_rng(seed)
    place = root / "ogb" / facts.folder
    sizes = [2 + number % 4 for number in range(n)]
    bonds = [np.stack([np.arange(size - 1), np.arange(1, size)], 1) for size in sizes]
    x = rng.integers(0, 2, (sum(sizes), facts.features))
    x[:, 0], x[:, 1] = rng.integers(0, 119, len(x)), rng.integers(0, 5, len(x))
    edge_attr = np.stack([rng.integers(0, high, sum(map(len, bonds))) for high in (5, 6, 2)], 1)
    y = rng.integers(0, 2, (n, facts.outputs)).astype(np.float64)
    y[0] = np.arange(facts.outputs) % 2
    (place / "raw").mkdir(parents=True)
    (place / "processed").mkdir(parents=True)  # as in OGB's archives
    (place / facts.release).write_text("")
    write_graph_tables(place / "raw", list(zip(sizes, bonds, strict=True)), x)
    table(place / "raw" / "edge-feat.csv.gz", edge_attr)
    label_table(place / "raw" / "graph-label.csv.gz", y)
    order = rng.permutation(n)
    for part, index in zip(("train", "valid", "test"), np.split(order, [n // 2, 3 * n // 4]), strict=True):
        table(place / "split" / facts.split / f"{part}.csv.gz", index)
    smiles = ["C" * size for size in sizes]
    (place / "mapping").mkdir()
    with gzip.open(place / "mapping" / "mol.csv.gz", "wt") as file:
        file.write("HIV_active,smiles,mol_id\n" + "".join(f"0,{text},m{i}\n" for i, text in enumerate(smiles)))
    return MoleculeSet(sizes, bonds, x, edge_attr, y, smiles)


def label_table(path: Path, y: np.ndarray) -> None:
    """Labels with empty cells where they are missing."""
    with gzip.open(path, "wt") as file:
        for row in y:
            file.write(",".join("" if np.isnan(value) else f"{value:.0f}" for value in row) + "\n")
