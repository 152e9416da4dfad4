"""Heterophilous graphs of Platonov et al., and their filtered Chameleon and Squirrel, which PyG does not have.

[Platonov et al., ICLR 2023, arXiv:2302.11640]; `torch_geometric.datasets.HeterophilousGraphDataset`.
"""

from pathlib import Path

import torch

from graphcl.datasets.files.archive import read_arrays
from graphcl.datasets.files.checks import check_edges, check_labels, check_mask
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.files.npz_features import read_features
from graphcl.datasets.files.raw_npz import check_raw_npz
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.sources.pyg import PygFiles
from graphcl.datasets.sources.source import NpzFile

_MASKS = ("train_masks", "val_masks", "test_masks")
_ARRAYS = ("node_features", "node_labels", "edges", *_MASKS)


def heterophilous(name: str, *digests: str) -> PygFiles:
    """Source of one of the five heterophilous graphs.

    Args:
        name: As PyG's class takes it, with underscores: "roman_empire".
        *digests: Known sha256 checksums of its file.

    Returns:
        The file with its known checksums.

    Example:
        >>> heterophilous("roman_empire").folder
        'heterophilous/roman_empire/raw'
    """
    files = {f"{name}.npz": frozenset(digests)}
    return PygFiles("HeterophilousGraphDataset", {"name": name}, "heterophilous", f"{name}/raw", files, _ARRAYS)


def filtered(name: str, *digests: str) -> NpzFile:
    """Source of filtered Chameleon or Squirrel, without duplicate nodes; the file has the same layout.

    Args:
        name: "chameleon" or "squirrel".
        *digests: Known sha256 checksums of its file.

    Returns:
        The file with its known checksums and its reader.

    Example:
        >>> filtered("squirrel").file
        'heterophilous_extra/squirrel_filtered.npz'
    """
    return NpzFile(f"heterophilous_extra/{name}_filtered.npz", frozenset(digests), read_heterophilous)


def read_heterophilous(path: Path) -> GraphDataset:
    """Read a heterophilous graph from its npz file.

    The arrays are `node_features` [N, F], `node_labels` [N], `edges` [E, 2] and the masks [S, N] of S splits.

    Args:
        path: The npz file.

    Returns:
        A dataset named after the file, with masks of shape [N, S].

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it does not have this layout.

    Example:
        >>> read_heterophilous(Path("missing.npz"))
        Traceback (most recent call last):
            ...
        FileNotFoundError: missing.npz: no such file; name an existing .npz file
    """
    check_raw_npz(path, _ARRAYS)
    arrays = read_arrays(path, _ARRAYS)
    x = torch.from_numpy(read_features(path, {"x": arrays["node_features"]}))
    n = len(x)
    masks = {key: check_mask(path, key, arrays[key].T, n, several=True) for key in _MASKS}
    return GraphDataset.from_parts(
        path.name,
        x,
        torch.from_numpy(check_edges(path, "edges", arrays["edges"].T, n)),
        torch.from_numpy(check_labels(path, "node_labels", arrays["node_labels"], n)),
        splits={key.removesuffix("_masks"): torch.from_numpy(mask.copy()) for key, mask in masks.items()},
        files={path.name: file_checksum(path)},
    )
