"""Ego networks of proteins as flat arrays in small types, with the protein in the centre as node 0."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.checksum import arrays_checksum
from graphcl.datasets.files.smallest_dtype import smallest_dtype
from graphcl.datasets.proteins.collated_file import Collated, read_collated

MARKS = 9
"""Binary features of an edge: seven kinds of evidence, the self loop and a mask, which no file sets."""

TASKS = 40
"""Functions of proteins [Gene Ontology] that are predicted."""

BLOCK = 1024
"""Graphs whose edges are numbered anew at a time."""

_NEEDED = ("edge_index", "edge_attr", "center_node_idx", "species_id")


def ego_arrays(path: Path, *, labelled: bool) -> tuple[dict[str, Array], dict[str, Any]]:
    """Read a file of ego networks: arrays, and notes for the cache.

    Args:
        path: `geometric_data_processed.pt` of pretrain-gnns.
        labelled: Whether it has labels of the 40 tasks; 0 stands for negative and for unknown.

    Returns:
        x (N, 1) of ones, edge_index (2, E) numbered within each graph, edge_attr (E, 9), node_ptr, edge_ptr and,
        where it is labelled, y (n, 40), then species (n,); and the checksum of all but species.

    Raises:
        ValueError: If the file is damaged, or a tensor is missing, or has another shape or other values.
    """
    file = read_collated(path)
    needed = (*_NEEDED, *(["go_target_downstream"] if labelled else []))
    for name in needed:
        if name not in file.tensors:
            raise ValueError(f"{path}: {name} is missing; download geometric_data_processed.pt again")
    node_ptr, edge_ptr = _offsets(path, file, "x"), _offsets(path, file, "edge_index")
    n = len(node_ptr) - 1
    _check_edges(path, file, int(edge_ptr[-1]))
    centre = _of_graphs(path, file, "center_node_idx", n)
    edges = _with_centre_first(path, file.tensors["edge_index"], node_ptr, edge_ptr, centre)
    arrays = {
        "x": np.ones((int(node_ptr[-1]), 1), dtype=np.uint8),
        "edge_index": edges,
        "node_ptr": node_ptr.numpy(),
        "edge_ptr": edge_ptr.numpy(),
        "edge_attr": file.tensors["edge_attr"].numpy().astype(np.uint8),
    }
    if labelled:
        arrays["y"] = _labels(path, file.tensors["go_target_downstream"], n)
    notes = {"checksum": arrays_checksum(arrays)}
    return arrays | {"species": _of_graphs(path, file, "species_id", n).numpy()}, notes


def _offsets(path: Path, file: Collated, name: str) -> Tensor:
    """Where each graph starts in a tensor."""
    slices = file.slices.get(name)
    axis = 1 if name == "edge_index" else 0
    tensor = file.tensors.get(name)
    if slices is None or tensor is None or tensor.dim() != 2 or slices.dim() != 1 or slices.dtype != torch.int64:
        raise ValueError(f"{path}: {name} or its slices are missing, or of another shape; download it again")
    sound = len(slices) > 1 and int(slices[0]) == 0 and bool((slices.diff() >= 0).all())
    if not sound or int(slices[-1]) != tensor.size(axis):
        raise ValueError(f"{path}: slices of {name} must rise from 0 to {tensor.size(axis):,}; download it again")
    return slices.contiguous()


def _check_edges(path: Path, file: Collated, edges: int) -> None:
    """Two ends of every edge, and nine marks of 0 or 1."""
    ends, marks = file.tensors["edge_index"], file.tensors["edge_attr"]
    if ends.size(0) != 2 or ends.is_floating_point():
        raise ValueError(
            f"{path}: edge_index must hold two integers per edge; got {ends.dtype} {list(ends.shape)}"
        )
    if marks.shape != (edges, MARKS) or not bool(((marks == 0) | (marks == 1)).all()):
        got = list(marks.shape) if marks.shape != (edges, MARKS) else "other numbers"
        raise ValueError(f"{path}: edge_attr must hold {MARKS} marks of 0 or 1 for {edges:,} edges; got {got}")


def _of_graphs(path: Path, file: Collated, name: str, n: int) -> Tensor:
    """One integer of each graph."""
    values = file.tensors[name]
    if values.shape != (n,) or values.is_floating_point():
        raise ValueError(f"{path}: {name} must be one integer for {n:,} graphs; got {list(values.shape)}")
    return values.long()


def _labels(path: Path, values: Tensor, n: int) -> Array:
    """The labels of the tasks, which follow each other graph by graph."""
    if values.numel() != n * TASKS or not bool(((values == 0) | (values == 1)).all()):
        wanted = f"{TASKS} labels of 0 or 1 for {n:,} graphs"
        raise ValueError(f"{path}: go_target_downstream must hold {wanted}; got {values.numel():,}")
    labels: Array = values.reshape(n, TASKS).numpy().astype(np.float32)
    return labels


def _with_centre_first(path: Path, ends: Tensor, node_ptr: Tensor, edge_ptr: Tensor, centre: Tensor) -> Array:
    """Edges after node 0 of each graph and the node in its centre have changed places, in a small type."""
    size = node_ptr.diff()
    if not bool(((centre >= 0) & (centre < size)).all()):
        raise ValueError(f"{path}: center_node_idx must be a node of each graph; download it again")
    moved = np.empty(ends.shape, dtype=smallest_dtype(int(size.max()) - 1))
    for graphs in torch.arange(len(size)).split(BLOCK):  # what is computed for all edges at once has many bytes
        bounds = edge_ptr[int(graphs[0]) : int(graphs[-1]) + 2]
        start, stop = int(bounds[0]), int(bounds[-1])
        graph = torch.repeat_interleave(graphs, bounds.diff())
        block = ends[:, start:stop].long()
        if not bool(((block >= 0) & (block < size[graph])).all()):
            raise ValueError(f"{path}: edge_index must be numbered within each graph; download it again")
        middle = centre[graph].expand_as(block)
        first = torch.zeros_like(block)
        moved[:, start:stop] = torch.where(block == 0, middle, torch.where(block == middle, first, block)).numpy()
    return moved
