"""Reader of graph collections in the text format of DGCNN, in which COLLAB is also distributed.

The first line holds the number of graphs. Each graph is a line `n label` and n lines `tag k neighbours`;
nodes are numbered from 0 within their graph. Tags are ignored: this format is only read for datasets
without node labels, where all tags are equal.
"""

import lzma
from pathlib import Path

import numpy as np

from graphcl.datasets.files.archive import Array
from graphcl.datasets.sources.tu_text import Structure

_BLANK, _BREAK = ord(" "), ord("\n")


def read_dgcnn(path: Path) -> Structure:
    """Read a graph collection from a compressed file in DGCNN's text format.

    Args:
        path: The file, compressed with xz.

    Returns:
        Edges, graph index of each node and graph labels; nodes and graphs are numbered from 0.

    Raises:
        ValueError: If the file is damaged or has another format.
    """
    try:
        text = lzma.decompress(path.read_bytes()).rstrip() + b"\n"
        numbers = np.fromstring(text, dtype=np.int64, sep=" ") if text.strip() else np.empty(0, dtype=np.int64)
    except (lzma.LZMAError, EOFError, ValueError) as error:
        raise ValueError(f"{path}: the file is damaged ({error}); download the original again") from None
    characters = np.frombuffer(text, dtype=np.uint8)
    blanks = np.cumsum(characters == _BLANK)[np.flatnonzero(characters == _BREAK)]
    count = np.diff(blanks, prepend=0) + 1  # numbers in each line
    first = np.cumsum(count) - count
    heads = _heads(numbers[first], int(numbers[0])) if count.sum() == len(numbers) > 1 else []
    if not heads:
        raise ValueError(
            f"{path}: the number of lines does not match the sizes of the graphs; download the original again"
        )
    node = np.ones(len(count), dtype=bool)
    node[0] = node[heads] = False
    degree = count[node] - 2
    sizes = numbers[first[heads]]
    graph = np.repeat(np.arange(len(heads)), sizes)
    source = np.repeat(np.arange(len(graph)), degree)
    neighbours = np.repeat(node, count)
    neighbours[first[node]] = neighbours[first[node] + 1] = False
    inside = numbers[neighbours]
    if (degree != numbers[first[node] + 1]).any() or (inside < 0).any() or (inside >= sizes[graph[source]]).any():
        raise ValueError(
            f"{path}: the neighbours of a node do not match its degree or its graph; download the original again"
        )
    start = np.cumsum(sizes) - sizes
    return Structure(graph, numbers[first[heads] + 1], np.stack([source, inside + start[graph[source]]]))


def _heads(starts: Array, graphs: int) -> list[int]:
    """Index of the first line of each graph; empty if the last graph does not end with the file."""
    heads: list[int] = []
    line = 1
    for _ in range(graphs):
        if not 0 <= line < len(starts):
            return []
        heads.append(line)
        line += int(starts[line]) + 1
    return heads if line == len(starts) else []
