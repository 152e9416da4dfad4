"""Tiny datasets under the names of OGB's: two groups of nodes, chains of atoms, links within groups."""

from functools import partial

import torch

from graphcl.bench.ogb.plan import ogb_set
from graphcl.datasets import GraphDataset
from graphcl.datasets.files.texts import Texts
from tests.labelled_molecules import labelled

PARTS = ("train", "val", "test")


def node_set(name="ogbn-arxiv", n=120, seed=0) -> GraphDataset:
    """Nodes of three classes, which features and edges tell apart; a tenth is unlabelled and in no part."""
    draw = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % 3
    x = torch.eye(3, 8)[y] + 0.5 * torch.randn(n, 8, generator=draw)
    source = torch.randint(0, n, (5 * n,), generator=draw)
    same = (source + 3 * torch.randint(1, n // 3, (5 * n,), generator=draw)) % n
    sizes = [n // 2, n // 5, n // 5, n - n // 2 - 2 * (n // 5)]
    parts = torch.randperm(n, generator=draw).split(sizes)
    masks = {part: torch.zeros(n).bool().index_fill(0, i, True) for part, i in zip(PARTS, parts[:3], strict=True)}
    y = y.index_fill(0, parts[3], -1)
    return GraphDataset.from_parts(name, x, torch.stack([source, same]), y, splits=masks)


def link_set(name="ogbl-collab", n=60, seed=0) -> GraphDataset:
    """Pairs within two groups are links; the graph has those of train alone."""
    draw = torch.Generator().manual_seed(seed)
    group = torch.arange(n) % 2
    pairs = torch.combinations(torch.arange(n)).T
    pairs = pairs[:, torch.randperm(pairs.size(1), generator=draw)]
    within = group[pairs[0]] == group[pairs[1]]
    inside, between = pairs[:, within], pairs[:, ~within]
    links = dict(zip(PARTS, inside[:, :200].split([120, 40, 40], dim=1), strict=True))
    links |= {"val_negative": between[:, :80], "test_negative": between[:, 80:160]}
    x = torch.eye(2, 6)[group] + 4 * torch.randn(n, 6, generator=draw)
    dataset = GraphDataset.from_parts(name, x, links["train"])
    dataset.links.update(links)
    return dataset


def molecule_set(name="ogbg-molhiv", n=40):
    """Chains of atoms, in half of which one is oxygen, the label."""
    molecules = labelled(n, name=name)
    smiles = ["O" * (i % 2) + "C" * (3 + i // 2 % 4 - i % 2) for i in range(n)]
    more = {"smiles": Texts.of(smiles), "rows": torch.arange(len(molecules.graphs)), "checksum": "0" * 64}
    return labelled(n, y=molecules.graphs.y.expand(-1, ogb_set(name).outputs), name=name, **more)


SETS = {"ogbn-arxiv": node_set, "ogbl-collab": link_set, "ogbg-molhiv": molecule_set}
SETS["ogbg-molpcba"] = partial(molecule_set, "ogbg-molpcba")


def load_tiny(name, root=None, **parameters):
    """In the place of `graphcl.datasets.load`."""
    return SETS[name]()
