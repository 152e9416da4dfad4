"""Small raw files in the layouts that PyG's classes read: five nodes, written as the originals are."""

import json

import numpy as np
from scipy.sparse import csr_matrix

from graphcl.datasets import CATALOG

NODES = 5
LINKS = np.array([[0, 1], [1, 0], [1, 2], [2, 2], [3, 1]])  # directed, one of them twice, one self loop
EDGES = [[0, 1, 1, 1, 2, 3], [1, 0, 2, 3, 1, 1]]
"""What LINKS become: both directions, no self loop, sorted."""
X = np.array([[0, 2, 0], [1, 0, 0], [0, 0, 3], [1, 1, 1], [0, 0, 0]], dtype=np.float32)
Y = np.array([0, 1, 1, 0, 2])
SPLITS = 10

BINARISED = {
    "amazon-photo", "amazon-computers", "coauthor-cs", "coauthor-physics", "cora-ml", "citationfull-citeseer",
    "citationfull-dblp",
}  # fmt: skip
HETEROPHILOUS = {"minesweeper", "tolokers", "roman-empire", "amazon-ratings", "questions"}
GEOM_GCN = {"cornell", "texas", "wisconsin", "actor"}
NAMES = [*sorted(BINARISED), *sorted(HETEROPHILOUS), *sorted(GEOM_GCN), "wikics"]


def masks(splits):
    """Train, val and test masks [n, s]: node i is in one of them, another one in each split."""
    part = (np.arange(NODES)[:, None] + np.arange(splits)) % 3
    return [part == i for i in range(3)]


def csr_arrays(**changes):
    """The arrays of gnn-benchmark's layout."""
    adjacency = csr_matrix((np.ones(len(LINKS), np.float32), LINKS.T), shape=(NODES, NODES))
    arrays = {"labels": Y}
    for prefix, matrix in (("adj", adjacency), ("attr", csr_matrix(X))):
        for part in ("data", "indices", "indptr"):
            arrays[f"{prefix}_{part}"] = getattr(matrix, part)
        arrays[f"{prefix}_shape"] = np.array(matrix.shape)
    return keep(arrays | changes)


def heterophilous_arrays(**changes):
    """The arrays of the heterophilous benchmark's layout."""
    arrays = {"node_features": X, "node_labels": Y, "edges": LINKS}
    names = ("train_masks", "val_masks", "test_masks")
    return keep(arrays | {name: mask.T for name, mask in zip(names, masks(SPLITS), strict=True)} | changes)


def keep(arrays):
    """The arrays but for those that are None."""
    return {key: array for key, array in arrays.items() if array is not None}


def write_raw(root, name, **changes):
    """Write the raw files of a dataset under a data root; return their folder."""
    folder = root / CATALOG[name].source.folder
    folder.mkdir(parents=True)
    files = list(CATALOG[name].source.digests)
    if name in BINARISED:
        np.savez(folder / files[0], **csr_arrays(**changes))
    elif name in HETEROPHILOUS:
        np.savez(folder / files[0], **heterophilous_arrays(**changes))
    elif name == "wikics":
        train, val, test = (mask.T.tolist() for mask in masks(20))
        links = [[int(j) for i, j in LINKS if i == node] for node in range(NODES)]
        content = {"features": X.tolist(), "labels": Y.tolist(), "links": links, "train_masks": train}
        content |= {"val_masks": val, "stopping_masks": val, "test_mask": test[0]}
        (folder / files[0]).write_text(json.dumps(content | changes))
    else:
        rows = [
            ",".join(map(str, np.flatnonzero(x) if name == "actor" else x.astype(int).tolist())) or "0" for x in X
        ]
        lines = [f"{node}\t{row}\t{Y[node]}\n" for node, row in enumerate(rows)]
        (folder / files[0]).write_text("node_id\tfeature\tlabel\n" + "".join(lines))
        (folder / files[1]).write_text("node_id\tnode_id\n" + "".join(f"{i}\t{j}\n" for i, j in LINKS))
        for i, file in enumerate(files[2:]):
            split = {
                f"{key}_mask": mask[:, i] for key, mask in zip(("train", "val", "test"), masks(10), strict=True)
            }
            np.savez(folder / file, **{key: mask.astype(np.uint8) for key, mask in (split | changes).items()})
    return folder
