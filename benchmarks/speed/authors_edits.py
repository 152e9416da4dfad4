# ruff: noqa: NPY002  (the authors draw from NumPy's global state, and that is part of the cost)
"""The published perturbation of molecules as its authors run it, graph by graph: re-enacted for what it costs.

Written by the sheet's section 2.1 and the structure of chem/loader.py in github.com/DongkiKim95/D-SLA at 6f4734c:
per molecule five PyG graphs, a k-hop subgraph by PyG, per candidate a dense N x N matrix of pairs that are free,
NumPy draws, and PyG's collation of all of them.
"""

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.utils import k_hop_subgraph

HOPS, RATE, MASK, STRONG = 3, 0.2, 0.8, 4
KINDS = [0.375, 0.296, 0.011, 0.318]
DIRECTIONS = {0: [0.8723, 0.0867, 0.0410], 3: [0.9893, 0.0092, 0.0015]}


def perturbed_batch(molecules: list[Data]) -> Batch:
    """Five candidates of every molecule, collated."""
    return Batch.from_data_list([candidate for molecule in molecules for candidate in candidates(molecule)])


def candidates(molecule: Data) -> list[Data]:
    """The molecule, three candidates edited around a centre, and the strongly edited one; all masked."""
    n = molecule.num_nodes
    centre = torch.tensor(np.random.choice(n, 1))
    near, _, _, within = k_hop_subgraph(centre, HOPS, molecule.edge_index, num_nodes=n)
    everywhere, all_edges = torch.arange(n), torch.ones(molecule.num_edges, dtype=torch.bool)
    found = []
    for times in range(5):
        nodes, edges = (everywhere, all_edges) if times == STRONG else (near, within)
        copy = Data(x=masked(molecule.x, nodes), edge_index=molecule.edge_index, edge_attr=molecule.edge_attr)
        copy.dist = exchange(copy, nodes, edges, times) if times else 0
        found.append(copy)
    return found


def masked(x: Tensor, nodes: Tensor) -> Tensor:
    """A copy of x with the mask at four fifths of the nodes."""
    x = x.clone()
    chosen = np.random.choice(nodes.numpy(), int(len(nodes) * MASK), replace=False)
    x[torch.from_numpy(chosen)] = torch.tensor([119, 0])
    return x


def exchange(molecule: Data, nodes: Tensor, edges: Tensor, times: int) -> int:
    """Exchange bonds among the nodes for free pairs of them; how many."""
    inner, inner_attr = molecule.edge_index[:, edges], molecule.edge_attr[edges]
    bonds = inner.size(1) // 2
    p = max(1, int(bonds * RATE * times))
    stay = np.random.choice(bonds, bonds - p, replace=False)
    stay = torch.from_numpy(np.concatenate([2 * stay, 2 * stay + 1]))
    inner, inner_attr = inner[:, stay], inner_attr[stay]

    free = torch.ones(molecule.num_nodes, molecule.num_nodes)
    free.fill_diagonal_(0)
    outside = torch.from_numpy(np.setdiff1d(np.arange(molecule.num_nodes), nodes.numpy()))
    free[outside] = 0
    free[:, outside] = 0
    free[inner[0], inner[1]] = 0
    pairs = torch.tril(free).nonzero().T
    new = pairs[:, torch.from_numpy(np.random.choice(pairs.size(1), p, replace=False))]
    new = torch.cat([new, new.flip(0)], dim=1)

    outer = ~edges
    molecule.edge_index = torch.cat([molecule.edge_index[:, outer], inner, new], dim=1)
    molecule.edge_attr = torch.cat([molecule.edge_attr[outer], inner_attr, new_bonds(p)])
    return p


def new_bonds(count: int) -> Tensor:
    """Attributes of new bonds in both directions; the bond's direction is drawn for each."""
    kind = torch.from_numpy(np.random.choice(4, count, p=KINDS)).repeat(2)
    direction = torch.zeros_like(kind)
    for which, chances in DIRECTIONS.items():
        place = (kind == which).nonzero()[:, 0]
        direction[place] = torch.from_numpy(np.random.choice(3, len(place), p=chances))
    return torch.stack([kind, direction], dim=1)
