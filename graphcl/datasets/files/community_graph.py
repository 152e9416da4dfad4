"""Large graphs with overlapping communities and no features, from an npz file.

=======================  ====================  ============================================================
array                    type, shape           meaning
=======================  ====================  ============================================================
`edge_index_undirected`  integers, [2, E]      each edge once
`num_nodes`              integer               the number of nodes
`community_indptr`       integers, [C + 1]     where the members of each community begin
`community_members`      integers, [M]         node numbers; a node may be in several communities, or in none
=======================  ====================  ============================================================
"""

import os
from pathlib import Path

import numpy as np
import torch

from graphcl.datasets.edges import undirected
from graphcl.datasets.files.archive import Array, read_arrays
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.own.made_features import make_features
from graphcl.datasets.parameters import checked
from graphcl.typing import Seed

_ARRAYS = ("edge_index_undirected", "num_nodes", "community_indptr", "community_members")


@checked
def read_community_graph(
    path: str | os.PathLike[str], *, features: str | None = None, feature_seed: Seed = 0
) -> GraphDataset:
    """Read a graph with overlapping communities from an npz file in the layout of this module's docstring.

    Args:
        path: The file.
        features: "degree", "random-projection", "spectral" or "one-hot", see
            `graphcl.datasets.own.made_features`; None leaves the graph without features.
        feature_seed: Of random-projection.

    Returns:
        A dataset named after the file, without classes; its communities are in `communities`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file does not have the layout, or there are no such features.
    """
    path = Path(path)
    arrays = read_arrays(path, _ARRAYS)
    _check(path, arrays)
    n = int(arrays["num_nodes"])
    edges = torch.from_numpy(arrays["edge_index_undirected"].astype(np.int64))
    indptr, members = (
        torch.from_numpy(arrays[f"community_{part}"].astype(np.int64)) for part in ("indptr", "members")
    )
    made = None if features is None else make_features(features, undirected(edges, n), n, seed=feature_seed)
    given = {"features": features, "feature_seed": feature_seed or None}
    return GraphDataset.from_parts(
        path.name,
        made,
        edges,
        parameters={key: value for key, value in given.items() if value is not None},
        files={path.name: file_checksum(path)},
        ids=range(n),
        communities=(indptr, members),
    )


def _check(path: Path, arrays: dict[str, Array]) -> None:
    """Refuse a file whose arrays do not belong together."""
    if missing := [name for name in _ARRAYS if name not in arrays]:
        raise ValueError(f"{path}: {missing[0]} is missing; see graphcl.datasets.files.community_graph")
    if wrong := [name for name in _ARRAYS if arrays[name].dtype.kind not in "iu"]:
        raise ValueError(f"{path}: {wrong[0]} must be integers; got {arrays[wrong[0]].dtype}")
    edges, number, indptr, members = (arrays[name] for name in _ARRAYS)
    n = int(number) if number.ndim == 0 else 0
    if n < 1:
        raise ValueError(f"{path}: num_nodes must be one number, at least 1; got {number.tolist()!r:.60}")
    if edges.ndim != 2 or len(edges) != 2 or _outside(edges, n):
        raise ValueError(f"{path}: edge_index_undirected must be (2, e) in [0, {n - 1}]; got shape {edges.shape}")
    if members.ndim != 1 or _outside(members, n):
        raise ValueError(f"{path}: community_members must lie in [0, {n - 1}]")
    ends = indptr.ndim == 1 and len(indptr) > 1 and (indptr[0], indptr[-1]) == (0, len(members))
    if not ends or (np.diff(indptr.astype(np.int64)) < 0).any():
        raise ValueError(f"{path}: community_indptr must rise from 0 to the {len(members)} members")


def _outside(numbers: Array, n: int) -> bool:
    return bool(numbers.size) and not 0 <= int(numbers.min()) <= int(numbers.max()) < n
